/** What dns and reporter do while their MariaDB is away or refuses. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Mariadb } from "../../store/testing/mariadb.ts";
import { Session } from "../support/session.ts";
import { progress } from "../support/wait.ts";
import { ForeignConnection, frame, message } from "../support/foreign_wire.ts";
import { eventually, nowMs, pause, runDeno } from "../support/processes.ts";
import {
  addressOf,
  ADMIN,
  LARS,
  startDatabase,
  testOnMariadb,
} from "./database.ts";
import { Service } from "./service.ts";
import { Subscriber } from "./subscriber.ts";

const REPORT_STATUS = 3;

/** How long a service that waits between attempts may take to see its database again. */
const BACK_MS_MAX = 15_000;

/** Adds a host with the original's statements, as `session`. */
async function addByHand(
  session: Session,
  [modId, cmdId]: [number, number],
  ip: number,
): Promise<void> {
  await session.sql(
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(${modId}, ${cmdId}, ${ip}, 80)`,
  );
  await session.sql(
    "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
  );
  await session.sql(
    `INSERT INTO RouteChange(modid, cmdid, version) VALUES(${modId}, ${cmdId}, UNIX_TIMESTAMP(NOW()))`,
  );
}

/** 10.0.0.`last` as a number. */
function ipOf(last: number): number {
  return 0x0a_00_00_00 + last;
}

/** A dns on `server`; the full comparison finds nothing in time. */
function createDns(server: Mariadb): Promise<Service> {
  return Service.create({
    name: "dns",
    database: addressOf(server),
    account: LARS,
    conf: "[feed]\nfull_compare_interval_s = 600\n",
  });
}

testOnMariadb(
  "dns started while MariaDB is away waits, says so once, and serves when it is there",
  async () => {
    await using server = await startDatabase();
    using session = new Session(addressOf(server), LARS);
    await addByHand(session, [1, 1], ipOf(1));
    await server.stop();

    await using dns = await createDns(server);
    await dns.start({ wait: false });
    const waiting = /cannot load routes now, trying again/;
    await eventually("the line", () => dns.linesWith(waiting).length > 0);
    // Several attempts later.
    await pause(2_000);
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
    await addByHand(session, [1, 1], ipOf(1));
    await using dns = await createDns(server);
    await dns.start();
    await using subscriber = await Subscriber.open(dns.at, [1, 1]);
    await subscriber.hears(["10.0.0.1:80"]);

    const away = ["SIGKILL", "SIGTERM"] as const;
    for (const [index, signal] of away.entries()) {
      const before = subscriber.told.at(-1)!.split(",");
      await test.step(`after ${signal}`, async () => {
        const pushes = subscriber.told.length;
        await (signal === "SIGKILL" ? server.kill() : server.stop());
        await pause(1_000);
        assertEquals(subscriber.told.length, pushes, "a push without an edit");
        // Somebody new gets what it knows, and of what it does not know nothing.
        await using late = await Subscriber.open(dns.at, [1, 1]);
        await late.hears(before);
        await late.ask([9, 9]);
        await late.hears([""]);

        await server.restart();
        const added = `10.0.0.${index + 2}:80`;
        const startMs = nowMs();
        await addByHand(session, [1, 1], ipOf(index + 2)).catch(() =>
          addByHand(session, [1, 1], ipOf(index + 2))
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
        await addByHand(session, [1, 1], ipOf(index + 12));
        await subscriber.hears(
          [...before, added, `10.0.0.${index + 12}:80`],
          { deadlineMs: 2_000 },
        );
      });
    }
    assertEquals(
      dns.linesWith(/ error dns/).length,
      away.length,
      dns.lines.join("\n"),
    );
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
    await using reporter = await Service.create({
      name: "reporter",
      database: addressOf(server),
      account: LARS,
    });
    await reporter.start();
    const { hostname, port } = reporter.at;
    using connection = await ForeignConnection.open(`${hostname}:${port}`);
    using session = new Session(addressOf(server), LARS);
    /** As an agent that has counted `calls` successes for every host. */
    async function report(calls: number): Promise<void> {
      for (let cmdId = 1; cmdId <= KEYS; cmdId++) {
        const result = message({ 1: ipOf(1), 2: 80, 3: calls });
        const fields = { 1: 1, 2: cmdId, 3: 0x7f000001, 4: result, 5: 1_000 };
        await connection.send(frame(REPORT_STATUS, message(fields)));
      }
    }
    async function stored(): Promise<string> {
      const [row] = await session.sql(
        "SELECT COUNT(*) AS keys_, MIN(succ_cnt) AS least, MAX(succ_cnt) AS most FROM ServerCallStatus",
      );
      return `${row?.keys_} keys, ${row?.least} to ${row?.most}`;
    }

    let calls = 0;
    async function reportFor(ms: number): Promise<void> {
      const endMs = nowMs() + ms;
      while (nowMs() < endMs) {
        await report(++calls);
        await pause(10);
      }
    }
    for (const away of ["kill", "stop", "hang"] as const) {
      await reportFor(500);
      // One that hangs holds a write of what is older by the time it dies.
      const dying = away === "hang" ? hang(server) : server[away]();
      await reportFor(2_000);
      await dying;
      if (away === "hang") await server.kill();
      const newest = `${KEYS} keys, ${calls} to ${calls}`;
      await server.restart();
      const startMs = nowMs();
      await eventually(
        newest,
        async () => await stored().catch(() => "") === newest,
        { deadlineMs: BACK_MS_MAX },
      );
      progress(
        `${newest} calls are stored ${Math.round(nowMs() - startMs)} ms after`,
      );
    }
    assertEquals(reporter.linesWith(/come faster than/), []);
    assertGreater(
      reporter.linesWith(/cannot write statuses, keeping the newest/).length,
      0,
      reporter.lines.join("\n"),
    );
  },
);

testOnMariadb(
  "wrong credentials end dns and reporter with one error that names the setting",
  async () => {
    await using server = await startDatabase();
    for (const name of ["dns", "reporter"] as const) {
      await using service = await Service.create({
        name,
        database: addressOf(server),
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
    await using dns = await createDns(server);
    await using reporter = await Service.create({
      name: "reporter",
      database: addressOf(server),
      account: LARS,
    });
    await admin.sql("SET GLOBAL read_only = 1");
    // Both start, and dns serves: it only reads.
    await Promise.all([dns.start(), reporter.start()]);
    const { hostname, port } = reporter.at;
    using connection = await ForeignConnection.open(`${hostname}:${port}`);
    const result = message({ 1: ipOf(1), 2: 80, 3: 7 });
    const status = message({ 1: 1, 2: 1, 3: 0x7f000001, 4: result, 5: 1_000 });
    await connection.send(frame(REPORT_STATUS, status));
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
