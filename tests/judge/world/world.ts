import { seededRandom } from "../../../net/testing/seeded_random.ts";
import { TICK_MS } from "../../../net/clock.ts";
import { type Candidate, type CandidateOptions, NO_HOST } from "./candidate.ts";
import { EventHeap } from "./event_heap.ts";
import { HostServer, OK } from "./host_server.ts";
import type { Scenario } from "./scenario.ts";
import { BIN_MS, Trace } from "../measures/trace.ts";
import type { Workload } from "./workload.ts";

/** What an event's number is about is in its lowest bits. */
const KIND_BITS = 2;
const KIND_MASK = 3;
const REPORT = 0;
const ALIVE = 1;
const DEAD = 2;

/** Hosts an event's number has room for beside its agent. */
const HOSTS_MAX = 4_096;

/** How a policy's candidates are made. */
export type CreateCandidate = (options: CandidateOptions) => Candidate;

/** A run of one policy: what it needs beside the scenario. */
export interface RunOptions {
  workload: Workload;
  seed: number;
  create: CreateCandidate;
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
  readonly #agents: Candidate[];
  readonly #trace: Trace;
  readonly #events = new EventHeap();
  readonly #result = { ok: true, durationUs: 0 };
  /** Of each call: its host, whether it went well, what its report says it took. */
  readonly #hostOf: Uint16Array;
  readonly #okOf: Uint8Array;
  readonly #durationUsOf: Float64Array;
  readonly #resting: Uint8Array;
  #nowMs = 0;

  constructor(scenario: Scenario, options: RunOptions) {
    const { serviceMs = 10, timeoutMs = 500, failLevel = 0 } = scenario;
    this.#scenario = scenario;
    this.#workload = options.workload;
    this.#servers = scenario.hosts.map((plan) =>
      new HostServer(plan, { serviceMs, timeoutMs, failLevel })
    );
    this.#trace = new Trace({
      hosts: scenario.hosts.length,
      durationMs: scenario.durationMs,
      timeoutMs,
    });
    const { count } = options.workload;
    this.#hostOf = new Uint16Array(count);
    this.#okOf = new Uint8Array(count);
    this.#durationUsOf = new Float64Array(count);
    this.#resting = new Uint8Array(scenario.hosts.length);
    this.#agents = Array.from(
      { length: scenario.agents ?? 1 },
      (_, agent) => this.#createAgent(agent, options),
    );
  }

  run(): Trace {
    const { atMs, count } = this.#workload;
    const tickEveryMs = TICK_MS / this.#agents.length;
    const members = this.#scenario.members ?? [];
    let call = 0;
    let ticks = 1;
    let bin = 0;
    let member = 0;
    // The end of a call may fall after the last arrival: until all are told.
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
        for (const agent of this.#agents) agent.update(hosts, memberMs);
      } else if (tickMs <= callMs && tickMs <= eventMs && tickMs <= binMs) {
        // An agent that goes on checking hosts must not hold the end back.
        if (tickMs > lastMs) return this.#trace;
        this.#nowMs = tickMs;
        this.#agents[ticks++ % this.#agents.length]!.tick(tickMs);
      } else if (binMs <= callMs && binMs <= eventMs) {
        this.#sample(bin++);
      } else if (callMs <= eventMs) {
        this.#nowMs = callMs;
        this.#arrive(call++, callMs);
      } else {
        this.#nowMs = eventMs;
        this.#happen(this.#events.pop(), eventMs);
      }
    }
  }

  #createAgent(agent: number, options: RunOptions): Candidate {
    const scenario = this.#scenario;
    const candidate = options.create({
      scenario,
      random: seededRandom(options.seed, `agent ${agent}`),
      check: (host) => this.#check(agent, host),
      servers: this.#servers,
      constants: options.constants,
    });
    if (scenario.members === undefined) {
      candidate.update(scenario.hosts.map((_, host) => host), 0);
    }
    return candidate;
  }

  #arrive(call: number, nowMs: number): void {
    const workload = this.#workload;
    const trace = this.#trace;
    const bin = Math.floor(nowMs / BIN_MS);
    trace.arrived[bin] = trace.arrived[bin]! + 1;
    const host = this.#agents[workload.agent[call]!]!.pick(nowMs);
    if (host === NO_HOST) {
      trace.noHost[bin] = trace.noHost[bin]! + 1;
      trace.failed[bin] = trace.failed[bin]! + 1;
      trace.countLatency(0);
      return;
    }
    const cell = bin * trace.hosts + host;
    trace.sent[cell] = trace.sent[cell]! + 1;
    const server = this.#servers[host]!;
    server.accept(nowMs, workload.work[call]!, workload.failDraw[call]!);
    const { outcome, latencyMs } = server;
    trace.countLatency(latencyMs);
    if (outcome !== OK) trace.failed[bin] = trace.failed[bin]! + 1;
    const endMs = nowMs + latencyMs;
    if (outcome === OK) this.#countSuccess(host, endMs);
    const reports = workload.reports[call]!;
    if (reports === 0) return;
    this.#hostOf[call] = host;
    this.#okOf[call] = outcome === OK ? 1 : 0;
    this.#durationUsOf[call] = this.#scenario.durations === false
      ? 0
      : Math.max(1, Math.round(latencyMs * 1_000));
    const reportMs = endMs + workload.reportMs[call]!;
    for (let report = 0; report < reports; report++) {
      this.#events.push(reportMs, call << KIND_BITS | REPORT);
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
    if (kind === REPORT) {
      this.#result.ok = this.#okOf[id] === 1;
      this.#result.durationUs = this.#durationUsOf[id]!;
      const agent = this.#agents[this.#workload.agent[id]!]!;
      agent.report(this.#hostOf[id]!, this.#result, nowMs);
      return;
    }
    const host = id % HOSTS_MAX;
    this.#agents[(id - host) / HOSTS_MAX]!.checked(host, kind === ALIVE, nowMs);
  }

  /** An agent asks for a connection: the world answers when it would be known. */
  #check(agent: number, host: number): void {
    const tookMs = this.#servers[host]!.check(this.#nowMs);
    const id = agent * HOSTS_MAX + host;
    this.#events.push(
      this.#nowMs + Math.abs(tookMs),
      id << KIND_BITS | (tookMs > 0 ? ALIVE : DEAD),
    );
  }

  #sample(bin: number): void {
    const { hosts, resting } = this.#trace;
    for (const agent of this.#agents) {
      this.#resting.fill(0);
      agent.markResting(this.#resting);
      for (let host = 0; host < hosts; host++) {
        const cell = bin * hosts + host;
        resting[cell] = resting[cell]! + this.#resting[host]!;
      }
    }
  }
}
