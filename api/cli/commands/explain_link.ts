import {
  decodeBody,
  encodeFrame,
  type Endpoint,
  lars,
  MessageId,
  ownerOf,
  parseDatagram,
  ProtocolError,
  type RouteKey,
} from "../../../proto/mod.ts";
import { UdpClient } from "../../../net/client.ts";
import { AGENT_SERVERS } from "../../mod.ts";
import type { AgentOptions } from "../options/agent.ts";
import type { Environment } from "../output.ts";

/** How often a question is sent before it is given up. */
const TRIES = 3;

/** What else to ask for beside hosts and decisions. */
export interface ExplainQuestion {
  afterDecision?: number;
  /** Ask for recorded calls too, those after this number. */
  afterCall?: number;
}

/** Asks an agent what it knows of one route's balancing. */
export class ExplainLink implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #key: RouteKey;
  readonly #to: Endpoint;
  readonly #timeoutMs: number;
  readonly #udp: UdpClient;
  #seq: number;
  #onAnswer: (answer: lars.ExplainResponse) => void = () => {};

  constructor(environment: Environment, options: RouteKey & AgentOptions) {
    const { modId, cmdId, agent, timeoutMs } = options;
    environment.keepOnly("network");
    this.#environment = environment;
    this.#key = { modId, cmdId };
    this.#timeoutMs = timeoutMs;
    this.#to = {
      hostname: agent.hostname,
      port: agent.port + ownerOf(this.#key, AGENT_SERVERS),
    };
    this.#seq = Math.floor(environment.random() * 2 ** 32);
    const loopback = /^(localhost|127\..*)$/.test(agent.hostname);
    const hostname = loopback ? "127.0.0.1" : "0.0.0.0";
    this.#udp = new UdpClient({
      clock: environment.clock,
      socket: environment.transport.bind({ hostname, port: 0 }),
      onDatagram: (datagram) => this.#take(datagram),
    });
  }

  /** The answer, or undefined when none came. */
  async ask(
    { afterDecision = 0, afterCall }: ExplainQuestion = {},
  ): Promise<lars.ExplainResponse | undefined> {
    const { clock } = this.#environment;
    this.#seq = (this.#seq + 1) >>> 0;
    const body = lars.ExplainRequest.encode({
      seq: this.#seq,
      modid: this.#key.modId,
      cmdid: this.#key.cmdId,
      after_decision: afterDecision,
      after_call: afterCall ?? 0,
      with_calls: afterCall !== undefined,
    }).finish();
    const datagram = encodeFrame(MessageId.explainRequest, body);
    const answered = new AbortController();
    let answer: lars.ExplainResponse | undefined;
    this.#onAnswer = (response) => {
      answer = response;
      answered.abort();
    };
    for (let tried = 0; tried < TRIES && answer === undefined; tried++) {
      await this.#udp.send(datagram, this.#to);
      await clock.sleep(this.#timeoutMs, answered.signal);
    }
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#udp[Symbol.asyncDispose]();
  }

  #take(datagram: Uint8Array): void {
    const frame = parseDatagram(datagram);
    if (frame?.id !== MessageId.explainResponse) return;
    try {
      const answer = decodeBody(lars.ExplainResponse, frame.body);
      if (answer.seq === this.#seq) this.#onAnswer(answer);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
}
