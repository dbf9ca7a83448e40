import {
  encodeFrame,
  encodeGetRouteRequest,
  type Endpoint,
  MessageId,
  readGetRouteResponse,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { AskedDatagram, DatagramLink } from "./datagram_link.ts";
import {
  type RouteOutcome,
  toRouteOutcome,
  withoutStates,
} from "../outcome.ts";

/** A request for all hosts of a route; it waits under its route. */
interface RouteQuestion extends AskedDatagram {
  readonly key: RouteKey;
  readonly withState: boolean;
  /** For everybody who asks the same while this one is on its way. */
  readonly outcome: Promise<RouteOutcome>;
  readonly settle: (outcome: RouteOutcome) => void;
  triesLeft: number;
}

/**
 * Asks for all hosts of routes. Answers carry no seq and are matched by route;
 * whoever asks for a route that is being asked for already shares that answer.
 */
export class RouteAsker {
  readonly #link: DatagramLink;
  readonly #questions = new RouteMap<RouteQuestion>();

  constructor(link: DatagramLink) {
    this.#link = link;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#questions.size;
  }

  /** All hosts of a route, and `withState` which are overloaded. Never rejects. */
  async ask(key: RouteKey, withState: boolean): Promise<RouteOutcome> {
    for (;;) {
      const before = this.#questions.get(key);
      if (before === undefined) break;
      if (before.withState === withState) return before.outcome;
      const outcome = await before.outcome;
      if (before.withState) return withoutStates(outcome);
      // Its answer had no states, and would have passed for one that has.
    }
    const refusal = this.#link.refusal();
    if (refusal !== undefined) return refusal;
    const question = this.#createQuestion(key, withState);
    this.#questions.set(key, question);
    this.#link.ask(question);
    return question.outcome;
  }

  /** Takes a GetRouteResponse; false if `body` is none. */
  take(body: Uint8Array, from: Endpoint): boolean {
    const { counters } = this.#link;
    const answer = readGetRouteResponse(body);
    if (answer === undefined) return false;
    const question = this.#questions.get(answer);
    if (question === undefined || question.to.port !== from.port) {
      counters.late += 1;
      return true;
    }
    counters.answered += 1;
    this.#link.done(question);
    this.#settle(question, toRouteOutcome(answer.hosts, question));
    return true;
  }

  /** Answers `closed` to everybody who waits. */
  close(): void {
    for (const question of Array.from(this.#questions.values())) {
      this.#link.done(question);
      this.#settle(question, { state: "closed" });
    }
  }

  #createQuestion(key: RouteKey, withState: boolean): RouteQuestion {
    const { tries } = this.#link;
    const body = encodeGetRouteRequest({ ...key, withState });
    const { promise, resolve } = Promise.withResolvers<RouteOutcome>();
    const question: RouteQuestion = {
      key,
      to: this.#link.endpointOf(key),
      datagram: encodeFrame(MessageId.apiGetRouteRequest, body),
      withState,
      outcome: promise,
      settle: resolve,
      triesLeft: tries - 1,
      dueMs: 0,
      onDue: () => this.#sendAgain(question),
    };
    return question;
  }

  #sendAgain(question: RouteQuestion): void {
    const { counters } = this.#link;
    if (question.triesLeft === 0) {
      counters.timeouts += 1;
      this.#settle(question, { state: "timeout" });
      return;
    }
    question.triesLeft -= 1;
    counters.resent += 1;
    this.#link.ask(question);
  }

  #settle(question: RouteQuestion, outcome: RouteOutcome): void {
    this.#questions.delete(question.key);
    question.settle(outcome);
  }
}
