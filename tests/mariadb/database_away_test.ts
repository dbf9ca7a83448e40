/** What dns and reporter do while their MariaDB is away or refuses. */
import { assert, assertEquals } from "@std/assert";
import { type Mariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { addressOf, ADMIN, LARS, startDatabase } from "../support/database.ts";
import { ForeignConnection, statusFrame } from "../support/foreign_wire.ts";
import { runDeno } from "../support/processes.ts";
import { Service, type ServiceSetup } from "../support/service.ts";
import { Session } from "../support/session.ts";
import { eventually, nowMs, progress } from "../support/wait.ts";
import { Subscriber } from "./subscriber.ts";

/** Time for a service that waits between attempts to see its database again. */
const BACK_MS_MAX = 15_000;

/** Adds a host to route (1, 1) with the original's statements, as `session`. */
async function addByHand(session: Session, ip: number): Promise<void> {
  await session.sql(
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(1, 1, ${ip}, 80)`,
  );
  await session.sql(
    "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
  );
  await session.sql(
    "INSERT INTO RouteChange(modid, cmdid, version) VALUES(1, 1, UNIX_TIMESTAMP(NOW()))",
  );
}

/** 10.0.0.`last` as a number. */
function ipOf(last: number): number {
  return 0x0a_00_00_00 + last;
}

/** A service on `server`; the full comparison of a dns finds nothing in time. */
function create(
  server: Mariadb,
  name: ServiceSetup["name"],
  { account = LARS } = {},
): Promise<Service> {
  const conf = name === "dns" ? "[feed]\nfull_compare_interval_s = 600\n" : "";
  return Service.create({
    name,
    databases: [addressOf(server)],
    account,
    conf,
  });
}

/** A program at the port of a database that closes every connection. */
class Refuser implements AsyncDisposable {
  /** Connections so far. */
  connections = 0;
  readonly #listener: Deno.TcpListener;
  readonly #running: Promise<void>;

  constructor({ hostname, port }: ReturnType<typeof addressOf>) {
    this.#listener = Deno.listen({ hostname, port });
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections += 1;
      connection.close();
    }
  }
}

testOnMariadb(
  "dns started while MariaDB is away waits, says so once, and serves when it is there",
  async () => {
    await using server = await startDatabase();
    using session = new Session(addressOf(server), LARS);
    await addByHand(session, ipOf(1));
    await server.stop();

    await using dns = await create(server, "dns");
    await dns.start({ wait: false });
    const waiting = /cannot load routes now, trying again/;
    await eventually("the line", () => dns.linesWith(waiting).length > 0);
    {
      await using refuser = new Refuser(addressOf(server));
      await eventually("more attempts", () => refuser.connections >= 3);
    }
    assertEquals(dns.linesWith(/error|warn/).length, 1, dns.lines.join("\n"));
    assertEquals(dns.linesWith(waiting).length, 1);
    assertEquals(dns.linesWith(/ready/).length, 0);

    await server.restart();
    const startMs = nowMs();
    await dns.ready();
    progress(`ready ${Math.round(nowMs() - startMs)} ms after MariaDB`);
    await using subscriber = await Subscriber.open(dns.at, [1, 1]);
    await subscriber.hears(["10.0.0.1:80"]);
  },
);

testOnMariadb(
  "dns whose MariaDB dies goes on serving, pushes nothing wrong, and follows edits again",
  async (test) => {
    await using server = await startDatabase();
    using session = new Session(addressOf(server), LARS);
    await addByHand(session, ipOf(1));
    await using dns = await create(server, "dns");
    await dns.start();
    await using subscriber = await Subscriber.open(dns.at, [1, 1]);
    await subscriber.hears(["10.0.0.1:80"]);

    const away = ["SIGKILL", "SIGTERM"] as const;
    for (const [index, signal] of away.entries()) {
      const before = subscriber.told.at(-1)!.split(",");
      await test.step(`after ${signal}`, async () => {
        const pushes = subscriber.told.length;
        await (signal === "SIGKILL" ? server.kill() : server.stop());
        await eventually(
          "dns has seen it",
          () => dns.linesWith(/ error dns/).length > index,
        );
        assertEquals(subscriber.told.length, pushes, "a push without an edit");
        // A new subscriber gets what it knows, and of what it does not know nothing.
        await using late = await Subscriber.open(dns.at, [1, 1]);
        await late.hears(before);
        await late.ask([9, 9]);
        await late.hears([""]);

        await server.restart();
        const added = `10.0.0.${index + 2}:80`;
        const startMs = nowMs();
        await addByHand(session, ipOf(index + 2)).catch(() =>
          addByHand(session, ipOf(index + 2))
        );
        await subscriber.hears([...before, added]);
        progress(
          `the edit is pushed ${
            Math.round(nowMs() - startMs)
          } ms after the return`,
        );
        assertEquals(
          subscriber.told.length,
          pushes + 1,
          "one push for one edit",
        );
        // From then on at once, as ever.
        await addByHand(session, ipOf(index + 12));
        await subscriber.hears(
          [...before, added, `10.0.0.${index + 12}:80`],
          { deadlineMs: 2_000 },
        );
      });
    }
    const errors = dns.linesWith(/ error dns/);
    assertEquals(errors.length, away.length, dns.lines.join("\n"));
  },
);

/** Makes the server stand still: it answers nothing, and does not end. */
async function hang({ folder }: Mariadb): Promise<void> {
  Deno.kill(Number(await Deno.readTextFile(`${folder}/pid`)), "SIGSTOP");
}

testOnMariadb(
  "a reporter keeps the newest statuses while MariaDB is dead, and writes them when it is back",
  async () => {
    const KEYS = 300;
    await using server = await startDatabase();
    await using reporter = await create(server, "reporter");
    await reporter.start();
    const { hostname, port } = reporter.at;
    using connection = await ForeignConnection.open(`${hostname}:${port}`);
    using session = new Session(addressOf(server), LARS);
    let calls = 0;
    /** Reports as an agent that has counted one more success for every host. */
    async function report(): Promise<void> {
      calls += 1;
      for (let cmdId = 1; cmdId <= KEYS; cmdId++) {
        const host = { ip: ipOf(1), port: 80, succ: calls };
        await connection.send(statusFrame({ cmdId, ...host }));
      }
    }
    async function stored(): Promise<string> {
      const [row] = await session.sql(
        "SELECT COUNT(*) AS keys_, MIN(succ_cnt) AS least, MAX(succ_cnt) AS most FROM ServerCallStatus",
      );
      return `${row?.keys_} keys, ${row?.least} to ${row?.most}`;
    }
    // What statuses and history both miss, whichever sees it first says.
    const begun = () =>
      reporter.linesWith(/cannot write (?:statuses|history), /).length;
    const ended = () =>
      reporter.linesWith(
        /writing statuses again|the store of history answers again/,
      ).length;
    /** Reports until `done`, and sees that the newest are stored. */
    async function reportUntil(done: () => boolean): Promise<void> {
      await eventually("a report that fails", async () => {
        await report();
        return done();
      }, {
        deadlineMs: BACK_MS_MAX,
        explain: () => reporter.lines.join("\n"),
      });
    }
    async function newestIsStored(): Promise<void> {
      const newest = `${KEYS} keys, ${calls} to ${calls}`;
      const startMs = nowMs();
      await eventually(
        newest,
        async () => await stored().catch(() => "") === newest,
        { deadlineMs: BACK_MS_MAX },
      );
      progress(`${newest} stored after ${Math.round(nowMs() - startMs)} ms`);
    }

    for (const away of ["kill", "stop", "hang"]) {
      await report();
      await newestIsStored();
      const before = begun();
      if (away === "stop") await server.stop();
      else {
        // One that hangs holds a write of what is older by the time it dies.
        if (away === "hang") await hang(server);
        for (let round = 0; round < 20; round++) await report();
        await server.kill();
      }
      await reportUntil(() => begun() > before);
      await server.restart();
      await newestIsStored();
      await eventually(
        "the end of the outage is said",
        () => ended() === begun(),
        { deadlineMs: BACK_MS_MAX * 2 },
      );
    }
    for (const what of [/cannot write statuses/, /cannot write history/]) {
      assert(reporter.linesWith(what).length <= 3, reporter.lines.join("\n"));
    }
    assertEquals(reporter.linesWith(/come faster than/), []);
  },
);

testOnMariadb(
  "wrong credentials end dns and reporter with one error that names the setting",
  async () => {
    await using server = await startDatabase();
    for (const name of ["dns", "reporter"] as const) {
      await using service = await create(server, name, {
        account: { ...LARS, password: "wrong" },
      });
      const { code, stdout, stderr } = await runDeno(await service.arguments());
      assertEquals(code, 1, name);
      const lines = `${stdout}${stderr}`.trim().split("\n");
      assertEquals(lines.length, 1, lines.join("\n"));
      assert(/db_passwd/.test(lines[0]!), lines[0]);
      assert(/db_user/.test(lines[0]!), lines[0]);
    }
  },
);

testOnMariadb(
  "a MariaDB that is read-only for a while is tried again until it takes writes",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    await using dns = await create(server, "dns");
    await using reporter = await create(server, "reporter");
    await admin.sql("SET GLOBAL read_only = 1");
    // Both start, and dns serves: it only reads.
    await Promise.all([dns.start(), reporter.start()]);
    const { hostname, port } = reporter.at;
    using connection = await ForeignConnection.open(`${hostname}:${port}`);
    await connection.send(statusFrame({ ip: ipOf(1), port: 80, succ: 7 }));
    await eventually(
      "the line",
      () => reporter.linesWith(/cannot write statuses.*read.only/).length === 1,
    );
    const rows = "SELECT succ_cnt FROM lars_dns.ServerCallStatus";
    assertEquals(await admin.sql(rows), []);
    await admin.sql("SET GLOBAL read_only = 0");
    await eventually(
      "the status",
      async () => (await admin.sql(rows))[0]?.succ_cnt === 7,
      { deadlineMs: BACK_MS_MAX },
    );
    assertEquals(reporter.linesWith(/ error /).length, 1);
    assertEquals(dns.linesWith(/ error | warn/), []);
  },
);
