import { AGENT_SERVERS, ownerOf, type RouteKey } from "../../../proto/mod.ts";
import { createHistogram } from "node:perf_hooks";
import { FixedRate } from "./fixed_rate.ts";
import { type Answer, LoadDatagrams, readAnswer } from "./datagrams.ts";
import { PendingRequests } from "./pending_requests.ts";
import { DATAGRAM_BYTES, type LoadSocket, SEND_MAX } from "./socket.ts";

/** Time after which a request without an answer counts as lost. */
export const LOST_AFTER_US = 500_000;

/** Interval of the search for lost requests, and longest wait for a datagram. */
const SCAN_US = 20_000;

/** Most requests in flight at a fixed rate, for each port; more count as lost. */
const PENDING_PER_PORT_MAX = 32_768;

/** A load on an agent. */
export interface LoadPlan {
  routes: readonly RouteKey[];
  /** The agent's first port. */
  firstPort: number;
  /** Number of ports that get load: 1 to 3. */
  ports: number;
  /** Requests in flight at each port; undefined with `perSecond`. */
  window?: number | undefined;
  /** Requests a second in all, sent when due whether or not answers come. */
  perSecond?: number | undefined;
  /** Whether each answer is followed by the report of a success. */
  reports: boolean;
}

/** Answers and losses in a span of time. */
export class LoadCounts {
  /** In whole microseconds, at least 1. */
  readonly latencyUs = createHistogram();
  answers = 0;
  /** Answers without a host, as the route is overloaded or not known. */
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
  /** Counts of the current span; the owner replaces the object to begin a new one. */
  counts = new LoadCounts();
  readonly #socket: LoadSocket;
  readonly #plan: LoadPlan;
  readonly #nowUs: () => number;
  readonly #datagrams: LoadDatagrams;
  readonly #pending: PendingRequests;
  readonly #rate: FixedRate | undefined;
  /** Indices of each port's routes, and the position of the next. */
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
    this.#pending = new PendingRequests({
      ports: plan.ports,
      perPort: window ?? PENDING_PER_PORT_MAX,
    });
    this.#rate = perSecond === undefined
      ? undefined
      : new FixedRate({ startUs: nowUs(), perSecond });
  }

  /** Runs until `endUs`, or longer after a stall: until every request due before is sent. */
  async until(endUs: number): Promise<void> {
    const hasMore = () =>
      this.#rate !== undefined && this.#rate.nextDueUs < endUs;
    for (let nowUs = this.#nowUs(); nowUs < endUs || hasMore();) {
      nowUs = await this.#turn(nowUs, endUs);
    }
  }

  /** Sends no more requests and waits until each is answered or lost. */
  async drain(): Promise<void> {
    await this.#flush();
    const endUs = this.#nowUs() + LOST_AFTER_US + SCAN_US;
    let nowUs = this.#nowUs();
    while (this.#pending.waiting > 0 && nowUs < endUs) {
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
        const request = this.#pending.take(port);
        if (request < 0) break;
        this.#queueRequest(request, {
          route: this.#takeRoute(port),
          sinceUs: nowUs,
        });
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
      const request = this.#pending.take(port);
      if (request < 0) {
        this.#countLost();
        continue;
      }
      this.#queueRequest(request, { route: this.#takeRoute(port), sinceUs });
    }
  }

  /** The next route of a port; its routes take turns. */
  #takeRoute(port: number): number {
    const routes = this.#routes[port]!;
    const at = this.#next[port]!;
    this.#next[port] = at + 1 === routes.length ? 0 : at + 1;
    return routes[at]!;
  }

  #queueRequest(
    request: number,
    { route, sinceUs }: { route: number; sinceUs: number },
  ) {
    this.#pending.route[request] = route;
    this.#pending.sinceUs[request] = sinceUs;
    const length = this.#datagrams.writeRequest(this.#socket.outgoing, {
      at: this.#queued * DATAGRAM_BYTES,
      route,
      seq: this.#pending.seqOf(request),
    });
    this.#queue(request, length);
  }

  #queue(request: number, length: number): void {
    const port = this.#plan.firstPort + this.#pending.portOf(request);
    this.#socket.address(this.#queued++, { length, port });
  }

  async #receive(waitUs: number): Promise<number> {
    const receiving = this.#socket.receive(waitUs);
    const received = typeof receiving === "number"
      ? receiving
      : await receiving;
    const nowUs = this.#nowUs();
    for (let index = 0; index < received; index++) {
      this.#onDatagram(index, nowUs);
    }
    if (nowUs - this.#scannedUs > SCAN_US) {
      this.#scannedUs = nowUs;
      this.#pending.expire(nowUs - LOST_AFTER_US, () => this.#countLost());
    }
    return nowUs;
  }

  #onDatagram(index: number, nowUs: number): void {
    const { incoming, incomingBytes, outgoing } = this.#socket;
    const answer = this.#answer;
    const at = index * DATAGRAM_BYTES;
    const length = incomingBytes[index]!;
    if (!readAnswer(incoming, { at, length, answer })) return;
    const request = this.#pending.settle(answer.seq);
    if (request < 0) return;
    const { counts } = this;
    counts.answers += 1;
    counts.latencyUs.record(
      Math.max(1, Math.round(nowUs - this.#pending.sinceUs[request]!)),
    );
    if (answer.hostBytes === 0) counts.hostless += answer.isEcho ? 0 : 1;
    else if (this.#plan.reports) {
      counts.reports += 1;
      const bytes = this.#datagrams.writeReport(outgoing, {
        at: this.#queued * DATAGRAM_BYTES,
        route: this.#pending.route[request]!,
        from: incoming,
        answer,
      });
      this.#queue(request, bytes);
    }
  }

  /** Counts a lost request with the least time that it took: leaving it out would flatter the agent. */
  #countLost(): void {
    this.counts.lost += 1;
    this.counts.latencyUs.record(LOST_AFTER_US);
  }
}

function serverOf(route: RouteKey): number {
  return ownerOf(route, AGENT_SERVERS);
}
