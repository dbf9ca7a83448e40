import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { SystemClock } from "../../net/mod.ts";
import { formatAddress, type HostAddress } from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { openRouteStore, type RouteStore } from "../../store/mod.ts";
import { ALL_SERVICES, storeOf } from "../../tasks/local/services.ts";
import { ForeignConnection, statusFrame } from "../support/foreign_wire.ts";
import { row, runLars, RunningDeno } from "../support/processes.ts";
import {
  readStatuses,
  storeArguments,
  testOnStores,
} from "../support/stores.ts";
import { eventually } from "../support/wait.ts";

const [DRAINED, OTHER] = ["10.0.0.1:80", "10.0.0.2:80"] as const;

/** Asks for hosts, and reports the calls to all but one, which stays under way. */
async function begin(client: LarsClient): Promise<HostAddress> {
  return await eventually("a call to the host that is drained", async () => {
    const outcome = await client.getHost(1, 1);
    if (outcome.state !== "found") return undefined;
    const { host } = outcome;
    if (formatAddress(host) === DRAINED) return host;
    await client.report(1, 1, { host, returnCode: 0 });
    return undefined;
  });
}

testOnStores(
  "lars host drain --wait ends when the call under way does, and no other begins",
  async (_test, store) => {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, DRAINED), row(1, 1, OTHER)],
      settings: [{ modId: 1, cmdId: 1, policy: "adaptive" }],
      database: store.database,
      print: () => {},
    });
    await using client = LarsClient.open({ agent: lars.agent });
    const host = await begin(client);
    await using draining = new RunningDeno([
      ...["run", "--no-prompt", "--allow-net", "--allow-read"],
      ...["--allow-write", "api/cli/main.ts", "host", "drain", DRAINED],
      ...["--reason", "new disk", "--wait", "120s", ...storeArguments(lars)],
    ]);
    await draining.printed(/0 of 1 caller stopped, 1 call in flight/);
    for (let calls = 0; calls < 50; calls++) {
      const outcome = await client.getHost(1, 1);
      assert(outcome.state === "found");
      assertEquals(formatAddress(outcome.host), OTHER);
      await client.report(1, 1, { host: outcome.host, returnCode: 0 });
    }
    await client.report(1, 1, { host, returnCode: 0 });
    assertEquals(await draining.ended(), 0, draining.output);
    assertMatch(
      draining.output,
      /1 of 1 caller stopped, no calls in flight\n/,
    );
  },
);

/** Words of callers about a host, and registrations of it: none of them ends a drain. */
const HEARTBEATS = 1_000;

/** Picks that must not go to the host that is drained. */
const PICKS = 50;

/** A route whose first host is drained, and whose other hosts show what has reached the agent. */
class DrainedRoute {
  readonly #lars: LocalLars;
  #hosts = 1;

  constructor(lars: LocalLars) {
    this.#lars = lars;
  }

  /** Runs `lars`. */
  async run(...args: string[]): Promise<void> {
    const options = storeArguments(this.#lars);
    const { code, stderr } = await runLars([...args, ...options]);
    assertEquals(code, 0, stderr);
  }

  /** Opens the store. */
  async open(): Promise<RouteStore> {
    const { folder } = this.#lars;
    const place = { dataDir: folder, clock: new SystemClock() };
    return await openRouteStore(await storeOf(folder), place);
  }

  /** Adds a host, and fails where the drain is not there when the agent has it. */
  async assertHolds(): Promise<void> {
    this.#hosts += 1;
    await this.run("route", "add", "1", "1", `10.0.0.${this.#hosts}:80`);
    {
      await using store = await this.open();
      const drains = await store.drains();
      assertEquals(drains.map(({ reason }) => reason), ["new disk"]);
    }
    await using client = LarsClient.open({ agent: this.#lars.agent });
    const hosts = await eventually("the agent has the host", async () => {
      const route = await client.getRoute(1, 1, { withState: true });
      const isThere = route.state === "found" &&
        route.hosts.length === this.#hosts;
      return isThere && route.hosts;
    });
    assertEquals(
      hosts.filter(({ drained }) => drained).map(formatAddress),
      [DRAINED],
    );
    for (let pick = 0; pick < PICKS; pick++) {
      const outcome = await client.getHost(1, 1);
      assert(outcome.state === "found");
      assertNotEquals(formatAddress(outcome.host), DRAINED);
      await client.report(1, 1, { host: outcome.host, returnCode: 0 });
    }
  }
}

testOnStores(
  "a drain holds through restarts of every service and of the database, an import, and 1,000 heartbeats",
  async (test, store) => {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, DRAINED)],
      database: store.database,
      web: true,
      print: () => {},
    });
    const route = new DrainedRoute(lars);
    await route.run("host", "drain", DRAINED, "--reason", "new disk");
    await route.assertHolds();

    for (const name of ALL_SERVICES) {
      await test.step(`${name} is killed and started`, async () => {
        await lars.stopService(name, "SIGKILL");
        await lars.startService(name);
        await route.assertHolds();
      });
    }
    await test.step("the database is restarted", async () => {
      await store.restart();
      await route.assertHolds();
    });
    await test.step("an import has the host with a weight", async () => {
      const file = `${lars.folder}/routes.csv`;
      await Deno.writeTextFile(
        file,
        "modid,cmdid,ip,port,weight,zone\n1,1,10.0.0.1,80,500,a\n",
      );
      await route.run("route", "import", file);
      await route.assertHolds();
    });
    await test.step("it is reported and registered 1,000 times", async () => {
      const { ip, port } = row(1, 1, DRAINED);
      using connection = await ForeignConnection.open(
        lars.addressOf("reporter"),
      );
      for (let succ = 1; succ <= HEARTBEATS; succ++) {
        await connection.send(statusFrame({ ip, port, succ }));
      }
      await eventually("the newest word is in the store", async () => {
        const rows = await readStatuses(store, lars);
        return rows.some(({ succ_cnt }) => Number(succ_cnt) === HEARTBEATS);
      });
      await using routes = await route.open();
      for (let beat = 1; beat <= HEARTBEATS; beat++) {
        const weight = 1 + beat % 2;
        await routes.edit({ add: [{ ...row(1, 1, DRAINED), weight }] });
      }
      await route.assertHolds();
    });
  },
);
