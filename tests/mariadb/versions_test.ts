/**
 * An older Lars and this one on one store, whichever of them made it: what one
 * adds to the tables the other neither needs nor minds.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  type Mariadb,
  startMariadb,
  testOnMariadb,
} from "../../store/testing/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { addressOf, ADMIN } from "../support/database.ts";
import { ForeignConnection, statusFrame } from "../support/foreign_wire.ts";
import { RegisteringAgent } from "./registering_agent.ts";
import { OlderLars } from "../support/older_lars.ts";
import { runDeno, RunningDeno, statusRows } from "../support/processes.ts";
import { Session } from "../support/session.ts";
import { eventually } from "../support/wait.ts";
import { Subscriber } from "./subscriber.ts";

const older = await OlderLars.unpack();
Deno.test.afterAll(() => older?.[Symbol.asyncDispose]());

/** One version of Lars on the store of a test. */
class Version {
  readonly #root: string;
  readonly #conf: string;

  constructor(root: string, conf: string) {
    this.#root = root;
    this.#conf = conf;
  }

  /** Runs a command of `lars` that must succeed; returns what it printed. */
  async lars(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run([
      "api/cli/main.ts",
      ...args,
      `--conf=${this.#conf}/dns.conf`,
      `--data=${this.#conf}`,
    ]);
    assertEquals(code, 0, `${args}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Makes the store. */
  async create(kind: Kind): Promise<void> {
    // The older one makes a file at its first use.
    if (kind === "sqlite" && this.#root === ROOT) {
      await this.lars("store", "create");
    }
    if (kind === "mysql") {
      const conf = `--conf=${this.#conf}/dns.conf`;
      const made = await this.#run(["tasks/schema.ts", "--apply", conf]);
      assertEquals(made.code, 0, made.stdout + made.stderr);
    }
    await this.lars("route", "add", "9", "9", "10.0.0.9:80");
  }

  /** Starts a service, and waits until it serves. */
  async start(
    name: "dns" | "reporter",
    { conf = name }: { conf?: string } = {},
  ): Promise<RunningDeno> {
    const service = new RunningDeno([
      ...RUN,
      `${name}/main.ts`,
      `--conf=${this.#conf}/${conf}.conf`,
      `--data=${this.#conf}`,
    ], { cwd: this.#root });
    await service.printed(/ ready at=/);
    return service;
  }

  #run(args: string[]) {
    return runDeno([...RUN, ...args], { cwd: this.#root });
  }
}

const RUN = ["run", "--no-prompt", "--allow-all"];

type Kind = "sqlite" | "mysql";

/** A folder with the configuration of one store, and the ports in it. */
class Place implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "lars-versions-" });
  readonly kind: Kind;
  readonly ports = {
    dns: freeTcpPort(),
    /** Of a second dns. */
    other: freeTcpPort(),
    reporter: freeTcpPort(),
  };
  readonly #server: Mariadb | undefined;

  constructor(server?: Mariadb) {
    this.#server = server;
    this.kind = server === undefined ? "sqlite" : "mysql";
    const mysql = server === undefined
      ? ""
      : `[mysql]\ndb_port = ${server.port}\n`;
    for (const [name, port] of Object.entries(this.ports)) {
      Deno.writeTextFileSync(
        `${this.folder}/${name}.conf`,
        `[reactor]\nport = ${port}\n${mysql}`,
      );
    }
  }

  /** Successes in ServerCallStatus. */
  async successes(): Promise<unknown[]> {
    if (this.#server === undefined) {
      return statusRows(this.folder).map((row) => row.succ_cnt);
    }
    using session = new Session(addressOf(this.#server), ADMIN);
    const rows = await session.sql(
      "SELECT succ_cnt FROM lars_dns.ServerCallStatus",
    );
    return rows.map((row) => row.succ_cnt);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Services and commands of `other` on a store that `maker` made, with edits of both. */
async function workTogether(
  place: Place,
  { maker, other }: { maker: Version; other: Version },
): Promise<void> {
  await maker.create(place.kind);
  await using dns = await other.start("dns");
  await using reporter = await other.start("reporter");
  const at = { hostname: "127.0.0.1", port: place.ports.dns };
  await using subscriber = await Subscriber.open(at, [1, 1]);
  await subscriber.hears([""]);
  await maker.lars("route", "add", "1", "1", "10.0.0.1:80", "--weight", "7");
  await subscriber.hears(["10.0.0.1:80"]);
  await other.lars("route", "add", "1", "1", "10.0.0.2:80", "--zone", "a");
  await subscriber.hears(["10.0.0.1:80", "10.0.0.2:80"]);
  await other.lars("route", "policy", "1", "1", "adaptive");
  const listed = [
    "1 1 10.0.0.1:80 weight=7 policy=adaptive",
    "1 1 10.0.0.2:80 zone=a policy=adaptive",
    "9 9 10.0.0.9:80",
    "",
  ].join("\n");
  assertEquals(await maker.lars("route", "list"), listed);
  assertEquals(await other.lars("route", "list"), listed);

  using connection = await ForeignConnection.open(
    `127.0.0.1:${place.ports.reporter}`,
  );
  await connection.send(
    statusFrame({ modId: 1, cmdId: 1, ip: 0x0a000001, port: 80, succ: 5 }),
  );
  await eventually(
    "the status",
    async () => (await place.successes()).join() === "5",
  );
  // Both start again on what both have written.
  for (const service of [dns, reporter]) {
    service.kill("SIGTERM");
    await service.ended();
  }
  await using again = await maker.start("dns");
  await using late = await Subscriber.open(at, [1, 1]);
  await late.hears(["10.0.0.1:80", "10.0.0.2:80"]);
  assertEquals(again.linesWith(/ (warn|error) /), []);
}

async function testBothWays(
  { root }: OlderLars,
  place: () => Promise<Place>,
): Promise<void> {
  for (const newer of [true, false]) {
    await using opened = await place();
    const versions = [
      new Version(root, opened.folder),
      new Version(ROOT, opened.folder),
    ] as const;
    const [other, maker] = newer ? versions : versions.toReversed();
    await workTogether(opened, { maker: maker!, other: other! });
  }
}

/** What agents register at this dns, as an older one beside it sees it in RouteData. */
async function registerBeside(
  place: Place,
  { root }: OlderLars,
): Promise<void> {
  const [older, ours] = [root, ROOT].map((each) =>
    new Version(each, place.folder)
  );
  await ours!.create(place.kind);
  await ours!.lars("route", "add", "1", "1", "10.0.0.9:80");
  await using dns = await ours!.start("dns");
  await using other = await older!.start("dns", { conf: "other" });
  const at = { hostname: "127.0.0.1", port: place.ports.dns };
  const beside = { ...at, port: place.ports.other };
  await using subscriber = await Subscriber.open(beside, [1, 1]);
  await subscriber.hears(["10.0.0.9:80"]);
  await using agent = await RegisteringAgent.open(at, "a");
  // A host that was made by hand, one that is new, and one that cannot be.
  assertEquals(
    await agent.register("10.0.0.9:80", "10.1.0.1:80", "224.0.0.1:80"),
    ["224.0.0.1:80"],
  );
  await subscriber.hears(["10.0.0.9:80", "10.1.0.1:80"]);
  // Removed by the older one: it stays away.
  await older!.lars("route", "remove", "1", "1", "10.1.0.1:80");
  await subscriber.hears(["10.0.0.9:80"]);
  await agent.register("10.0.0.9:80", "10.1.0.1:80", "10.1.0.2:80");
  await subscriber.hears(["10.0.0.9:80", "10.1.0.2:80"]);
  await eventually(
    "it is known to be removed",
    async () =>
      (await ours!.lars("host", "drains")).includes("removed by hand"),
  );
  await agent.register();
  await subscriber.hears(["10.0.0.9:80"]);
  for (const service of [dns, other]) {
    assertEquals(service.linesWith(/ (warn|error) /), []);
  }
}

const NAME = "an older Lars and this one work on one store, whichever made it";

if (older === undefined) {
  const reason = "this is no clone with the history of the repository";
  Deno.test.ignore(`${NAME} (skipped: ${reason})`, () => {});
} else {
  Deno.test(
    `${NAME}, on SQLite`,
    () => testBothWays(older, () => Promise.resolve(new Place())),
  );
  const name = "what registers at this dns is served by an older one beside it";
  Deno.test(
    `${name}, on SQLite`,
    async () => {
      await using place = new Place();
      await registerBeside(place, older);
    },
  );
  testOnMariadb(`${name}, on MariaDB`, async () => {
    await using place = new Place(await startMariadb());
    await registerBeside(place, older);
  });
  testOnMariadb(
    `${NAME}, on MariaDB`,
    () => testBothWays(older, async () => new Place(await startMariadb())),
  );
}
