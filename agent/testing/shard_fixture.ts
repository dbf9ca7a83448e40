import {
  DATAGRAM_BYTES_MAX,
  encodeFrame,
  formatAddress,
  fromWireAddress,
  type HostEvent,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
  type RouteKey,
  type RouteStatus,
  toWireAddress,
} from "../../proto/mod.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
  type LoadBalanceSettings,
  type PolicyRegistry,
} from "../policies/mod.ts";
import type { RouteStates } from "../routes/route_hosts.ts";
import { ShardDatagrams } from "../shard/datagrams.ts";
import { Shard } from "../shard/shard.ts";

/**
 * For tests: a shard, what it put into its outbox, and its time. Routes are
 * written "modid/cmdid", hosts "ip:port".
 */
export class ShardFixture {
  nowMs = 0;
  readonly shard: Shard;
  /** Datagrams that went to other shards: "owner hex". */
  readonly forwarded: string[] = [];
  readonly #datagrams: ShardDatagrams;
  readonly statuses: RouteStatus[] = [];
  readonly forgotten: string[] = [];
  readonly states: RouteStates[] = [];
  readonly events: { events: HostEvent[]; dropped: number }[] = [];
  /** How often it said that totals are due. */
  totalsDue = 0;
  readonly totals: { bodies: Uint8Array[]; isLast: boolean }[] = [];
  readonly healthChecks: string[] = [];
  readonly response = new Uint8Array(DATAGRAM_BYTES_MAX);
  readonly #named = new Set<string>();
  #pulls: string[] = [];

  constructor(
    options: {
      index?: number;
      shards?: number;
      settings?: Partial<LoadBalanceSettings>;
      policy?: string;
      policies?: PolicyRegistry;
    } = {},
  ) {
    const loadBalance = { ...DEFAULT_SETTINGS, ...options.settings };
    this.shard = new Shard({
      policy: options.policy ?? "lars",
      settings: { ...DEFAULT_POLICY_SETTINGS, loadBalance },
      healthChecks: true,
      random: () => 0,
      ...(options.policies && { policies: options.policies }),
      outbox: {
        healthCheck: (key, host) =>
          this.healthChecks.push(`${formatKey(key)} ${formatAddress(host)}`),
        pull: (key) => this.#pulls.push(formatKey(key)),
        status: (status) => this.statuses.push(status),
        forget: (key) => this.forgotten.push(formatKey(key)),
        states: (states) => this.states.push(states),
        events: (events, dropped) => this.events.push({ events, dropped }),
        totalsDue: () => this.totalsDue += 1,
        totals: (bodies, isLast) => this.totals.push({ bodies, isLast }),
      },
    });
    this.#datagrams = new ShardDatagrams(this.shard, {
      index: options.index ?? 0,
      shards: options.shards ?? 1,
      forward: (owner, datagram) =>
        this.forwarded.push(`${owner} ${datagram.toHex()}`),
    });
  }

  /** The pulls since this was last read, as in "1/1 2/2". */
  takePulls(): string {
    const pulls = this.#pulls.join(" ");
    this.#pulls = [];
    return pulls;
  }

  /** Sends a datagram: the answer, or what handle() returned instead. */
  send(datagram: Uint8Array): Uint8Array | number {
    const bytes = this.#datagrams.handle(datagram, this.response, this.nowMs);
    return bytes > 0 ? this.response.slice(0, bytes) : bytes;
  }

  /** The answer to getHost: a host, or the return code. */
  getHost(route: string): string | number {
    const { modId, cmdId } = parseKey(route);
    const body = this.#ask(
      MessageId.getHostRequest,
      lars.GetHostRequest.encode({ seq: 1, modid: modId, cmdid: cmdId })
        .finish(),
    );
    const { retcode, host } = lars.GetHostResponse.decode(body);
    return retcode === 0 ? formatHost(host) : retcode;
  }

  /** The hosts that getRoute answers; an overloaded one has a "!", if asked. */
  getRoute(route: string, withState = false): string[] {
    const { modId, cmdId } = parseKey(route);
    const body = this.#ask(
      MessageId.apiGetRouteRequest,
      lars.GetRouteRequest.encode({
        modid: modId,
        cmdid: cmdId,
        with_state: withState,
      }).finish(),
    );
    return lars.GetRouteResponse.decode(body).host.map((host) =>
      formatHost(host) + (host.overload ? "!" : "")
    );
  }

  /** Sends reports: a success for each + of `run`, a failure for each −. */
  report(route: string, host: string, run: string): void {
    const { modId, cmdId } = parseKey(route);
    for (const sign of run) {
      const body = lars.ReportRequest.encode({
        modid: modId,
        cmdid: cmdId,
        host: toWireAddress(parseAddress(host)),
        retcode: sign === "+" ? 0 : 1,
      }).finish();
      this.send(encodeFrame(MessageId.reportRequest, body));
    }
  }

  /** What dns says of a route now. */
  update(route: string, ...hosts: string[]): void {
    this.#named.add(route);
    this.shard.update(
      { ...parseKey(route), hosts: hosts.map(parseAddress) },
      this.nowMs,
    );
  }

  /** Lets time pass with a tick every 100 ms. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + 100);
      this.shard.tick(this.nowMs);
    }
  }

  /** Lets time pass without a tick until the end, and then some, as after a long sleep. */
  leap(durationMs: number): void {
    this.nowMs += durationMs;
    for (let count = 0; count < 100; count++) this.shard.tick(this.nowMs);
  }

  /** Those of the routes named so far that the shard knows with hosts, sorted. */
  routes(): string[] {
    const { nowMs } = this;
    return [...this.#named].sort().filter((route) =>
      this.shard.explain(parseKey(route), { nowMs }).hosts.length > 0
    );
  }

  #ask(id: number, body: Uint8Array): Uint8Array {
    const answer = this.send(encodeFrame(id, body));
    const frame = typeof answer === "number"
      ? undefined
      : parseDatagram(answer);
    if (frame?.id !== id + 1) throw new Error(`not answered: ${answer}`);
    return frame.body;
  }
}

/** The bytes that hexadecimal digits stand for. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(
    digits.match(/../g) ?? [],
    (pair) => parseInt(pair, 16),
  );
}

function parseKey(route: string): RouteKey {
  const [modId, cmdId] = route.split("/").map(Number);
  return { modId: modId ?? NaN, cmdId: cmdId ?? NaN };
}

function formatKey({ modId, cmdId }: RouteKey): string {
  return `${modId}/${cmdId}`;
}

function formatHost(
  host: lars.HostInfo.$Properties | null | undefined,
): string {
  return formatAddress(
    fromWireAddress({ ip: host?.ip ?? 0, port: host?.port ?? 0 }),
  );
}
