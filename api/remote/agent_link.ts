import {
  type Clock,
  type DatagramSocket,
  type Random,
  UdpClient,
} from "../../net/client.ts";
import {
  AGENT_SERVERS,
  type CallReport,
  type Endpoint,
  MessageId,
  ownerOf,
  parseDatagram,
  type RouteKey,
} from "../../proto/mod.ts";
import { abortable } from "./abortable.ts";
import type { AskedDatagram, DatagramLink } from "./datagram_link.ts";
import { HostAsker } from "./host_requests.ts";
import {
  createCounters,
  type HostSource,
  type LarsClientCounters,
} from "../source.ts";
import type { HostOutcome, NoAnswer, RouteOutcome } from "../outcome.ts";
import { ResendTimer } from "./resend_timer.ts";
import { RouteAsker } from "./route_requests.ts";

/** Requests that wait for an answer; one more is refused. */
export const PENDING_MAX = 65_536;

const NOT_SENT = Promise.resolve(false);

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
  /** Whether callers may share requests, if the agent takes that; true if not given. */
  batching?: boolean;
}

/**
 * Asks an agent over one datagram socket, any number of questions at a time.
 *
 * A question that gets no answer in time is sent again with the same seq: so
 * the late answer to the first try still counts, and the second one is dropped.
 * An answer counts when it comes from the port that was asked, and its seq,
 * message id and route are those of a question that waits.
 */
export class AgentLink implements HostSource {
  readonly #counters = createCounters();
  readonly #timer: ResendTimer;
  readonly #hosts: HostAsker;
  readonly #routes: RouteAsker;
  readonly #udp: UdpClient;
  readonly #endpoints: readonly Endpoint[];
  #closed = false;

  constructor(options: AgentLinkOptions) {
    const { clock, random, agent, timeoutMs, batching = true } = options;
    this.#endpoints = Array.from({ length: AGENT_SERVERS }, (_, index) => ({
      hostname: agent.hostname,
      port: agent.port + index,
    }));
    this.#timer = new ResendTimer({ clock, timeoutMs });
    this.#udp = new UdpClient({
      ...options,
      onDatagram: (datagram, from) => this.#take(datagram, from),
    });
    const link = this.#createLink(options);
    this.#hosts = new HostAsker({ link, clock, random, batching });
    this.#routes = new RouteAsker(link);
  }

  get closing(): AbortSignal {
    return this.#udp.closing;
  }

  get counters(): LarsClientCounters {
    const { sent, sendFailures } = this.#udp.counters;
    return { ...this.#counters, sent, sendFailures };
  }

  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome> {
    const refusal = this.#refusal();
    return refusal === undefined
      ? this.#hosts.ask(key, signal)
      : abortable(Promise.resolve(refusal), signal);
  }

  getHostNow(key: RouteKey): HostOutcome | undefined {
    if (this.#closed) return { state: "closed" };
    const host = this.#hosts.takeSpare(key);
    return host && { state: "found", host };
  }

  report(key: RouteKey, result: CallReport): Promise<boolean> {
    if (this.#refusal() !== undefined) return NOT_SENT;
    return this.#hosts.report(key, result);
  }

  getRoute(
    key: RouteKey,
    options: { withState: boolean; signal?: AbortSignal | undefined },
  ): Promise<RouteOutcome> {
    const { withState, signal } = options;
    return abortable(this.#routes.ask(key, withState), signal);
  }

  async close(): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    if (first) {
      this.#routes.close();
      await this.#hosts.close();
    }
    await this.#udp[Symbol.asyncDispose]();
    if (first) await this.#timer.close();
  }

  #refusal(): NoAnswer | undefined {
    if (this.#closed) return { state: "closed" };
    const waiting = this.#hosts.waiting + this.#routes.waiting;
    if (waiting < PENDING_MAX && !this.#udp.full) return undefined;
    this.#counters.refused += 1;
    return { state: "system_error" };
  }

  #createLink({ clock, tries }: AgentLinkOptions): DatagramLink {
    return {
      counters: this.#counters,
      tries,
      closing: this.#udp.closing,
      endpointOf: (key) => this.#endpoints[ownerOf(key, AGENT_SERVERS)]!,
      refusal: () => this.#refusal(),
      ask: (asked: AskedDatagram) => {
        this.#timer.add(asked, clock.nowMs());
        // What does not leave is as good as lost on the way: it is sent again.
        this.#udp.send(asked.datagram, asked.to);
      },
      done: (asked) => this.#timer.delete(asked),
      tell: (datagram, to) => this.#udp.send(datagram, to),
    };
  }

  #take(datagram: Uint8Array, from: Endpoint): void {
    const frame = parseDatagram(datagram);
    let taken = false;
    if (frame?.id === MessageId.getHostResponse) {
      taken = this.#hosts.take(frame.body, from);
    } else if (frame?.id === MessageId.apiGetRouteResponse) {
      taken = this.#routes.take(frame.body, from);
    }
    if (!taken) this.#counters.malformed += 1;
  }
}
