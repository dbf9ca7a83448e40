/**
 * Lars over three nodes of a MariaDB Galera cluster, of which one dies while
 * routes are edited and calls are reported. Takes minutes: `deno task test:cluster`.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import type { RouteKey } from "../../proto/mod.ts";
import { LARS, prepareDatabase } from "./database.ts";
import { GaleraCluster } from "./cluster.ts";
import { provideGalera } from "./install.ts";
import { HandEditor } from "./hand_editor.ts";
import { Installation } from "./installation.ts";
import { hostsText, keyText, Ledger } from "../support/ledger.ts";
import { Session } from "../support/session.ts";
import { StoreEditor } from "./store_editor.ts";
import { progress, sleep, waitUntil } from "../support/wait.ts";
import { ChangeIdWatcher, StatusWatcher } from "../support/watchers.ts";

const NODES = 3;
const AGENTS = 4;

/** With this, nothing but the feed finds a change in time. */
const NO_COMPARISON_SECONDS = 600;

/** How long the feed may take on a busy machine; a comparison comes much later. */
const PUBLISHED_MS_MAX = 8_000;

const galera = await provideGalera();
if (galera.state === "missing") {
  console.log(`Skipping the cluster suite as ${galera.reason}`);
}

Deno.test({
  name: "Lars over a Galera cluster of three nodes",
  ignore: galera.state === "missing",
  async fn(test) {
    if (galera.state === "missing") return;
    await using cluster = await GaleraCluster.start(galera.programs);
    await prepareDatabase(cluster.hosts[0]!);
    progress("three nodes are in sync");

    await test.step(
      "the feed alone publishes changes whose ids have gaps and come out of order",
      () => publishByFeed(cluster),
    );

    await using work = await Work.start(cluster);
    await test.step(
      "a node killed during edits and reports takes no acknowledged edit and no newest status away",
      async () => {
        await work.during(async () => {
          await sleep(6_000);
          // No later statuses make up for those that are under way when it dies.
          work.endCalls();
          cluster.freeze(0);
          await sleep(1_500);
          await cluster.kill(0);
          progress("killed node 0");
          await sleep(12_000);
        });
        await work.check({ nodes: [1, 2] });
      },
    );
    await test.step(
      "the same holds when it comes back during edits and reports, and another is killed",
      async () => {
        await work.during(async () => {
          await sleep(1_000);
          await cluster.restart(0);
          progress("node 0 is back");
          await sleep(4_000);
          await cluster.kill(1);
          progress("killed node 1");
          // The last statuses come while the others find out.
          await sleep(1_500);
          work.endCalls();
          await sleep(10_500);
        });
        await work.check({ nodes: [2, 0] });
      },
    );
  },
});

/** On each node a short and a long transaction at a time, each waiting for the agents. */
async function publishByFeed(cluster: GaleraCluster): Promise<void> {
  const ledger = new Ledger();
  const keys = keysOf(1, NODES * 2);
  await using installation = await Installation.start({
    cluster,
    dns: 3,
    reporters: 1,
    agents: 3,
    fullCompareSeconds: NO_COMPARISON_SECONDS,
    keys,
    calledBy: () => [],
  });
  await using ids = new ChangeIdWatcher(cluster.hosts[2]!);
  const latenciesMs: number[] = [];
  const endMs = performance.now() + 12_000;
  await Promise.all(keys.map(async (key, index) => {
    const owned = { nodes: cluster.hosts, account: LARS, keys: [key], ledger };
    using editor = new HandEditor(owned);
    while (performance.now() < endMs) {
      const { hosts } = await editor.replace(key, {
        node: index % NODES,
        long: index >= NODES,
        hostsMin: 1,
      });
      const committedMs = performance.now();
      const state = hostsText(hosts);
      await waitUntil(
        () =>
          installation.agents.every((agent) =>
            agent.routes().get(keyText(key)) === state
          ),
        {
          what: `(${keyText(key)}) at every agent as "${state}"`,
          limitMs: PUBLISHED_MS_MAX,
          explain: () => {
            installation.printLines();
            return "the feed has missed it";
          },
        },
      );
      latenciesMs.push(performance.now() - committedMs);
    }
  }));
  latenciesMs.sort((a, b) => a - b);
  progress(
    `${latenciesMs.length} edits published, half of them within ${
      Math.round(latenciesMs[latenciesMs.length >> 1] ?? 0)
    } ms, all within ${
      Math.round(latenciesMs.at(-1) ?? 0)
    } ms; ${ids.late} ids came late, ${ids.gaps} not at all; ${ledger.counts.refused} conflicts`,
  );
  assertGreater(ids.late, 0);
  assertGreater(ids.gaps, 0);
  assertEquals(installation.inventions(ledger), []);
}

/** Editors and programs at work on a cluster, and what must come of it. */
class Work implements AsyncDisposable {
  readonly #cluster: GaleraCluster;
  readonly #ledger = new Ledger();
  readonly #installation: Installation;
  readonly #statuses: StatusWatcher;
  readonly #editors: (HandEditor | StoreEditor)[] = [];

  private constructor(cluster: GaleraCluster, installation: Installation) {
    this.#cluster = cluster;
    this.#installation = installation;
    // Node 2 lives all the time.
    this.#statuses = new StatusWatcher(cluster.hosts[2]!);
  }

  /** Three editors by hand and two programs, each with routes of its own. */
  static async start(cluster: GaleraCluster): Promise<Work> {
    await seedCalledRoutes(cluster);
    const groups = [100, 200, 300, 400, 500].map((modId) => keysOf(modId, 6));
    const work = new Work(
      cluster,
      await Installation.start({
        cluster,
        dns: 3,
        reporters: 2,
        agents: AGENTS,
        fullCompareSeconds: NO_COMPARISON_SECONDS,
        keys: groups.flat(),
        calledBy: calledKeys,
      }),
    );
    for (const [index, keys] of groups.entries()) {
      const { hosts } = cluster;
      const nodes = [...hosts.slice(index % 3), ...hosts.slice(0, index % 3)];
      const options = { nodes, account: LARS, keys, ledger: work.#ledger };
      work.#editors.push(
        index < 3 ? new HandEditor(options) : await StoreEditor.open(options),
      );
    }
    progress("dns, reporters and agents are up");
    return work;
  }

  /** Edits go on while `events` happen; the last of each editor is acknowledged. */
  async during(events: () => Promise<void>): Promise<void> {
    this.#installation.calls = true;
    const stop = new AbortController();
    const editing = Promise.all(
      this.#editors.map((editor) => editor.run(stop.signal)),
    );
    try {
      await Promise.race([events(), editing]);
    } finally {
      stop.abort();
      await editing;
    }
    const { committed, refused, doubtful } = this.#ledger.counts;
    progress(
      `${committed} edits acknowledged, ${refused} refused, ${doubtful} in doubt`,
    );
  }

  /** Programs call no more until the next {@linkcode during}. */
  endCalls(): void {
    this.#installation.calls = false;
  }

  /**
   * What was acknowledged is on these nodes and at every agent, and nothing else
   * ever was; what agents told last is stored, and nothing older came after it.
   */
  async check({ nodes }: { nodes: readonly number[] }): Promise<void> {
    for (const node of nodes) {
      await this.#installation.settle(this.#ledger, { node });
      await this.#installation.settleStatuses({ node });
    }
    assertGreater(this.#ledger.counts.committed, 0);
    assertEquals(this.#installation.inventions(this.#ledger), []);
    const told = this.#installation.agents
      .flatMap(({ reported }) => [...reported.values()]);
    progress(
      `${told.length} hosts with ${
        told.reduce((sum, count) => sum + count, 0)
      } calls are stored`,
    );
    assertEquals(told.length, AGENTS * CALLED_ROUTES * CALLED_HOSTS);
    assertEquals(this.#statuses.setbacks, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const editor of this.#editors) {
      if (editor instanceof HandEditor) editor[Symbol.dispose]();
      else await editor[Symbol.asyncDispose]();
    }
    await this.#statuses[Symbol.asyncDispose]();
    await this.#installation[Symbol.asyncDispose]();
  }
}

const CALLED_ROUTES = 3;
const CALLED_HOSTS = 3;

/** Routes that one agent calls and nobody edits. */
function calledKeys(agent: number): RouteKey[] {
  return keysOf(900 + agent, CALLED_ROUTES);
}

async function seedCalledRoutes(cluster: GaleraCluster): Promise<void> {
  using session = new Session(cluster.hosts[0]!, LARS);
  for (let agent = 0; agent < AGENTS; agent++) {
    for (const { modId, cmdId } of calledKeys(agent)) {
      for (let host = 1; host <= CALLED_HOSTS; host++) {
        await session.sql(
          "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)",
          [modId, cmdId, 0xc0_a8_01_00 + host, 7_000 + agent],
        );
      }
    }
  }
}

/** Routes (modId, 1) to (modId, count). */
function keysOf(modId: number, count: number): RouteKey[] {
  return Array.from({ length: count }, (_, index) => ({
    modId,
    cmdId: index + 1,
  }));
}
