import { sameHosts } from "../../proto/testing/mod.ts";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  parseIp,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { Random } from "../../net/mod.ts";
import { Cluster } from "./cluster.ts";

/** The routes that a run edits and asks for; few, so that things collide. */
const KEYS: readonly RouteKey[] = [1, 2, 3].flatMap((modId) =>
  [1, 2, 3].map((cmdId) => ({ modId, cmdId }))
);

const HOSTS: readonly HostAddress[] = [1, 2, 3, 4, 5].map((last) => ({
  ip: parseIp(`192.168.0.${last}`),
  port: 7000 + last,
}));

/** Random actions in one run, about 100 ms apart. */
const STEPS = 80;

/**
 * How long agents get, once the faults have ended, to hold what the store says,
 * though no program asks: 5 s to reconnect, 9 s to leave a dns that is silent,
 * 10 s for edits that name no change, and 4 s to believe that a route is empty.
 */
const CONVERGE_MS = 28_000;

/** Time in which programs ask for every route, also those an agent did not know. */
const ASK_MS = 5_000;

/** Summary of a run, for those who replay it. */
export interface RunReport {
  seed: number;
  answered: number;
  found: number;
  timeouts: number;
  edits: number;
  virtualMs: number;
}

/**
 * One random run: edits, calls, crashes, cuts and clock jumps, all from one
 * seed; then the faults end, and everything must agree.
 *
 * @param log Takes a line for each thing that happens.
 * @throws {Error} If an invariant does not hold.
 */
export async function randomRun(
  seed: number,
  log: (line: string) => void = () => {},
): Promise<RunReport> {
  const cluster = await Cluster.start(seed, {
    dns: 2,
    reporters: 2,
    agents: 3,
  });
  const run = new RandomRun(seed, cluster, log);
  try {
    await run.disturb();
    await run.converge();
  } finally {
    await cluster.stop();
  }
  run.checkFailures();
  return run.report;
}

class RandomRun {
  readonly report: RunReport;
  readonly #cluster: Cluster;
  readonly #log: (line: string) => void;
  /** Every host that a route ever had. */
  readonly #everHosts = new RouteMap<Set<number>>();
  readonly #violations: string[] = [];

  constructor(seed: number, cluster: Cluster, log: (line: string) => void) {
    this.report = {
      seed,
      answered: 0,
      found: 0,
      timeouts: 0,
      edits: 0,
      virtualMs: 0,
    };
    this.#cluster = cluster;
    this.#log = log;
  }

  /** Runs random actions. */
  async disturb(): Promise<void> {
    const { clock, random } = this.#cluster;
    for (const key of KEYS.slice(0, 6)) {
      await this.#edit({ add: [{ ...key, ...pickOne(random, HOSTS) }] });
    }
    for (let step = 0; step < STEPS; step++) {
      await this.#act();
      for (const index of this.#cluster.agents.keys()) this.#callFrom(index);
      await clock.advance(random() * 200);
    }
  }

  /** Ends the faults and checks that every agent agrees with the store. */
  async converge(): Promise<void> {
    const cluster = this.#cluster;
    await cluster.recover();
    // Someone looks at what was removed without naming it, and says that it is meant.
    await cluster.store.accept();
    await cluster.clock.advance(CONVERGE_MS);
    for (const index of cluster.agents.keys()) {
      await this.#compare(
        index,
        KEYS.filter((key) => cluster.known(index, key).length > 0),
      );
    }
    this.checkFailures();
    for (let waitedMs = 0; waitedMs < ASK_MS; waitedMs += 1_000) {
      for (const index of cluster.agents.keys()) {
        for (const key of KEYS) this.#callFrom(index, key);
      }
      await cluster.clock.advance(1_000);
    }
    this.report.virtualMs = cluster.clock.nowMs();
    for (const index of cluster.agents.keys()) await this.#compare(index, KEYS);
    await this.#compareStatuses();
    this.checkFailures();
  }

  /** @throws {Error} If a service failed or an invariant was violated. */
  checkFailures(): void {
    const problems = [
      ...this.#cluster.failures.map((error) =>
        error instanceof Error ? error.stack ?? error.message : String(error)
      ),
      ...this.#violations,
    ];
    if (problems.length === 0) return;
    throw new Error(
      `Seed ${this.report.seed} failed, replay it with "deno task sim ${this.report.seed}":\n${
        problems.join("\n")
      }`,
    );
  }

  async #act(): Promise<void> {
    const { random, network, clock } = this.#cluster;
    const cluster = this.#cluster;
    const dice = random();
    const server = random() < 0.5 ? 0 : 1;
    if (dice < 0.35) {
      await this.#randomEdit();
    } else if (dice < 0.42) {
      this.#say(`kill dns ${server}`);
      await cluster.killDns(server);
    } else if (dice < 0.50) {
      await cluster.startDns(server);
    } else if (dice < 0.56) {
      this.#say(`kill reporter ${server}`);
      await cluster.killReporter(server);
    } else if (dice < 0.62) {
      await cluster.startReporter(server);
    } else if (dice < 0.66) {
      const index = Math.floor(random() * 3);
      this.#say(`restart agent ${index}`);
      await cluster.stopAgent(index);
      await cluster.startAgent(index);
    } else if (dice < 0.72) {
      this.#say("cut somewhere");
      cluster.cutSomewhere();
    } else if (dice < 0.80) {
      network.heal();
    } else if (dice < 0.86) {
      Object.assign(network.faults, {
        delayMaxMs: random() * 50,
        lossRate: random() * 0.3,
        duplicateRate: random() * 0.2,
        tearRate: random(),
      });
    } else if (dice < 0.90) {
      clock.jumpWall((random() - 0.5) * 7200);
    }
  }

  async #randomEdit(): Promise<void> {
    const { random } = this.#cluster;
    const row = { ...pickOne(random, KEYS), ...pickOne(random, HOSTS) };
    if (random() < 0.6) return await this.#edit({ add: [row] });
    if (random() < 0.7) return await this.#edit({ remove: [row] });
    // An edit by hand, without a row in RouteChange or with the row deleted.
    this.#say(`silently remove ${JSON.stringify(row)}`);
    const moveVersion = random() < 0.5;
    this.#cluster.store.editSilently({ remove: [row] }, { moveVersion });
    if (random() < 0.5) this.#cluster.store.deleteChanges();
  }

  async #edit(
    edit: Parameters<Cluster["store"]["edit"]>[0],
  ): Promise<void> {
    for (const row of edit.add ?? []) {
      const ever = this.#everHosts.get(row) ?? new Set();
      this.#everHosts.set(row, ever.add(addressKey(row)));
    }
    this.report.edits += 1;
    this.#say(`edit ${JSON.stringify(edit)}`);
    await this.#cluster.store.edit(edit);
  }

  /** One call of a program: asks for a host and reports the result. */
  #callFrom(index: number, key = pickOne(this.#cluster.random, KEYS)): void {
    const machine = this.#cluster.agents.get(index);
    if (machine === undefined) return;
    const failed = this.#cluster.random() < 0.2;
    machine.client.getHost(key.modId, key.cmdId).then((answer) => {
      this.report.answered += 1;
      if (answer.state === "timeout") this.report.timeouts += 1;
      if (answer.state !== "found") return;
      this.report.found += 1;
      if (!this.#everHosts.get(key)?.has(addressKey(answer.host))) {
        this.#violations.push(
          `agent ${index} answered ${
            formatAddress(answer.host)
          } for ${key.modId},${key.cmdId}, which never had it`,
        );
      }
      machine.client.report(key.modId, key.cmdId, {
        host: answer.host,
        returnCode: failed ? 1 : 0,
      });
    }, (error) => this.#violations.push(`getHost threw: ${error}`));
  }

  async #compare(index: number, keys: readonly RouteKey[]): Promise<void> {
    for (const key of keys) {
      const stored = (await this.#cluster.stored(key)).hosts;
      const held = this.#cluster.known(index, key);
      if (sameHosts(stored, held)) continue;
      this.#violations.push(
        `agent ${index} has ${
          held.map(formatAddress)
        } for ${key.modId},${key.cmdId}, the store has ${
          stored.map(formatAddress)
        }`,
      );
    }
  }

  /** The newest counters of every host that was called are in the store. */
  async #compareStatuses(): Promise<void> {
    const rows = new Map(
      (await this.#cluster.store.list()).map((row) => [statusKey(row), row]),
    );
    for (const index of this.#cluster.agents.keys()) {
      for (const key of KEYS) {
        for (const host of this.#cluster.known(index, key)) {
          if (host.succ + host.err === 0) continue;
          const caller = this.#cluster.callerOf(index);
          const row = rows.get(statusKey({ ...key, ...host, caller }));
          if (row?.succ === host.succ && row?.err === host.err) continue;
          this.#violations.push(
            `agent ${index} counts ${host.succ} and ${host.err} for ${
              formatAddress(host)
            } of ${key.modId},${key.cmdId}, the store has ${row?.succ} and ${row?.err}`,
          );
        }
      }
    }
  }

  #say(event: string): void {
    this.#log(`${this.#cluster.clock.nowMs().toFixed(1).padStart(9)} ${event}`);
  }
}

function statusKey(
  row: RouteKey & HostAddress & { caller: number },
): string {
  return [row.modId, row.cmdId, row.ip, row.port, row.caller].join();
}

/** One of `items`. */
function pickOne<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}
