import { AGENT_SERVERS, ownerOf, type RouteKey } from "../../../proto/mod.ts";
import { createHistogram } from "node:perf_hooks";
import { FixedRate } from "./fixed_rate.ts";
import { type Answer, LoadDatagrams, readAnswer } from "./datagrams.ts";
import { PendingRequests } from "./pending_requests.ts";
import { DATAGRAM_BYTES, type LoadSocket, SEND_MAX } from "./socket.ts";

/** An answer that takes longer is given up, and counted as lost. */
export const LOST_AFTER_US = 500_000;

/** How often lost ones are looked for, and the longest wait for an answer. */
const SCAN_US = 20_000;

/** Requests under way at a fixed rate, for each port; more are lost. */
const PENDING_PER_PORT_MAX = 32_768;

/** What to do to an agent. */
export interface LoadPlan {
  routes: readonly RouteKey[];
  /** The agent's first port, and how many of the three get load. */
  firstPort: number;
  ports: number;
  /** This many requests outstanding at each port … */
  window?: number | undefined;
  /** … or this many sent every second, whatever comes back. */
  perSecond?: number | undefined;
  /** Whether each answer is followed by the report of a success. */
  reports: boolean;
}

/** What came of a span of time. */
export class LoadCounts {
  /** In whole microseconds, at least 1. */
  readonly latencyUs = createHistogram();
  answers = 0;
  /** Answers without a host: overloaded, or no such route. */
  hostless = 0;
  lost = 0;
  reports = 0;

  add(other: LoadCounts): void {
    this.latencyUs.add(other.latencyUs);
    this.answers += other.answers;
    this.hostless += other.hostless;
    this.lost += other.lost;
    this.reports += other.reports;
  }
}

/** Keeps an agent busy from one socket. */
export class LoadRun {
  /** What came since this was set; the owner replaces it to begin a new span. */
  counts = new LoadCounts();
  readonly #socket: LoadSocket;
  readonly #plan: LoadPlan;
  readonly #nowUs: () => number;
  readonly #datagrams: LoadDatagrams;
  readonly #slots: PendingRequests;
  readonly #rate: FixedRate | undefined;
  /** The routes of each port by number, and which is next. */
  readonly #routes: number[][];
  readonly #next: number[];
  readonly #answer: Answer = {
    isEcho: false,
    seq: 0,
    returnCode: 0,
    hostAt: 0,
    hostBytes: 0,
  };
  #nextRoute = 0;
  #queued = 0;
  #scannedUs = 0;

  constructor(
    { socket, plan, nowUs }: {
      socket: LoadSocket;
      plan: LoadPlan;
      nowUs: () => number;
    },
  ) {
    this.#socket = socket;
    this.#plan = plan;
    this.#nowUs = nowUs;
    const routes = plan.routes.filter((route) => serverOf(route) < plan.ports);
    this.#datagrams = new LoadDatagrams(routes);
    this.#routes = Array.from({ length: plan.ports }, () => []);
    routes.forEach((route, at) => this.#routes[serverOf(route)]!.push(at));
    if (this.#routes.some((list) => list.length === 0)) {
      throw new RangeError(
        `Cannot load ${plan.ports} ports as each must own one of the routes: (modid + cmdid) mod 3 is its number`,
      );
    }
    this.#next = this.#routes.map(() => 0);
    const { window, perSecond } = plan;
    this.#slots = new PendingRequests({
      ports: plan.ports,
      perPort: window ?? PENDING_PER_PORT_MAX,
    });
    this.#rate = perSecond === undefined
      ? undefined
      : new FixedRate({ startUs: nowUs(), perSecond });
  }

  /** Goes on until `endUs`, and all that was due before is sent: a stall may outlast it. */
  async until(endUs: number): Promise<void> {
    const hasMore = () =>
      this.#rate !== undefined && this.#rate.nextDueUs < endUs;
    for (let nowUs = this.#nowUs(); nowUs < endUs || hasMore();) {
      nowUs = await this.#turn(nowUs, endUs);
    }
  }

  /** Starts nothing more, and waits for what is under way, or lost. */
  async drain(): Promise<void> {
    await this.#flush();
    const endUs = this.#nowUs() + LOST_AFTER_US + SCAN_US;
    let nowUs = this.#nowUs();
    while (this.#slots.waiting > 0 && nowUs < endUs) {
      nowUs = await this.#receive(SCAN_US);
      await this.#flush();
    }
  }

  async #turn(nowUs: number, endUs: number): Promise<number> {
    if (this.#rate === undefined) this.#fillWindows(nowUs);
    else this.#startDue(this.#rate, { nowUs, endUs });
    await this.#flush();
    const nextUs = Math.min(
      this.#rate?.nextDueUs ?? Infinity,
      nowUs + SCAN_US,
      endUs,
    );
    return this.#receive(Math.max(0, nextUs - this.#nowUs()));
  }

  async #flush(): Promise<void> {
    if (this.#queued === 0) return;
    const sending = this.#socket.send(this.#queued);
    this.#queued = 0;
    if (sending !== undefined) await sending;
  }

  #fillWindows(nowUs: number): void {
    for (let port = 0; port < this.#routes.length; port++) {
      while (this.#queued < SEND_MAX) {
        const slot = this.#slots.take(port);
        if (slot < 0) break;
        const routes = this.#routes[port]!;
        const at = this.#next[port]!;
        this.#next[port] = at + 1 === routes.length ? 0 : at + 1;
        this.#ask(slot, { route: routes[at]!, sinceUs: nowUs });
      }
    }
  }

  #startDue(
    rate: FixedRate,
    { nowUs, endUs }: { nowUs: number; endUs: number },
  ): void {
    while (this.#queued < SEND_MAX && rate.nextDueUs < endUs) {
      const sinceUs = rate.take(nowUs);
      if (Number.isNaN(sinceUs)) return;
      const port = this.#nextRoute++ % this.#routes.length;
      const slot = this.#slots.take(port);
      if (slot < 0) {
        this.#lose();
        continue;
      }
      const routes = this.#routes[port]!;
      const at = this.#next[port]!;
      this.#next[port] = at + 1 === routes.length ? 0 : at + 1;
      this.#ask(slot, { route: routes[at]!, sinceUs });
    }
  }

  #ask(slot: number, { route, sinceUs }: { route: number; sinceUs: number }) {
    this.#slots.route[slot] = route;
    this.#slots.sinceUs[slot] = sinceUs;
    const length = this.#datagrams.writeRequest(this.#socket.outgoing, {
      at: this.#queued * DATAGRAM_BYTES,
      route,
      seq: this.#slots.seqOf(slot),
    });
    this.#queue(slot, length);
  }

  #queue(slot: number, length: number): void {
    const port = this.#plan.firstPort + this.#slots.portOf(slot);
    this.#socket.address(this.#queued++, { length, port });
  }

  async #receive(waitUs: number): Promise<number> {
    const receiving = this.#socket.receive(waitUs);
    const received = typeof receiving === "number"
      ? receiving
      : await receiving;
    const nowUs = this.#nowUs();
    for (let index = 0; index < received; index++) this.#take(index, nowUs);
    if (nowUs - this.#scannedUs > SCAN_US) {
      this.#scannedUs = nowUs;
      this.#slots.expire(nowUs - LOST_AFTER_US, () => this.#lose());
    }
    return nowUs;
  }

  #take(index: number, nowUs: number): void {
    const { incoming, incomingBytes, outgoing } = this.#socket;
    const answer = this.#answer;
    const at = index * DATAGRAM_BYTES;
    const length = incomingBytes[index]!;
    if (!readAnswer(incoming, { at, length, answer })) return;
    const slot = this.#slots.settle(answer.seq);
    if (slot < 0) return;
    const { counts } = this;
    counts.answers += 1;
    counts.latencyUs.record(
      Math.max(1, Math.round(nowUs - this.#slots.sinceUs[slot]!)),
    );
    if (answer.hostBytes === 0) counts.hostless += answer.isEcho ? 0 : 1;
    else if (this.#plan.reports) {
      counts.reports += 1;
      const bytes = this.#datagrams.writeReport(outgoing, {
        at: this.#queued * DATAGRAM_BYTES,
        route: this.#slots.route[slot]!,
        from: incoming,
        answer,
      });
      this.#queue(slot, bytes);
    }
  }

  /** It has waited at least this long: leaving it out would flatter the agent. */
  #lose(): void {
    this.counts.lost += 1;
    this.counts.latencyUs.record(LOST_AFTER_US);
  }
}

function serverOf(route: RouteKey): number {
  return ownerOf(route, AGENT_SERVERS);
}
