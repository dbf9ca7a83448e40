/**
 * Lars over three nodes of a MariaDB Galera cluster, of which one dies while
 * routes are edited and calls are reported. Takes minutes: `deno task test:cluster`.
 * LARS_SEED=… replays the choices of a run.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import type { Endpoint, RouteKey } from "../../proto/mod.ts";
import { Choices, seedOfRun } from "../support/choices.ts";
import { LARS, prepareDatabase } from "../support/database.ts";
import {
  type Editor,
  type EditorOptions,
  HandEditor,
} from "../support/hand_editor.ts";
import { Installation } from "../support/installation.ts";
import { hostsText, keysOf, keyText, Ledger } from "../support/ledger.ts";
import { Session } from "../support/session.ts";
import { StoreEditor } from "../support/store_editor.ts";
import { eventually, formatTimes, nowMs, progress } from "../support/wait.ts";
import { ChangeIdWatcher, StatusWatcher } from "../support/watchers.ts";
import { GaleraCluster } from "./cluster.ts";
import { provideGalera } from "./install.ts";

const NODES = 3;
const AGENTS = 4;

/** With this interval, only the feed finds a change in time. */
const NO_COMPARISON_SECONDS = 600;

/** Time for the feed on a busy machine; a comparison comes much later. */
const PUBLISHED_MS_MAX = 8_000;

/** Edits on each route, at least, that the feed must publish. */
const EDITS_MIN = 15;

/** Time for the events that a step waits for: a cluster without a node goes on within seconds. */
const EVENT_MS_MAX = 60_000;

const PAUSE_MS_MAX = 60;

const galera = await provideGalera();
const skipped = galera.state === "missing"
  ? ` (skipped: ${galera.reason})`
  : "";

Deno.test({
  name: `Lars over a Galera cluster of three nodes${skipped}`,
  ignore: galera.state === "missing",
  async fn(test) {
    if (galera.state === "missing") return;
    const seed = seedOfRun();
    progress(`seed ${seed}: LARS_SEED=${seed} chooses the same again`);
    await using cluster = await GaleraCluster.start(galera.programs);
    await prepareDatabase(cluster.hosts[0]!);
    progress("three nodes are in sync");

    await test.step(
      "the feed alone publishes changes whose ids have gaps and come out of order",
      () => publishByFeed(cluster, new Choices(seed)),
    );

    await using work = await Work.start(cluster, new Choices(seed + 1));
    await test.step(
      "a node killed during edits and reports takes no acknowledged edit and no newest status away",
      async () => {
        await work.during(async () => {
          await work.goesOn();
          // No later statuses make up for those that are under way when it dies.
          work.endCalls();
          cluster.freeze(0);
          await work.waitsFor(cluster.hosts[0]!);
          await cluster.kill(0);
          progress("killed node 0");
          await work.goesOn();
        });
        await work.check({ nodes: [1, 2] });
      },
    );
    await test.step(
      "the same holds when it comes back during edits and reports, and another is killed",
      async () => {
        await work.during(async () => {
          await work.goesOn();
          await cluster.restart(0);
          progress("node 0 is back");
          await work.goesOn();
          await cluster.kill(1);
          progress("killed node 1");
          // The last statuses come while the others find out.
          await work.reports();
          work.endCalls();
          await work.goesOn();
        });
        await work.check({ nodes: [2, 0] });
      },
    );
  },
});

/** On each node a short and a long transaction at a time, each waiting for the agents. */
async function publishByFeed(
  cluster: GaleraCluster,
  choices: Choices,
): Promise<void> {
  const ledger = new Ledger();
  const keys = keysOf(1, NODES * 2);
  await using installation = await Installation.start({
    databases: cluster.hosts,
    dns: 3,
    reporters: 1,
    agents: 3,
    fullCompareSeconds: NO_COMPARISON_SECONDS,
    keys,
    choices,
  });
  await using ids = new ChangeIdWatcher(cluster.hosts[2]!);
  const latenciesMs: number[] = [];
  const endMs = nowMs() + EVENT_MS_MAX;
  await Promise.all(keys.map(async (key, index) => {
    await using editor = new HandEditor(editorOptions(cluster, {
      keys: [key],
      ledger,
      choices: choices.fork(),
    }));
    for (let edits = 0; nowMs() < endMs; edits++) {
      if (edits >= EDITS_MIN && ids.late > 0 && ids.gaps > 0) break;
      const { hosts } = await editor.replace(key, {
        host: index % NODES,
        openMs: index < NODES ? 0 : 400,
      });
      const committedMs = nowMs();
      const state = hostsText(hosts);
      await installation.published(keyText(key), {
        state,
        limitMs: PUBLISHED_MS_MAX,
      });
      latenciesMs.push(nowMs() - committedMs);
    }
  }));
  progress(
    `${
      formatTimes(latenciesMs)
    }; ${ids.late} ids came late, ${ids.gaps} not at all; ${ledger.counts.refused} conflicts`,
  );
  assertGreater(ids.late, 0);
  assertGreater(ids.gaps, 0);
  assertEquals(installation.inventions(ledger), []);
}

/** Editors and programs at work on a cluster, and what must come of it. */
class Work implements AsyncDisposable {
  readonly #ledger = new Ledger();
  readonly #installation: Installation;
  readonly #statuses: StatusWatcher;
  readonly #editors: Editor[] = [];
  /** Acknowledged edits of each editor. */
  readonly #edits: number[] = [];

  private constructor(cluster: GaleraCluster, installation: Installation) {
    this.#installation = installation;
    // Node 2 lives all the time.
    this.#statuses = new StatusWatcher(cluster.hosts[2]!);
  }

  /** Three editors by hand and two programs, each with routes of its own. */
  static async start(cluster: GaleraCluster, choices: Choices): Promise<Work> {
    await seedCalledRoutes(cluster);
    const groups = [100, 200, 300, 400, 500].map((modId) => keysOf(modId, 6));
    const work = new Work(
      cluster,
      await Installation.start({
        databases: cluster.hosts,
        dns: 3,
        reporters: 2,
        agents: AGENTS,
        fullCompareSeconds: NO_COMPARISON_SECONDS,
        keys: groups.flat(),
        calledBy: calledKeys,
        choices,
      }),
    );
    for (const [index, keys] of groups.entries()) {
      const options = editorOptions(cluster, {
        keys,
        ledger: work.#ledger,
        choices: choices.fork(),
      }, { first: index % NODES });
      work.#edits.push(0);
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
      this.#editors.map(async (editor, index) => {
        while (!stop.signal.aborted) {
          const edits = await editor.edit();
          this.#edits[index]! += edits;
        }
      }),
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

  /** Waits until every editor has edited thirty times more. */
  async goesOn(): Promise<void> {
    const before = [...this.#edits];
    await eventually(
      "thirty more edits of every editor",
      () => this.#edits.every((edits, index) => edits >= before[index]! + 30),
      { deadlineMs: EVENT_MS_MAX },
    );
  }

  /** Waits until every agent has sent another status. */
  async reports(): Promise<void> {
    const { agents } = this.#installation;
    const before = agents.map(({ statuses }) => statuses);
    await eventually(
      "another status of every agent",
      () => agents.every(({ statuses }, index) => statuses > before[index]!),
    );
  }

  /** Waits until a node that is frozen holds up an edit, and every agent has sent its last status. */
  async waitsFor(node: Endpoint): Promise<void> {
    await eventually(
      "an edit that waits for the frozen node, and the last statuses",
      () =>
        this.#editors.some((editor) =>
          editor instanceof HandEditor && editor.isWaitingFor(node)
        ) &&
        this.#installation.agents.every((agent) => agent.hasReportedAll),
      { deadlineMs: EVENT_MS_MAX },
    );
  }

  /** Programs call no more until the next {@linkcode during}. */
  endCalls(): void {
    this.#installation.calls = false;
  }

  /**
   * What was acknowledged is on these nodes and at every agent, and nothing else
   * ever was; what agents sent last is stored, and nothing older came after it.
   */
  async check({ nodes }: { nodes: readonly number[] }): Promise<void> {
    for (const host of nodes) {
      await this.#installation.settle(this.#ledger, { host });
      await this.#installation.settleStatuses({ host });
    }
    assertGreater(this.#ledger.counts.committed, 0);
    assertEquals(this.#installation.inventions(this.#ledger), []);
    const sent = this.#installation.agents
      .flatMap(({ reported }) => [...reported.values()]);
    progress(
      `${sent.length} hosts with ${
        sent.reduce((sum, count) => sum + count, 0)
      } calls are stored`,
    );
    assertEquals(sent.length, AGENTS * CALLED_ROUTES * CALLED_HOSTS);
    assertEquals(this.#statuses.setbacks, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const editor of this.#editors) await editor[Symbol.asyncDispose]();
    await this.#statuses[Symbol.asyncDispose]();
    await this.#installation[Symbol.asyncDispose]();
  }
}

const CALLED_ROUTES = 3;
const CALLED_HOSTS = 3;

/** Routes that one agent calls and that are not edited. */
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

function editorOptions(
  { hosts }: GaleraCluster,
  rest: Pick<EditorOptions, "keys" | "ledger" | "choices">,
  { first = 0 } = {},
): EditorOptions {
  return {
    databases: [...hosts.slice(first), ...hosts.slice(0, first)],
    account: LARS,
    pauseMsMax: PAUSE_MS_MAX,
    ...rest,
  };
}
