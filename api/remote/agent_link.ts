import {
  type CallReport,
  type Endpoint,
  MessageId,
  parseDatagram,
  type RouteKey,
} from "../../proto/mod.ts";
import { abortable } from "../abortable.ts";
import {
  type ExplainOutcome,
  type HostOutcome,
  type RouteOutcome,
  withoutStates,
} from "../outcome.ts";
import type {
  AgentState,
  ExplainOptions,
  GetRouteOptions,
  HostSource,
  LarsClientCounters,
} from "../source.ts";
import { DatagramLink, type DatagramLinkOptions } from "./datagram_link.ts";
import { ExplainRequests } from "./explain_requests.ts";
import { HostRequests } from "./host_requests.ts";
import { RegistrationRequests } from "./registration_requests.ts";
import { RouteRequests } from "./route_requests.ts";
import { StandIn } from "./stand_in.ts";

const TAKEN = Promise.resolve(true);

/** What an {@linkcode AgentLink} is made of. */
export interface AgentLinkOptions
  extends Omit<DatagramLinkOptions, "onDatagram"> {
  /** Whether callers may share requests, if the agent takes that. */
  batching: boolean;
  /** Longest time that hosts are found without the agent, in milliseconds. */
  standInMs: number;
}

/**
 * Gets hosts from an agent over one datagram socket, for any number of callers
 * at a time.
 *
 * A request without an answer is sent again with the same seq: so the late
 * answer to the first try still counts, and the second answer is dropped. An
 * answer counts when it comes from the port that was asked, and its message id
 * and its seq or route are those of a request that waits.
 */
export class AgentLink implements HostSource {
  readonly registrations: RegistrationRequests;
  readonly #link: DatagramLink;
  readonly #hosts: HostRequests;
  readonly #routes: RouteRequests;
  readonly #explanations: ExplainRequests;
  readonly #standIn: StandIn;

  constructor(options: AgentLinkOptions) {
    const { clock, batching } = options;
    const link = new DatagramLink({
      ...options,
      onDatagram: (datagram, from) => this.#receive(datagram, from),
    });
    this.#link = link;
    this.#hosts = new HostRequests({
      link,
      clock,
      batching,
      outcomeOf: (key, outcome) => this.#standIn.onHost(key, outcome),
    });
    this.#routes = new RouteRequests(link);
    this.#standIn = new StandIn({
      ...options,
      counters: link.counters,
      askRoute: (key) => this.#routes.ask(key, true),
      sendResults: (key, results) => this.#hosts.reportAll(key, results),
    });
    this.#explanations = new ExplainRequests(link);
    this.registrations = new RegistrationRequests({
      link,
      random: options.random,
      isAnswering: ({ routes }) => this.#isAnswering(routes[0]!),
    });
  }

  get closing(): AbortSignal {
    return this.#link.closing;
  }

  get agent(): AgentState {
    return this.#standIn.agent;
  }

  get counters(): LarsClientCounters {
    return this.#link.totals();
  }

  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome> {
    const refusal = this.#link.refusal();
    if (refusal !== undefined) {
      return abortable(Promise.resolve(refusal), signal);
    }
    return this.#standIn.isDown(key)
      ? this.#standInHost(key, signal)
      : this.#hosts.ask(key, signal);
  }

  getHostNow(key: RouteKey): HostOutcome | undefined {
    if (this.#link.closed) return { state: "closed" };
    const host = this.#hosts.takeSpare(key);
    if (host !== undefined) return { state: "found", host };
    return this.#standIn.isDown(key) ? this.#standIn.host(key) : undefined;
  }

  report(key: RouteKey, result: CallReport): Promise<boolean> {
    if (this.#link.refusal() !== undefined) return Promise.resolve(false);
    if (this.#standIn.keep(key, result)) return TAKEN;
    return this.#hosts.report(key, result);
  }

  getRoute(key: RouteKey, options: GetRouteOptions): Promise<RouteOutcome> {
    const { withState = false, signal } = options;
    return abortable(this.#getRoute(key, withState), signal);
  }

  explain(key: RouteKey, options: ExplainOptions): Promise<ExplainOutcome> {
    return abortable(this.#explain(key, options), options.signal);
  }

  async close(): Promise<void> {
    if (!this.#link.closed) {
      this.#standIn.flush();
      this.#link.stop();
      this.#routes.close();
      this.#explanations.close();
      this.registrations.close();
      await this.#hosts.close();
    }
    await this.#link.close();
  }

  /** A host while the route's server is down. */
  #standInHost(
    key: RouteKey,
    signal: AbortSignal | undefined,
  ): Promise<HostOutcome> {
    const outcome = this.#standIn.host(key);
    const found = outcome === undefined
      ? this.#askOnceUp(key, signal)
      : Promise.resolve(outcome);
    return abortable(found, signal);
  }

  /** Waits for the probe on its way instead of sending a request of its own. */
  async #askOnceUp(
    key: RouteKey,
    signal: AbortSignal | undefined,
  ): Promise<HostOutcome> {
    const isUp = await this.#standIn.probed(key);
    const refusal = this.#link.refusal();
    if (refusal !== undefined) return refusal;
    if (!isUp || signal?.aborted) return { state: "timeout" };
    return await this.#hosts.ask(key, signal);
  }

  async #getRoute(key: RouteKey, withState: boolean): Promise<RouteOutcome> {
    const known = !this.#link.closed && this.#standIn.isDown(key)
      ? this.#standIn.route(key)
      : undefined;
    const outcome = known ??
      this.#standIn.onRoute(key, await this.#routes.ask(key, withState));
    return withState ? outcome : withoutStates(outcome);
  }

  async #explain(
    key: RouteKey,
    options: ExplainOptions,
  ): Promise<ExplainOutcome> {
    const outcome = await this.#explanations.ask(key, options);
    if (outcome.state !== "timeout") return outcome;
    return await this.#isAnswering(key) ? { state: "unsupported" } : outcome;
  }

  /** Whether the agent answers the request that each takes; it drops those that it does not know. */
  async #isAnswering(key: RouteKey): Promise<boolean> {
    const { state } = await this.#routes.ask(key, false);
    return state === "found" || state === "no_route";
  }

  #receive(datagram: Uint8Array, from: Endpoint): void {
    const frame = parseDatagram(datagram);
    if (frame === undefined || !this.#take(frame, from)) {
      this.#link.counters.malformed += 1;
    }
  }

  /** False if the frame is no answer to any request. */
  #take(
    { id, body }: { id: number; body: Uint8Array },
    from: Endpoint,
  ): boolean {
    switch (id) {
      case MessageId.getHostResponse:
        return this.#hosts.receive(body, from);
      case MessageId.apiGetRouteResponse:
        return this.#routes.receive(body, from);
      case MessageId.explainResponse:
        return this.#explanations.receive(body, from);
      default:
        return this.registrations.receive(id, body, from);
    }
  }
}
