import type { Random } from "../../net/client.ts";
import {
  type BeatRequest,
  type DeregisterRequest,
  type DeregisterResponse,
  encodeBeatRequest,
  encodeDeregisterRequest,
  encodeFrame,
  encodeRegisterRequest,
  type Endpoint,
  type InstanceStatus,
  MessageId,
  readBeatResponse,
  readDeregisterResponse,
  readRegisterResponse,
  type RegisterRequest,
} from "../../proto/mod.ts";
import type { NoStatus, RegistrationSource } from "../source.ts";
import type { DatagramLink } from "./datagram_link.ts";
import type { Request } from "./resend_timer.ts";

type Answer = InstanceStatus | DeregisterResponse;

interface PendingRegistration extends Request {
  readonly answerId: number;
  readonly instance: string;
  readonly settle: (answer: Answer | NoStatus) => void;
}

const READERS = new Map<number, (body: Uint8Array) => Answer | undefined>([
  [MessageId.registerResponse, readRegisterResponse],
  [MessageId.beatResponse, readBeatResponse],
  [MessageId.deregisterResponse, readDeregisterResponse],
]);

/** What a {@linkcode RegistrationRequests} is made of. */
export interface RegistrationRequestsOptions {
  link: DatagramLink;
  random: Random;
  /** Whether the agent answers a request that every agent knows. */
  isAnswering: (request: RegisterRequest) => Promise<boolean>;
}

/** Requests of programs that serve, matched by seq and instance. */
export class RegistrationRequests implements RegistrationSource {
  readonly #options: RegistrationRequestsOptions;
  readonly #pending = new Map<number, PendingRegistration>();

  constructor(options: RegistrationRequestsOptions) {
    this.#options = options;
  }

  get random(): Random {
    return this.#options.random;
  }

  async register(request: RegisterRequest): Promise<InstanceStatus | NoStatus> {
    const answer = await this.#ask<InstanceStatus>({
      id: MessageId.registerRequest,
      answerId: MessageId.registerResponse,
      instance: request.instance,
      encode: (seq) => encodeRegisterRequest({ ...request, seq }),
    });
    if (answer !== "timeout") return answer;
    return await this.#options.isAnswering(request) ? "unsupported" : answer;
  }

  beat(
    request: Omit<BeatRequest, "seq">,
  ): Promise<InstanceStatus | NoStatus> {
    return this.#ask<InstanceStatus>({
      id: MessageId.beatRequest,
      answerId: MessageId.beatResponse,
      instance: request.instance,
      encode: (seq) => encodeBeatRequest({ ...request, seq }),
    });
  }

  deregister(
    request: Omit<DeregisterRequest, "seq">,
  ): Promise<DeregisterResponse | NoStatus> {
    return this.#ask<DeregisterResponse>({
      id: MessageId.deregisterRequest,
      answerId: MessageId.deregisterResponse,
      instance: request.instance,
      encode: (seq) => encodeDeregisterRequest({ ...request, seq }),
    });
  }

  /** Takes the body of an answer with this id; false if it is malformed. */
  receive(id: number, body: Uint8Array, from: Endpoint): boolean {
    const { counters } = this.#options.link;
    const answer = READERS.get(id)?.(body);
    if (answer === undefined) return false;
    const request = this.#pending.get(answer.seq);
    if (
      request === undefined || request.to.port !== from.port ||
      request.answerId !== id || request.instance !== answer.instance
    ) {
      counters.late += 1;
      return true;
    }
    counters.answered += 1;
    this.#settle(answer.seq, answer);
    return true;
  }

  /** Answers `closed` to all who wait. */
  close(): void {
    for (const seq of Array.from(this.#pending.keys())) {
      this.#settle(seq, "closed");
    }
  }

  #ask<Expected extends Answer>(
    { id, answerId, instance, encode }: {
      id: MessageId;
      answerId: MessageId;
      instance: string;
      encode: (seq: number) => Uint8Array;
    },
  ): Promise<Expected | NoStatus> {
    const { link } = this.#options;
    const refusal = link.refusal();
    if (refusal !== undefined) {
      return Promise.resolve(toNoStatus(refusal.state));
    }
    let seq = link.nextSeq();
    while (this.#pending.has(seq)) seq = link.nextSeq();
    return new Promise((resolve) => {
      const request: PendingRegistration = {
        answerId,
        instance,
        datagram: encodeFrame(id, encode(seq)),
        to: link.firstEndpoint,
        dueMs: 0,
        triesLeft: 0,
        // An answer of `answerId` is of the expected type.
        settle: (answer) => resolve(answer as Expected | NoStatus),
        onTimeout: () => this.#settle(seq, "timeout"),
      };
      this.#pending.set(seq, request);
      link.pending += 1;
      link.start(request);
    });
  }

  #settle(seq: number, answer: Answer | NoStatus): void {
    const { link } = this.#options;
    const request = this.#pending.get(seq)!;
    link.done(request);
    this.#pending.delete(seq);
    link.pending -= 1;
    request.settle(answer);
  }
}

function toNoStatus(state: string): NoStatus {
  return state === "closed" ? "closed" : "system_error";
}
