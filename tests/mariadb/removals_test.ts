/** Databases that lose routes under a running dns: what it takes for an edit, and what not. */
import { assert, assertEquals } from "@std/assert";
import { type Mariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { addressOf, ADMIN, startDatabase } from "../support/database.ts";
import { metricsAt, runLars } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { Session } from "../support/session.ts";
import { eventually } from "../support/wait.ts";
import { Subscriber } from "./subscriber.ts";

const ROUTES = 1_000;

/** Routes that are left of them. */
const LEFT = 3;

const HOST = "10.0.0.1:80";

const HOLDS = / error .*the store lacks routes or hosts/;
const ENDS = / info .*the routes are as the store has them/;

/** A MariaDB with routes, and a dns process that compares each second. */
class Trial implements AsyncDisposable {
  private constructor(
    readonly server: Mariadb,
    readonly admin: Session,
    readonly dns: Service,
    readonly metricsPort: number,
  ) {}

  static async start(): Promise<Trial> {
    const server = await startDatabase();
    const admin = new Session(addressOf(server), ADMIN);
    const metricsPort = freeTcpPort();
    const dns = await Service.create({
      name: "dns",
      databases: [addressOf(server)],
      account: ADMIN,
      conf:
        `[feed]\nfull_compare_interval_s = 1\n[metrics]\nport = ${metricsPort}\n`,
    });
    const trial = new Trial(server, admin, dns, metricsPort);
    const rows = Array.from(
      { length: ROUTES },
      (_, index) => `(1, ${index + 1}, ${0x0a00_0001}, 80)`,
    );
    await admin.sql(
      `INSERT INTO lars_dns.RouteData(modid, cmdid, serverip, serverport)
       VALUES ${rows.join()}`,
    );
    await dns.start();
    return trial;
  }

  /** Runs `lars` on the database; it must succeed. */
  async lars(...args: string[]): Promise<void> {
    const conf = await Deno.makeTempFile({ suffix: ".conf" });
    const account = `db_port = ${this.server.port}\ndb_user = ${ADMIN.user}\n`;
    await Deno.writeTextFile(conf, `[mysql]\n${account}`);
    const { code, stdout, stderr } = await runLars([...args, "--conf", conf]);
    await Deno.remove(conf);
    assertEquals(code, 0, stdout + stderr);
  }

  /** A metric of dns. */
  async metric(name: string): Promise<number> {
    return (await metricsAt(this.metricsPort)).get(`dns_${name}`) ?? NaN;
  }

  /** Waits until this many routes are held, and that has been said: at the second comparison. */
  async holds(routes: number): Promise<void> {
    const waiting = {
      deadlineMs: 20_000,
      explain: () => this.dns.lines.join("\n"),
    };
    await eventually(
      `${routes} routes are held`,
      async () => await this.metric("removals_held") === routes,
      waiting,
    );
    if (routes === 0) return;
    const before = await this.metric("comparisons_total");
    await eventually(
      "two more comparisons",
      async () => await this.metric("comparisons_total") >= before + 2,
      waiting,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dns[Symbol.asyncDispose]();
    this.admin[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

testOnMariadb(
  "1,000 routes of a database reduced to 3 by hand are served until a person accepts it",
  async () => {
    await using trial = await Trial.start();
    const { dns, admin } = trial;
    await using subscriber = await Subscriber.open(dns.at, [1, ROUTES]);
    await subscriber.hears([HOST]);
    await admin.sql(`DELETE FROM lars_dns.RouteData WHERE cmdid > ${LEFT}`);
    await trial.holds(ROUTES - LEFT);
    // One of them named goes at once, and by itself.
    await trial.lars("route", "add", "1", "999", "10.0.0.2:80");
    await trial.holds(ROUTES - LEFT - 1);
    assertEquals(subscriber.told, [HOST]);
    assertEquals(dns.linesWith(HOLDS).length, 1);

    await trial.lars("store", "accept");
    await trial.holds(0);
    await subscriber.hears([]);
    assertEquals(await trial.metric("routes"), LEFT + 1);
    await eventually("its end is said", () => dns.linesWith(ENDS).length === 1);
    assertEquals(dns.linesWith(HOLDS).length, 1);
  },
);

testOnMariadb(
  "a database that is dropped, made anew and restored takes no route from anyone",
  async () => {
    await using trial = await Trial.start();
    const { dns, admin } = trial;
    await using subscriber = await Subscriber.open(dns.at, [1, 1]);
    await subscriber.hears([HOST]);
    await admin.sql("CREATE DATABASE aside");
    const tables = (await admin.sql("SHOW TABLES FROM lars_dns"))
      .flatMap(Object.values);
    for (const table of tables) {
      await admin.sql(
        `CREATE TABLE aside.${table} AS SELECT * FROM lars_dns.${table}`,
      );
    }
    await admin.sql("DROP DATABASE lars_dns");
    await eventually(
      "dns says that it is away",
      () => dns.linesWith(/ error .*lars_dns/).length > 0,
      { explain: () => dns.lines.join("\n") },
    );

    // Made anew it is another store, and empty.
    await trial.lars("store", "create");
    await trial.holds(ROUTES);
    const [line = ""] = dns.linesWith(HOLDS);
    assert(line.includes("another store"), line);
    await trial.lars("route", "add", "2", "1", "10.0.0.2:80");
    await eventually(
      "a route that it has got is added",
      async () => await trial.metric("routes") === ROUTES + 1,
    );

    // The dump brings the identity and the routes back.
    for (const table of tables) {
      await admin.sql(`DELETE FROM lars_dns.${table}`);
      await admin.sql(
        `INSERT INTO lars_dns.${table} SELECT * FROM aside.${table}`,
      );
    }
    await trial.holds(0);
    await eventually("its end is said", () => dns.linesWith(ENDS).length === 1);
    assertEquals(subscriber.told, [HOST]);
    assertEquals(dns.linesWith(HOLDS).length, 1);
  },
);

testOnMariadb("most routes removed by lars go at once", async () => {
  await using trial = await Trial.start();
  const { dns, admin } = trial;
  await admin.sql("DELETE FROM lars_dns.RouteData WHERE cmdid > 5");
  await trial.holds(ROUTES - 5);
  await trial.lars("store", "accept");
  await trial.holds(0);
  for (const cmdId of [1, 2, 3, 4]) {
    await using subscriber = await Subscriber.open(dns.at, [1, cmdId]);
    await subscriber.hears([HOST]);
    await trial.lars("route", "remove", "1", `${cmdId}`, HOST);
    await subscriber.hears([]);
  }
  assertEquals(await trial.metric("routes"), 1);
  assertEquals(dns.linesWith(HOLDS).length, 1);
});
