/** A database that is not there, or whose tables are gone for a moment. */
import { assert, assertEquals } from "@std/assert";
import { type Mariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { addressOf, ADMIN, startDatabase } from "../support/database.ts";
import { type Ended, runDeno, runLars } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { Session } from "../support/session.ts";
import { eventually } from "../support/wait.ts";
import { Subscriber } from "./subscriber.ts";

/** Time for a dns that waits between attempts to see a table again. */
const BACK_MS_MAX = 15_000;

/** `lars` on the database "lars_dns" of a server, as a user who may do anything. */
async function lars(server: Mariadb, ...args: string[]): Promise<Ended> {
  const conf = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(
    conf,
    `[mysql]\ndb_port = ${server.port}\ndb_user = ${ADMIN.user}\n`,
  );
  try {
    return await runLars([...args, "--conf", conf]);
  } finally {
    await Deno.remove(conf);
  }
}

testOnMariadb(
  "a table that is gone for a moment is an outage: nothing makes it, and no route and no weight is lost",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    const add = ["route", "add", "1", "1"];
    const added = await lars(server, ...add, "10.0.0.1:80", "--weight", "7");
    assertEquals(added.code, 0, added.stderr);
    await using dns = await Service.create({
      name: "dns",
      databases: [addressOf(server)],
      account: ADMIN,
      conf: "[feed]\nfull_compare_interval_s = 1\n",
    });
    await dns.start();
    await using subscriber = await Subscriber.open(dns.at, [1, 1]);
    await subscriber.hears(["10.0.0.1:80"]);

    for (const [index, table] of ["RouteData", "RouteHostConfig"].entries()) {
      const pushes = subscriber.told.length;
      await admin.sql(`RENAME TABLE lars_dns.${table} TO lars_dns.Hidden`);
      await eventually(
        "dns says so",
        () => dns.linesWith(new RegExp(`error .*${table}`)).length > 0,
        { explain: () => dns.lines.join("\n") },
      );
      const refused = await lars(server, ...add, "10.0.0.9:80");
      assertEquals([refused.code, refused.stdout], [2, ""]);
      assert(refused.stderr.includes(table), refused.stderr);
      const tables = (await admin.sql("SHOW TABLES FROM lars_dns"))
        .flatMap(Object.values);
      assert(!tables.includes(table), tables.join());
      assertEquals(subscriber.told.length, pushes, subscriber.told.join("; "));
      // Who asks now is answered as before.
      await using late = await Subscriber.open(dns.at, [1, 1]);
      await late.hears(subscriber.told.at(-1)!.split(","));
      assert(late.weights.at(-1)!.every((weight) => weight === 7));

      await admin.sql(`RENAME TABLE lars_dns.Hidden TO lars_dns.${table}`);
      const host = `10.0.0.${index + 2}:80`;
      const expected = [...subscriber.told.at(-1)!.split(","), host];
      const again = await lars(server, ...add, host, "--weight", "7");
      assertEquals(again.code, 0, again.stderr);
      await subscriber.hears(
        expected,
        { deadlineMs: BACK_MS_MAX },
      );
      assert(subscriber.weights.at(-1)!.every((weight) => weight === 7));
      await eventually(
        "the outage is over",
        () => dns.linesWith(/can compare all routes again/).length > index,
      );
    }
    const errors = dns.linesWith(/ error /);
    // Polls and comparisons, each once for each table.
    assert(errors.length <= 4, errors.join("\n"));
  },
);

testOnMariadb(
  "a database that is not there is refused by services and commands, and not made",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    const databases = (await admin.sql("SHOW DATABASES")).flatMap(
      Object.values,
    );
    for (const name of ["dns", "reporter"] as const) {
      await using service = await Service.create({
        name,
        databases: [addressOf(server)],
        account: ADMIN,
        conf: "[mysql]\ndb_name = lars_dsn\n",
      });
      const { code, stdout, stderr } = await runDeno(await service.arguments());
      assertEquals(code, 1, stdout + stderr);
      assert(stderr.includes("lars_dsn"), stderr);
      assert(stderr.includes("lars store create"), stderr);
    }
    assertEquals(
      (await admin.sql("SHOW DATABASES")).flatMap(Object.values),
      databases,
    );
  },
);

testOnMariadb(
  "lars store schema says what a database lacks, and creates it",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    await admin.sql("DROP TABLE lars_dns.HostDrain");
    const schema = async (...options: string[]) => {
      const { code, stdout } = await lars(
        server,
        "store",
        "schema",
        ...options,
      );
      return [code, stdout];
    };
    assertEquals(await schema(), [2, "missing table HostDrain\n"]);
    assertEquals(await schema("--apply"), [0, "created table HostDrain\n"]);
    assertEquals(await schema(), [0, "everything is there\n"]);
  },
);

testOnMariadb(
  "lars store create that was broken off is completed by the next",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    const tables = (await admin.sql("SHOW TABLES FROM lars_dns"))
      .flatMap((row) => Object.values(row).map(String));
    for (const table of tables.slice(1)) {
      await admin.sql(`DROP TABLE lars_dns.${table}`);
    }
    await admin.sql(`DELETE FROM lars_dns.${tables[0]}`);
    const { code, stdout } = await lars(server, "store", "create");
    assertEquals([code, stdout.startsWith("made")], [0, true], stdout);
    const after = (await admin.sql("SHOW TABLES FROM lars_dns")).length;
    assertEquals(after, tables.length);
    // With a row in any of them it is a store, whatever is gone.
    await admin.sql("DROP TABLE lars_dns.RouteData, lars_dns.RouteVersion");
    const again = await lars(server, "store", "create");
    assertEquals(again.stdout.startsWith("made"), false, again.stdout);
    const left = (await admin.sql("SHOW TABLES FROM lars_dns")).length;
    assertEquals(left, tables.length - 2);
  },
);

testOnMariadb(
  "lars store create makes a database and its tables once; what is there stays",
  async () => {
    await using server = await startDatabase();
    using admin = new Session(addressOf(server), ADMIN);
    await admin.sql("DROP DATABASE lars_dns");
    const add = ["route", "add", "1", "1", "10.0.0.1:80"];
    const refused = await lars(server, ...add);
    assertEquals(refused.code, 2, refused.stdout);
    assert(refused.stderr.includes("lars store create"), refused.stderr);
    const made = await lars(server, "store", "create");
    // A slow machine is told what it waits for.
    assertEquals(made.code, 0, made.stderr);
    assert(made.stdout.includes(`lars_dns at 127.0.0.1:${server.port}`));
    assertEquals((await lars(server, ...add)).code, 0);
    // With a table hidden it is still there.
    await admin.sql("RENAME TABLE lars_dns.RouteData TO lars_dns.Hidden");
    const again = await lars(server, "store", "create");
    assertEquals([again.code, again.stdout], [0, ""]);
    const tables = (await admin.sql("SHOW TABLES FROM lars_dns"))
      .flatMap(Object.values);
    assert(!tables.includes("RouteData"), tables.join());
  },
);
