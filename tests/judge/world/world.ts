import {
  DEFAULT_ADAPTIVE_SETTINGS,
  DEFAULT_POLICY_SETTINGS,
  NO_HOST,
  SingleRoute,
} from "../../../agent/mod.ts";
import { TICK_MS } from "../../../net/mod.ts";
import { seededRandom } from "../../../net/testing/seeded_random.ts";
import type { CallReport, RouteHost } from "../../../proto/mod.ts";
import { policyOf } from "../baselines/baseline.ts";
import { type HostLoad, Prequal } from "../baselines/prequal.ts";
import { AllKnowing } from "../baselines/simple.ts";
import { BIN_MS, Trace } from "../measures/trace.ts";
import { JUDGED, PREQUAL, REFERENCE } from "../policies.ts";
import { EventHeap } from "./event_heap.ts";
import { HostServer, OK, ROUND_TRIP_MS } from "./host_server.ts";
import { LoadHistory } from "./load_history.ts";
import type { Scenario } from "./scenario.ts";
import type { Workload } from "./workload.ts";

/** What an event's number is about is in its lowest bits. */
const KIND_BITS = 3;
const KIND_MASK = 7;
const REPORT = 0;
const ALIVE = 1;
const DEAD = 2;
const RETRY = 3;
const PROBED = 4;

/** Hosts an event's number has room for beside its agent. */
const HOSTS_MAX = 4_096;

/** Hosts have consecutive addresses from here on. */
const FIRST_IP = 0x0a00_0001;
const PORT = 7_777;

/** Time of the agents at the beginning of a run: they have been up for a while. */
const STARTED_MS = 1_000_000;

/** A run of one policy: what it needs beside the scenario. */
export interface RunOptions {
  workload: Workload;
  seed: number;
  /** One of JUDGED, or REFERENCE. */
  policy: string;
  /** Constants of `policy = adaptive` other than its defaults. */
  constants: Readonly<Record<string, number>>;
}

/** Runs one policy through a scenario. */
export function simulate(scenario: Scenario, options: RunOptions): Trace {
  return new World(scenario, options).run();
}

/** Virtual time, the hosts, the agents and the calls between them. */
class World {
  readonly #scenario: Scenario;
  readonly #workload: Workload;
  readonly #servers: HostServer[];
  /** The route of each agent. */
  readonly #agents: SingleRoute[];
  readonly #trace: Trace;
  readonly #events = new EventHeap();
  readonly #report: CallReport = {
    ip: 0,
    port: PORT,
    returnCode: 0,
    durationUs: 0,
    unused: false,
  };
  /** Of each attempt, of which the second of a call comes after the first ones of all: its host, whether it went well, what its report says it took. */
  readonly #hostOf: Uint16Array;
  readonly #okOf: Uint8Array;
  readonly #durationUsOf: Float64Array;
  /** Hosts asked for their load, in order. */
  readonly #probes: { host: number; answer: (load: HostLoad) => void }[] = [];
  #nowMs = 0;

  constructor(scenario: Scenario, options: RunOptions) {
    const { serviceMs = 10, timeoutMs = 500, failLevel = 0 } = scenario;
    this.#scenario = scenario;
    this.#workload = options.workload;
    this.#servers = scenario.hosts.map((plan) =>
      new HostServer(plan, {
        serviceMs,
        timeoutMs,
        failLevel,
        queueMax: scenario.queueMax,
      })
    );
    if (options.policy === PREQUAL) {
      for (const server of this.#servers) server.load = new LoadHistory();
    }
    this.#trace = new Trace({
      hosts: scenario.hosts.length,
      durationMs: scenario.durationMs,
      timeoutMs,
    });
    const attempts = options.workload.count * (scenario.retries ? 2 : 1);
    this.#hostOf = new Uint16Array(attempts);
    this.#okOf = new Uint8Array(attempts);
    this.#durationUsOf = new Float64Array(attempts);
    this.#agents = Array.from(
      { length: scenario.agents ?? 1 },
      (_, agent) => this.#createAgent(agent, options),
    );
    if (scenario.members === undefined) {
      this.#update(scenario.hosts.map((_, host) => host), 0);
    }
  }

  run(): Trace {
    const { atMs, count } = this.#workload;
    const tickEveryMs = TICK_MS / this.#agents.length;
    const members = this.#scenario.members ?? [];
    let call = 0;
    let ticks = 1;
    let bin = 0;
    let member = 0;
    // Calls end, and are reported, after the last arrival.
    const { durationMs, timeoutMs = 500, lateReportMs = 0 } = this.#scenario;
    const lastMs = durationMs + timeoutMs + lateReportMs;
    for (;;) {
      const callMs = call < count ? atMs[call]! : Infinity;
      const eventMs = this.#events.nextMs;
      const tickMs = ticks * tickEveryMs;
      const binMs = bin < this.#trace.bins ? (bin + 1) * BIN_MS : Infinity;
      const memberMs = members[member]?.atMs ?? Infinity;
      if (memberMs <= callMs && memberMs <= eventMs && memberMs <= tickMs) {
        this.#nowMs = memberMs;
        const { hosts } = members[member++]!;
        this.#update(hosts, memberMs);
      } else if (tickMs <= callMs && tickMs <= eventMs && tickMs <= binMs) {
        // An agent that goes on checking hosts must not hold the end back.
        if (tickMs > lastMs) return this.#trace;
        this.#nowMs = tickMs;
        const { policy } = this.#agents[ticks++ % this.#agents.length]!;
        policy.tick(tickMs + STARTED_MS);
      } else if (binMs <= callMs && binMs <= eventMs) {
        this.#sample(bin++);
      } else if (callMs <= eventMs) {
        this.#nowMs = callMs;
        this.#attempt(call++, callMs);
      } else {
        this.#nowMs = eventMs;
        this.#happen(this.#events.pop(), eventMs);
      }
    }
  }

  #createAgent(agent: number, options: RunOptions): SingleRoute {
    const route: SingleRoute = new SingleRoute({
      key: { modId: 1, cmdId: 1 },
      policy: options.policy,
      registry: new Map([
        ...JUDGED,
        [
          PREQUAL,
          policyOf((random) =>
            new Prequal(random, {
              probe: (row, answer) =>
                this.#probe(route.table.ip[row]! - FIRST_IP, answer),
            })
          ),
        ],
        [
          REFERENCE,
          policyOf((random) =>
            new AllKnowing(random, {
              endMs: (row) =>
                this.#servers[route.table.ip[row]! - FIRST_IP]!
                  .expectedEndMs(this.#nowMs),
            })
          ),
        ],
      ]),
      settings: {
        ...DEFAULT_POLICY_SETTINGS,
        adaptive: { ...DEFAULT_ADAPTIVE_SETTINGS, ...options.constants },
        zone: this.#scenario.zone ?? "",
      },
      random: seededRandom(options.seed, `agent ${agent}`),
      outbox: {
        healthCheck: (_key, { ip }) => this.#check(agent, ip - FIRST_IP),
        decided: () => {},
      },
    });
    return route;
  }

  #update(hosts: readonly number[], nowMs: number): void {
    const routeHosts = hosts.map((host): RouteHost => {
      const { weight, zone } = this.#scenario.hosts[host]!;
      return {
        ip: FIRST_IP + host,
        port: PORT,
        ...(weight !== undefined && { weight }),
        ...(zone !== undefined && { zone }),
      };
    });
    for (const { hosts } of this.#agents) {
      hosts.update(routeHosts, {
        healthChecks: this.#scenario.healthChecks ?? false,
        nowMs: nowMs + STARTED_MS,
      });
    }
  }

  /** Makes a call, or makes it once more: then `attempt` is that many calls further on. */
  #attempt(attempt: number, nowMs: number): void {
    const workload = this.#workload;
    const trace = this.#trace;
    const call = attempt % workload.count;
    const arrivedMs = workload.atMs[call]!;
    const bin = Math.floor(arrivedMs / BIN_MS);
    if (attempt === call) trace.arrived[bin]! += 1;
    const { hosts, table } = this.#agents[workload.agent[call]!]!;
    const row = hosts.balancer.pick(nowMs + STARTED_MS);
    if (row === NO_HOST) {
      trace.noHost[bin]! += 1;
      trace.failed[bin]! += 1;
      trace.countLatency(nowMs - arrivedMs);
      return;
    }
    const host = table.ip[row]! - FIRST_IP;
    const sentBin = Math.min(Math.floor(nowMs / BIN_MS), trace.bins - 1);
    trace.sent[sentBin * trace.hosts + host]! += 1;
    const server = this.#servers[host]!;
    server.accept(nowMs, workload.work[call]!, workload.failDraw[call]!);
    const { outcome, latencyMs } = server;
    const endMs = nowMs + latencyMs;
    if (outcome === OK) this.#countSuccess(host, endMs);
    this.#reportAt(endMs, { attempt, host, ok: outcome === OK, latencyMs });
    if (outcome !== OK && this.#scenario.retries && attempt === call) {
      const retry = call + workload.count;
      this.#events.push(endMs, retry << KIND_BITS | RETRY);
      return;
    }
    if (outcome !== OK) trace.failed[bin]! += 1;
    trace.countLatency(endMs - arrivedMs);
  }

  #reportAt(
    endMs: number,
    { attempt, host, ok, latencyMs }: {
      attempt: number;
      host: number;
      ok: boolean;
      latencyMs: number;
    },
  ): void {
    const workload = this.#workload;
    const call = attempt % workload.count;
    this.#hostOf[attempt] = host;
    this.#okOf[attempt] = ok ? 1 : 0;
    this.#durationUsOf[attempt] = this.#scenario.durations === false
      ? 0
      : Math.max(1, Math.round(latencyMs * 1_000));
    const reportMs = endMs + workload.reportMs[call]!;
    for (let report = 0; report < workload.reports[call]!; report++) {
      this.#events.push(reportMs, attempt << KIND_BITS | REPORT);
    }
  }

  #countSuccess(host: number, endMs: number): void {
    const { bins, hosts, succeeded } = this.#trace;
    const bin = Math.min(Math.floor(endMs / BIN_MS), bins - 1);
    const cell = bin * hosts + host;
    succeeded[cell] = succeeded[cell]! + 1;
  }

  #happen(event: number, nowMs: number): void {
    const kind = event & KIND_MASK;
    const id = event >> KIND_BITS;
    if (kind === RETRY) return this.#attempt(id, nowMs);
    if (kind === PROBED) return this.#onProbed(nowMs);
    if (kind === REPORT) {
      const report = this.#report;
      report.ip = FIRST_IP + this.#hostOf[id]!;
      report.returnCode = 1 - this.#okOf[id]!;
      report.durationUs = this.#durationUsOf[id]!;
      const { hosts } = this
        .#agents[this.#workload.agent[id % this.#workload.count]!]!;
      hosts.report(report, nowMs + STARTED_MS);
      return;
    }
    const host = id % HOSTS_MAX;
    const { hosts } = this.#agents[(id - host) / HOSTS_MAX]!;
    const address = { ip: FIRST_IP + host, port: PORT };
    hosts.onHealthCheck(address, kind === ALIVE, nowMs + STARTED_MS);
  }

  /** Answers an agent's health check when its result would be known. */
  #check(agent: number, host: number): void {
    const tookMs = this.#servers[host]!.check(this.#nowMs);
    const id = agent * HOSTS_MAX + host;
    this.#events.push(
      this.#nowMs + Math.abs(tookMs),
      id << KIND_BITS | (tookMs > 0 ? ALIVE : DEAD),
    );
  }

  /** Asks a host for its load, and answers when that is known; never if it does not answer. */
  #probe(host: number, answer: (load: HostLoad) => void): void {
    // The answer is made half way, in order of the questions.
    this.#probes.push({ host, answer });
    this.#events.push(this.#nowMs + ROUND_TRIP_MS, PROBED);
  }

  #onProbed(nowMs: number): void {
    const { host, answer } = this.#probes.shift()!;
    const load = this.#servers[host]!.probe(nowMs);
    if (load !== undefined) answer(load);
  }

  #sample(bin: number): void {
    const { hosts: count, ejected } = this.#trace;
    for (const { hosts, table } of this.#agents) {
      for (const row of hosts.rows) {
        if (!hosts.balancer.status(row).overload) continue;
        ejected[bin * count + table.ip[row]! - FIRST_IP]! += 1;
      }
    }
  }
}
