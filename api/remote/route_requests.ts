import {
  encodeFrame,
  encodeGetRouteRequest,
  type Endpoint,
  MessageId,
  readGetRouteResponse,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import {
  type RouteOutcome,
  toRouteOutcome,
  withoutStates,
} from "../outcome.ts";
import type { DatagramLink } from "./datagram_link.ts";
import type { Request } from "./resend_timer.ts";

/** A request for all hosts of a route, shared by all who ask the same. */
interface PendingRoute extends Request {
  readonly key: RouteKey;
  readonly withState: boolean;
  readonly outcome: Promise<RouteOutcome>;
  readonly settle: (outcome: RouteOutcome) => void;
}

/**
 * Requests for all hosts of routes. Answers carry no seq and are matched by
 * route, so there is one request for a route at a time.
 */
export class RouteRequests {
  readonly #link: DatagramLink;
  readonly #pending = new RouteMap<PendingRoute>();

  constructor(link: DatagramLink) {
    this.#link = link;
  }

  /** All hosts of a route, and `withState` which are overloaded. Never rejects. */
  async ask(key: RouteKey, withState: boolean): Promise<RouteOutcome> {
    for (;;) {
      const earlier = this.#pending.get(key);
      if (earlier === undefined) break;
      if (earlier.withState === withState) return earlier.outcome;
      const outcome = await earlier.outcome;
      if (earlier.withState) return withoutStates(outcome);
      // An answer without states looks like one in which all hosts are idle.
    }
    const refusal = this.#link.refusal();
    if (refusal !== undefined) return refusal;
    return this.#send(key, withState);
  }

  /** Takes the body of a GetRouteResponse; false if it is malformed. */
  receive(body: Uint8Array, from: Endpoint): boolean {
    const { counters } = this.#link;
    const answer = readGetRouteResponse(body);
    if (answer === undefined) return false;
    const request = this.#pending.get(answer);
    if (request === undefined || request.to.port !== from.port) {
      counters.late += 1;
      return true;
    }
    counters.answered += 1;
    this.#link.done(request);
    this.#settle(request, toRouteOutcome(answer.hosts, request));
    return true;
  }

  /** Answers `closed` to all who wait. */
  close(): void {
    for (const request of Array.from(this.#pending.values())) {
      this.#link.done(request);
      this.#settle(request, { state: "closed" });
    }
  }

  #send(key: RouteKey, withState: boolean): Promise<RouteOutcome> {
    let settle!: (outcome: RouteOutcome) => void;
    const outcome = new Promise<RouteOutcome>((resolve) => settle = resolve);
    const body = encodeGetRouteRequest({ ...key, withState });
    const request: PendingRoute = {
      key,
      withState,
      outcome,
      settle,
      datagram: encodeFrame(MessageId.apiGetRouteRequest, body),
      to: this.#link.endpointOf(key),
      dueMs: 0,
      triesLeft: 0,
      onTimeout: () => this.#settle(request, { state: "timeout" }),
    };
    this.#pending.set(key, request);
    this.#link.pending += 1;
    this.#link.start(request);
    return outcome;
  }

  #settle(request: PendingRoute, outcome: RouteOutcome): void {
    this.#pending.delete(request.key);
    this.#link.pending -= 1;
    request.settle(outcome);
  }
}
