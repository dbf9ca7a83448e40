/**
 * Names `lars:MODID.CMDID` for @grpc/grpc-js: a channel goes to the hosts that
 * the agent finds idle, in turn, and each call is reported.
 *
 * @example
 * ```ts
 * import grpc from "@grpc/grpc-js";
 * import { LarsClient } from "@lars/lars";
 * import { registerLars } from "@lars/lars/grpc";
 *
 * const client = LarsClient.open();
 * const reportCalls = registerLars(client, grpc, { routes: { orders: [1, 1] } });
 * const orders = new grpc.Client(
 *   "lars:orders",
 *   grpc.credentials.createInsecure(),
 *   { interceptors: [reportCalls("orders")] },
 * );
 * orders.close();
 * await client.close();
 * ```
 *
 * @module
 */
import { startIdleTimer, SystemClock } from "../../net/client.ts";
import {
  formatIp,
  type HostAddress,
  parseAddress,
  type RouteKey,
} from "../../proto/mod.ts";
import { toDurationUs } from "../arguments.ts";
import type { LarsClient } from "../client.ts";
import type { RouteOutcome } from "../outcome.ts";
import { parseRouteName, type RouteNames } from "../route_name.ts";

export type { RouteNames } from "../route_name.ts";

/** Age of a channel's hosts after which they are asked for again, in milliseconds. */
const REFRESH_MS = 2_000;

/** The caller did not want the answer any more. */
const CANCELLED = 1;

/** There is no host to call. */
const UNAVAILABLE = 14;

/** Statuses that the host is to blame for: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const FAILURES: readonly number[] = [4, 8, 13, UNAVAILABLE, 15];

/** A host, as a channel takes it. */
interface Endpoint {
  addresses: { host: string; port: number }[];
}

/** Takes what a resolver finds. */
type Listener = (
  endpoints: unknown,
  attributes: Record<string, unknown>,
  serviceConfig: unknown,
  note: string,
) => boolean;

/** What is used of the module @grpc/grpc-js. */
export interface GrpcModule<Call> {
  /** A call that is looked into. */
  InterceptingCall: new (nextCall: never, requester: never) => Call;
  /** What resolvers are made with. */
  experimental: {
    /** Makes a scheme known. */
    registerResolver(scheme: string, resolver: never): void;
    /** Hosts that were found. */
    statusOrFromValue(value: unknown): unknown;
    /** Why there are none. */
    statusOrFromError(error: { code: number; details: string }): unknown;
  };
}

/** Reports calls; for the option `interceptors` of a client. */
export type CallReporter<Call> = <Options, Next>(
  options: Options,
  nextCall: (options: Options) => Next,
) => Call;

/** How {@linkcode registerLars} works. */
export interface RegisterOptions {
  /** Names that may stand in a target instead of `MODID.CMDID`. */
  routes?: RouteNames;
}

/**
 * Makes the scheme `lars` known to gRPC: targets are `lars:MODID.CMDID` and
 * `lars:NAME`. A channel asks for its hosts every 2 s and whenever a connection
 * fails, and takes idle ones in turn (`round_robin`), unless it has a
 * `grpc.service_config` of its own; while the agent is away it keeps them.
 *
 * Returns what makes an interceptor for the calls of a route, which reports them:
 * as failures those of a status that the host is to blame for, cancelled ones
 * not at all. Without it the agent does not learn how hosts do.
 *
 * gRPC calls its API for resolvers experimental.
 */
export function registerLars<Call>(
  client: LarsClient,
  grpc: GrpcModule<Call>,
  { routes = {} }: RegisterOptions = {},
): (route: string) => CallReporter<Call> {
  const { experimental } = grpc;

  class LarsResolver {
    readonly #channel: ChannelHosts;

    constructor(
      target: { path: string },
      listener: Listener,
      options: Record<string, unknown>,
    ) {
      const key = parseRouteName(nameOf(target), routes);
      // A configuration of the application's own is kept.
      const serviceConfig = options["grpc.service_config"] === undefined
        ? experimental.statusOrFromValue(ROUND_ROBIN)
        : null;
      this.#channel = new ChannelHosts(client, key, {
        onHosts: (endpoints) => {
          const found = experimental.statusOrFromValue(endpoints);
          listener(found, {}, serviceConfig, "");
        },
        onError: (details) => {
          const error = { code: UNAVAILABLE, details };
          const found = experimental.statusOrFromError(error);
          listener(found, {}, serviceConfig, "");
        },
      });
    }

    static getDefaultAuthority(target: { path: string }): string {
      return nameOf(target);
    }

    updateResolution(): void {
      this.#channel.update();
    }

    destroy(): void {
      this.#channel.stop();
    }
  }

  experimental.registerResolver("lars", LarsResolver as never);
  return (route) => {
    const key = parseRouteName(route.replace(/^lars:/, ""), routes);
    return (options, nextCall) => {
      const call = nextCall(options);
      const requester = reportingRequester(client, key, call as Peer);
      return new grpc.InterceptingCall(call as never, requester as never);
    };
  };
}

const ROUND_ROBIN = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [],
};

/** `1.1` of `lars:1.1` and `lars:///1.1`. */
function nameOf({ path }: { path: string }): string {
  return path.replace(/^\/+/, "");
}

/** What a {@linkcode ChannelHosts} tells. */
interface ChannelEvents {
  onHosts: (endpoints: Endpoint[]) => void;
  onError: (details: string) => void;
}

/** Keeps the hosts of one channel up to date. */
class ChannelHosts {
  readonly #client: LarsClient;
  readonly #key: RouteKey;
  readonly #events: ChannelEvents;
  #stopTimer: (() => void) | undefined;
  /** What was told last, as text. */
  #told: string | undefined;

  constructor(client: LarsClient, key: RouteKey, events: ChannelEvents) {
    this.#client = client;
    this.#key = key;
    this.#events = events;
  }

  /** Asks now, tells what is found, and from then on what changes. */
  update(): void {
    this.#stopTimer ??= startIdleTimer(REFRESH_MS, () => this.#ask(false));
    this.#ask(true);
  }

  /** Tells nothing more, until the next update. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#told = undefined;
  }

  async #ask(tellsAlways: boolean): Promise<void> {
    const { modId, cmdId } = this.#key;
    if (this.#told === undefined) await this.#client.register(modId, cmdId);
    const outcome = await this.#client.getRoute(modId, cmdId, {
      withState: true,
    });
    if (this.#stopTimer === undefined) return;
    const endpoints = idleEndpoints(outcome);
    if (endpoints.length > 0) {
      const told = JSON.stringify(endpoints);
      if (told === this.#told && !tellsAlways) return;
      this.#told = told;
      this.#events.onHosts(endpoints);
    } else if (this.#told === undefined) {
      this.#events.onError(
        `Cannot find hosts of (${modId}, ${cmdId}): ${outcome.state}`,
      );
    }
  }
}

/** The hosts that are idle, or all if none is. */
function idleEndpoints(outcome: RouteOutcome): Endpoint[] {
  if (outcome.state !== "found") return [];
  const idle = outcome.hosts.filter(({ overload }) => !overload);
  return (idle.length > 0 ? idle : outcome.hosts).map(({ ip, port }) => ({
    addresses: [{ host: formatIp(ip), port }],
  }));
}

/** A call that knows its other end. */
interface Peer {
  getPeer(): string;
}

/** What is used of a listener to a call. */
interface StatusListener {
  onReceiveStatus(
    status: { code: number },
    next: (status: { code: number }) => void,
  ): void;
}

/** Reports the status of a call. */
function reportingRequester(client: LarsClient, key: RouteKey, call: Peer) {
  const clock = new SystemClock();
  return {
    start(
      metadata: unknown,
      _listener: unknown,
      next: (metadata: unknown, listener: StatusListener) => void,
    ): void {
      const startMs = clock.nowMs();
      next(metadata, {
        onReceiveStatus(status, next) {
          const host = hostOf(call.getPeer());
          if (host !== undefined && status.code !== CANCELLED) {
            client.report(key.modId, key.cmdId, {
              host,
              returnCode: FAILURES.includes(status.code) ? status.code : 0,
              durationUs: toDurationUs(clock.nowMs() - startMs),
            });
          }
          next(status);
        },
      });
    },
  };
}

/** The host that a call went to; undefined while it has none. */
function hostOf(peer: string): HostAddress | undefined {
  try {
    return parseAddress(peer);
  } catch {
    return undefined;
  }
}
