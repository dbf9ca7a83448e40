import {
  type Clock,
  type DatagramSocket,
  type Endpoint,
  type Random,
  UdpClient,
} from "../net/mod.ts";
import {
  decodeBody,
  encodeFrame,
  type Frame,
  lars,
  MessageId,
  ownerOf,
  parseDatagram,
  ProtocolError,
  type RouteKey,
  RouteMap,
} from "../proto/mod.ts";
import type {
  HostQuestion,
  Question,
  Reply,
  RouteQuestion,
} from "./question.ts";
import { ResendTimer } from "./resend_timer.ts";

/** Requests that wait for an answer; one more is refused. */
export const PENDING_MAX = 65_536;

/** UDP servers of an agent, at consecutive ports. */
export const AGENT_SERVERS = 3;

export interface AgentLinkOptions {
  /** Belongs to the link from now on: it closes it. */
  socket: DatagramSocket;
  clock: Clock;
  random: Random;
  /** The first of the agent's three UDP servers. */
  agent: Endpoint;
  /** How long one try waits for its answer. */
  timeoutMs: number;
  /** How often a request is sent before it is given up, at least 1. */
  tries: number;
}

/**
 * Asks an agent over one datagram socket, any number of questions at a time.
 *
 * A question that gets no answer in time is sent again as it is, with the same
 * seq: so the late answer to the first try still counts, and the second one is
 * dropped. An answer counts when it comes from the port that was asked, and its
 * seq, message id and route are those of a question that waits. Answers with
 * all hosts of a route carry no seq and are matched by route; whoever asks for
 * a route that is being asked for already shares that answer.
 */
export class AgentLink {
  readonly #counters = {
    resent: 0,
    answered: 0,
    late: 0,
    malformed: 0,
    timeouts: 0,
    refused: 0,
  };
  readonly #options: AgentLinkOptions;
  readonly #timer: ResendTimer<Question>;
  readonly #hostQuestions = new Map<number, HostQuestion>();
  readonly #routeQuestions = new RouteMap<RouteQuestion>();
  readonly #udp: UdpClient;
  #seq: number;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    // At random, so that nobody can guess which answers are waited for.
    this.#seq = Math.floor(options.random() * 2 ** 32);
    this.#timer = new ResendTimer({
      clock: options.clock,
      timeoutMs: options.timeoutMs,
      onDue: (question) => this.#sendAgain(question),
    });
    this.#udp = new UdpClient({
      ...options,
      onDatagram: (datagram, from) => this.#take(datagram, from),
    });
  }

  /** Aborted when the link closes. */
  get closing(): AbortSignal {
    return this.#udp.closing;
  }

  /** What happened so far. */
  get counters(): AgentLinkCounters {
    const { sent, sendFailures } = this.#udp.counters;
    return { ...this.#counters, sent, sendFailures };
  }

  /** Asks for a host. Never rejects. */
  askHost(key: RouteKey): Promise<Reply<lars.GetHostResponse>> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.resolve(refusal);
    const seq = this.#nextSeq();
    const body = lars.GetHostRequest.encode({
      seq,
      modid: key.modId,
      cmdid: key.cmdId,
    }).finish();
    const reply = Promise.withResolvers<Reply<lars.GetHostResponse>>();
    const question: HostQuestion = {
      ...this.#begin(key, encodeFrame(MessageId.getHostRequest, body)),
      settle: (outcome) => {
        this.#hostQuestions.delete(seq);
        reply.resolve(outcome);
      },
    };
    this.#hostQuestions.set(seq, question);
    this.#ask(question);
    return reply.promise;
  }

  /** Asks for all hosts of a route, and `withState` which are overloaded. Never rejects. */
  async askRoute(
    key: RouteKey,
    { withState }: { withState: boolean },
  ): Promise<Reply<lars.GetRouteResponse>> {
    for (;;) {
      const before = this.#routeQuestions.get(key);
      if (before === undefined) break;
      if (before.withState || !withState) return before.reply;
      // Its answer has no states, and would pass for one that has.
      await before.reply;
    }
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const body = lars.GetRouteRequest.encode({
      modid: key.modId,
      cmdid: key.cmdId,
      ...(withState ? { with_state: true } : {}),
    }).finish();
    const reply = Promise.withResolvers<Reply<lars.GetRouteResponse>>();
    const question: RouteQuestion = {
      ...this.#begin(key, encodeFrame(MessageId.apiGetRouteRequest, body)),
      withState,
      reply: reply.promise,
      settle: (outcome) => {
        this.#routeQuestions.delete(key);
        reply.resolve(outcome);
      },
    };
    this.#routeQuestions.set(key, question);
    this.#ask(question);
    return reply.promise;
  }

  /** Sends a frame that is not answered; false if it was not sent. Never rejects. */
  tell(key: RouteKey, frame: Uint8Array): Promise<boolean> {
    if (this.#refusal() !== undefined) return Promise.resolve(false);
    return this.#udp.send(frame, this.#endpointOf(key));
  }

  /** Closes the socket; what still waits is answered `closed`. Twice is once. */
  async close(): Promise<void> {
    const first = !this.closing.aborted;
    await this.#udp[Symbol.asyncDispose]();
    if (!first) return;
    for (const question of await this.#timer.close()) {
      question.settle({ state: "closed" });
    }
  }

  #refusal(): { state: "closed" | "refused" } | undefined {
    if (this.closing.aborted) return { state: "closed" };
    if (this.#timer.size < PENDING_MAX && !this.#udp.full) return undefined;
    this.#counters.refused += 1;
    return { state: "refused" };
  }

  #nextSeq(): number {
    // After 2³² requests an old one may still wait: at most PENDING_MAX of them.
    do {
      this.#seq = (this.#seq + 1) >>> 0;
    } while (this.#hostQuestions.has(this.#seq));
    return this.#seq;
  }

  #endpointOf(key: RouteKey): Endpoint {
    const { hostname, port } = this.#options.agent;
    return { hostname, port: port + ownerOf(key, AGENT_SERVERS) };
  }

  #begin(key: RouteKey, datagram: Uint8Array): Omit<Question, "settle"> {
    return {
      key,
      datagram,
      to: this.#endpointOf(key),
      triesLeft: this.#options.tries - 1,
      dueMs: 0,
    };
  }

  #ask(question: Question): void {
    this.#timer.add(question);
    // What does not leave is as good as lost on the way: it is sent again.
    this.#udp.send(question.datagram, question.to);
  }

  #sendAgain(question: Question): void {
    if (question.triesLeft === 0) {
      this.#counters.timeouts += 1;
      question.settle({ state: "timeout" });
      return;
    }
    question.triesLeft -= 1;
    this.#counters.resent += 1;
    this.#ask(question);
  }

  #take(datagram: Uint8Array, from: Endpoint): void {
    try {
      this.#takeFrame(parseDatagram(datagram), from);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#counters.malformed += 1;
    }
  }

  /** @throws {ProtocolError} If the body does not decode. */
  #takeFrame(frame: Frame | undefined, from: Endpoint): void {
    if (frame?.id === MessageId.getHostResponse) {
      const message = decodeBody(lars.GetHostResponse, frame.body);
      this.#answer(this.#hostQuestions.get(message.seq), { message, from });
    } else if (frame?.id === MessageId.apiGetRouteResponse) {
      const message = decodeBody(lars.GetRouteResponse, frame.body);
      const question = this.#routeQuestions.get(keyOf(message));
      this.#answer(question, { message, from });
    } else {
      this.#counters.malformed += 1;
    }
  }

  #answer<Message extends WireKey>(
    question: Question<Message> | undefined,
    { message, from }: { message: Message; from: Endpoint },
  ): void {
    if (
      question === undefined || question.to.port !== from.port ||
      question.key.modId !== message.modid ||
      question.key.cmdId !== message.cmdid
    ) {
      this.#counters.late += 1;
      return;
    }
    this.#counters.answered += 1;
    this.#timer.delete(question);
    question.settle({ state: "answered", message });
  }
}

/** What a link counts: datagrams, but `timeouts` and `refused`, which are requests. */
export interface AgentLinkCounters {
  sent: number;
  resent: number;
  /** Datagrams that the system did not take. */
  sendFailures: number;
  answered: number;
  /** Answers that nobody waits for (any more). */
  late: number;
  /** Datagrams that are no answer at all. */
  malformed: number;
  timeouts: number;
  /** Requests and reports over {@linkcode PENDING_MAX}. */
  refused: number;
}

interface WireKey {
  modid: number;
  cmdid: number;
}

function keyOf({ modid, cmdid }: WireKey): RouteKey {
  return { modId: modid, cmdId: cmdid };
}
