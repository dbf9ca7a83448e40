/** The original's database and programs beside ours. */
import { assertEquals, assertGreater } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { SystemClock } from "../../net/mod.ts";
import { formatAddress } from "../../proto/mod.ts";
import { BY_HAND, openAdminStore } from "../../store/mod.ts";
import { ensureSchema } from "../../store/mysql/schema.ts";
import {
  type Mariadb,
  startMariadb,
  testOnMariadb,
} from "../../store/testing/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { storeOf } from "../../tasks/local/services.ts";
import { Choices, seedOfRun } from "../support/choices.ts";
import {
  addressOf,
  ADMIN,
  createUser,
  LARS,
  storeOptions,
} from "../support/database.ts";
import { ForeignConnection, statusFrame } from "../support/foreign_wire.ts";
import { HandEditor } from "../support/hand_editor.ts";
import { Installation } from "../support/installation.ts";
import { keysOf, keyText, Ledger } from "../support/ledger.ts";
import { row } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { Session } from "../support/session.ts";
import { eventually, nowMs, progress, sleep } from "../support/wait.ts";

/** Tables of the original, as they are there: no index, and nothing of ours. */
const ORIGINAL = [
  `CREATE TABLE RouteData (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    modid int(10) unsigned NOT NULL,
    cmdid int(10) unsigned NOT NULL,
    serverip int(10) unsigned NOT NULL,
    serverport int(10) unsigned NOT NULL,
    PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
  `CREATE TABLE RouteVersion (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    version int(10) unsigned NOT NULL,
    PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
  "INSERT INTO RouteVersion(version) VALUES(0)",
  `CREATE TABLE RouteChange (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    modid int(10) unsigned NOT NULL,
    cmdid int(10) unsigned NOT NULL,
    version bigint(20) unsigned NOT NULL,
    PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
  `CREATE TABLE ServerCallStatus (
    modid int(11) NOT NULL,
    cmdid int(11) NOT NULL,
    ip int(10) unsigned NOT NULL,
    port int(10) unsigned NOT NULL,
    caller int(10) unsigned NOT NULL,
    succ_cnt int(11) NOT NULL,
    err_cnt int(11) NOT NULL,
    ts bigint(20) NOT NULL,
    overload char(1) NOT NULL,
    PRIMARY KEY (modid, cmdid, ip, port, caller)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
  `CREATE TABLE ModIDConfig (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    modid int(10) unsigned NOT NULL,
    content char(255) NOT NULL,
    PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
  `CREATE TABLE CmdIDConfig (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    cmdid int(10) unsigned NOT NULL,
    content char(255) NOT NULL,
    PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8`,
] as const;

const TABLES = ORIGINAL.flatMap((statement) =>
  /CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []
);

/** Interval at which the original looks. */
const ORIGINAL_LOOK_MS = 1_000;

/** Edits of each editor, at least, and changes that the original must read. */
const EDITS_MIN = 10;
const CHANGES_READ_MIN = 20;

/** Time until the original has read as many. */
const EDITING_MS_MAX = 60_000;

async function startOriginal(): Promise<Mariadb> {
  const server = await startMariadb();
  using admin = new Session(addressOf(server), ADMIN);
  await admin.sql("CREATE DATABASE lars_dns");
  await admin.sql("USE lars_dns");
  for (const statement of ORIGINAL) await admin.sql(statement);
  await createUser(addressOf(server));
  // The original's programs are root.
  await admin.sql(`GRANT ALL ON lars_dns.* TO '${LARS.user}'@'%'`);
  return server;
}

/** Tables that Lars adds where it may. */
const OURS = ["LarsSchema", "RouteConfig", "RouteHostConfig", "StoreIdentity"];

/** Every table of the original as the server describes it, but for where its ids go on. */
async function describeTables(session: Session): Promise<string[]> {
  const tables = (await session.sql("SHOW TABLES")).flatMap(Object.values);
  const others = tables.filter((name) => !OURS.includes(String(name)));
  assertEquals(others.sort(), TABLES.toSorted());
  return await Promise.all(TABLES.map(async (table) => {
    const [row] = await session.sql(`SHOW CREATE TABLE ${table}`);
    return String(row?.["Create Table"]).replace(/ AUTO_INCREMENT=\d+/, "");
  }));
}

/** A dns of the original: reads the changes of a new version, and removes them. */
class OriginalDns {
  /** Changes that it read. */
  read = 0;
  readonly #session: Session;
  #version = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await sleep(ORIGINAL_LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const [row] = await this.#session.sql(
      "SELECT version FROM RouteVersion WHERE id = 1",
    );
    const version = Number(row?.version);
    if (version === this.#version) return;
    this.#version = version;
    const changes = await this.#session.sql(
      `SELECT modid, cmdid FROM RouteChange WHERE version <= ${version}`,
    );
    this.read += changes.length;
    await this.#session.sql(
      `DELETE FROM RouteChange WHERE version <= ${version}`,
    );
  }
}

testOnMariadb(
  "dns and reporter work on the original's database and leave its tables as they are",
  async () => {
    await using server = await startOriginal();
    using session = new Session(addressOf(server), LARS);
    const before = await describeTables(session);
    const ledger = new Ledger();
    const keys = keysOf(1, 2);
    const choices = new Choices(1);
    const databases = [addressOf(server)];
    await using installation = await Installation.start({
      databases,
      dns: 1,
      agents: 1,
      fullCompareSeconds: 600,
      keys,
      choices,
    });
    await using editor = new HandEditor({
      databases,
      account: LARS,
      keys,
      ledger,
      choices: choices.fork(),
      pauseMsMax: 300,
    });
    for (let edits = 0; edits < 10; edits++) await editor.edit();
    await installation.settle(ledger);

    // A status of a host that no route has is not kept.
    await session.sql(
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (1, 1, ${0x0a000001}, 80)`,
    );
    await using reporter = await Service.create({
      name: "reporter",
      databases,
      account: LARS,
    });
    await reporter.start();
    const { hostname, port } = reporter.at;
    using connection = await ForeignConnection.open(`${hostname}:${port}`);
    const counts = { succ: 7, err: 3, overload: true };
    const status = statusFrame({ ip: 0x0a000001, port: 80, ...counts });
    await connection.send(status);
    const rows = await eventually("the status", async () => {
      const found = await session.sql("SELECT * FROM ServerCallStatus");
      return found.length > 0 && found;
    });
    assertEquals(rows.map((row) => Object.fromEntries(Object.entries(row))), [{
      modid: 1,
      cmdid: 1,
      ip: 0x0a000001,
      port: 80,
      caller: 0x7f000001,
      succ_cnt: 7,
      err_cnt: 3,
      ts: 1_000,
      overload: "1",
    }]);
    assertEquals(await describeTables(session), before);
  },
);

testOnMariadb(
  "a dns of the original that removes what it has read takes no edit from ours",
  async () => {
    const seed = seedOfRun();
    progress(`seed ${seed}: LARS_SEED=${seed} chooses the same again`);
    const choices = new Choices(seed);
    await using server = await startOriginal();
    const ledger = new Ledger();
    const groups = [1, 2, 3].map((modId) => keysOf(modId, 4));
    const databases = [addressOf(server)];
    await using installation = await Installation.start({
      databases,
      dns: 2,
      agents: 2,
      // As installed: it finds what was removed before any of ours saw it.
      fullCompareSeconds: 10,
      keys: groups.flat(),
      choices,
    });
    using session = new Session(addressOf(server), LARS);
    const original = new OriginalDns(session);
    const stop = new AbortController();
    const running = original.run(stop.signal);
    const endMs = nowMs() + EDITING_MS_MAX;
    const latenciesMs: number[] = [];
    await Promise.all(groups.map(async (keys) => {
      await using editor = new HandEditor({
        databases,
        account: LARS,
        keys,
        ledger,
        choices: choices.fork(),
        pauseMsMax: 300,
      });
      let states = new Map<string, string>();
      for (let edits = 0; nowMs() < endMs; edits++) {
        if (edits >= EDITS_MIN && original.read >= CHANGES_READ_MIN) break;
        await editor.edit();
        const startMs = nowMs();
        const now = new Map(ledger.expected);
        for (const key of keys.map(keyText)) {
          const state = now.get(key);
          if (state === undefined || state === states.get(key)) continue;
          await installation.published(key, { state, limitMs: 15_000 });
          latenciesMs.push(nowMs() - startMs);
        }
        states = now;
      }
    }));
    await installation.settle(ledger);
    stop.abort();
    await running;
    const slow = latenciesMs.filter((ms) => ms > 1_000).length;
    progress(
      `${latenciesMs.length} edits; ${original.read} changes read and removed by the original; ${slow} edits left to the full comparison; all published within ${
        Math.round(Math.max(...latenciesMs))
      } ms`,
    );
    assertGreater(original.read, CHANGES_READ_MIN - 1);
    assertEquals(installation.inventions(ledger), []);
  },
);

testOnMariadb(
  "what the original's web changes on the same database reaches agents, and is a change by hand",
  async () => {
    await using server = await startOriginal();
    using session = new Session(addressOf(server), LARS);
    // What people run before web is there.
    await ensureSchema(storeOptions([addressOf(server)], LARS), {
      apply: true,
    });
    const { user, password } = LARS;
    await using lars = await LocalLars.start({
      routes: [row(1, 1, "10.0.0.1:80")],
      database: { port: server.port, user, password },
      web: true,
      print: () => {},
    });
    await using admin = await openAdminStore(await storeOf(lars.folder), {
      dataDir: lars.folder,
      clock: new SystemClock(),
    });
    await eventually("web has seen every route", () => admin.isWatching());
    // As its pages add, change and delete a row, each followed by the same two.
    const statements = [
      "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (1, 1, 167772162, 80)",
      "UPDATE RouteData SET serverport = 90 WHERE modid = 1 AND cmdid = 1 AND serverip = 167772162",
      "DELETE FROM RouteData WHERE modid = 1 AND cmdid = 1 AND serverip = 167772161",
    ];
    const expected = [
      { hosts: ["10.0.0.1:80", "10.0.0.2:80"], added: ["10.0.0.2:80"] },
      {
        hosts: ["10.0.0.1:80", "10.0.0.2:90"],
        added: ["10.0.0.2:90"],
        removed: ["10.0.0.2:80"],
      },
      { hosts: ["10.0.0.2:90"], removed: ["10.0.0.1:80"] },
    ];
    await using client = LarsClient.open({ agent: lars.agent });
    for (const [index, statement] of statements.entries()) {
      const { hosts, added = [], removed = [] } = expected[index]!;
      await session.sql(statement);
      await session.sql(
        "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
      );
      await session.sql(
        "INSERT INTO RouteChange(modid, cmdid, version) VALUES (1, 1, UNIX_TIMESTAMP(NOW()))",
      );
      await eventually("the agent has it", async () => {
        const route = await client.getRoute(1, 1);
        return route.state === "found" &&
          route.hosts.map(formatAddress).sort().join() === hosts.join();
      });
      const changes = await eventually("the trail has it", async () => {
        const found = await admin.changes({ limit: 9 });
        return found.length > index && found;
      });
      const [newest] = changes;
      assertEquals(newest!.actor, BY_HAND);
      const [diff] = newest!.routes;
      assertEquals(
        [diff!.added, diff!.removed].map((each) => each.map(formatAddress)),
        [added, removed],
      );
    }
  },
);
