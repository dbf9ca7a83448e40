import {
  encodeExplainRequest,
  encodeFrame,
  type Endpoint,
  MessageId,
  readExplainResponse,
  type RouteKey,
} from "../../proto/mod.ts";
import { type ExplainOutcome, toExplainOutcome } from "../outcome.ts";
import type { ExplainOptions } from "../source.ts";
import type { DatagramLink } from "./datagram_link.ts";
import type { Request } from "./resend_timer.ts";

interface PendingExplain extends Request {
  readonly settle: (outcome: ExplainOutcome) => void;
}

/** Requests for what an agent knows of a route's balancing, matched by seq. */
export class ExplainRequests {
  readonly #link: DatagramLink;
  readonly #pending = new Map<number, PendingExplain>();

  constructor(link: DatagramLink) {
    this.#link = link;
  }

  /** What the agent knows of a route's balancing. Never rejects. */
  ask(key: RouteKey, options: ExplainOptions): Promise<ExplainOutcome> {
    const refusal = this.#link.refusal();
    if (refusal !== undefined) return Promise.resolve(refusal);
    let seq = this.#link.nextSeq();
    while (this.#pending.has(seq)) seq = this.#link.nextSeq();
    const { afterDecision = 0, afterCall = 0, withCalls = false } = options;
    const { afterHost = 0 } = options;
    const body = encodeExplainRequest({
      ...key,
      seq,
      afterDecision,
      afterCall,
      withCalls,
      afterHost,
    });
    return new Promise((resolve) => {
      const request: PendingExplain = {
        datagram: encodeFrame(MessageId.explainRequest, body),
        to: this.#link.endpointOf(key),
        dueMs: 0,
        triesLeft: 0,
        settle: resolve,
        onTimeout: () => this.#settle(seq, { state: "timeout" }),
      };
      this.#pending.set(seq, request);
      this.#link.pending += 1;
      this.#link.start(request);
    });
  }

  /** Takes the body of an ExplainResponse; false if it is malformed. */
  receive(body: Uint8Array, from: Endpoint): boolean {
    const { counters } = this.#link;
    const answer = readExplainResponse(body);
    if (answer === undefined) return false;
    const request = this.#pending.get(answer.seq);
    if (request === undefined || request.to.port !== from.port) {
      counters.late += 1;
      return true;
    }
    counters.answered += 1;
    this.#settle(answer.seq, toExplainOutcome(answer));
    return true;
  }

  /** Answers `closed` to all who wait. */
  close(): void {
    for (const seq of Array.from(this.#pending.keys())) {
      this.#settle(seq, { state: "closed" });
    }
  }

  #settle(seq: number, outcome: ExplainOutcome): void {
    const request = this.#pending.get(seq)!;
    this.#link.done(request);
    this.#pending.delete(seq);
    this.#link.pending -= 1;
    request.settle(outcome);
  }
}
