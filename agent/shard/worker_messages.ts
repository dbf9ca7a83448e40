import type { HostAddress, RouteKey, RouteStatus } from "../../proto/mod.ts";
import type { PolicySettings } from "../policies/settings.ts";
import type { ShardCounters } from "./shard.ts";

/** What the shard of a worker is made of. */
export interface ShardSettings {
  /** Name of the balancing policy of routes that ask for none. */
  policy: string;
  settings: PolicySettings;
  /** Whether ejected hosts of routes that do not say may be health checked. */
  healthChecks: boolean;
}

/** From the hub to one shard server. */
export type ToShard =
  /** Routes that dns answered or pushed, or that were kept on disk: see {@linkcode routesOf}. */
  | { kind: "routes"; batch: Uint8Array }
  /** The link to dns opened or was lost. */
  | { kind: "dns"; connected: boolean }
  /** A datagram that another shard's port received for a route of this shard. */
  | { kind: "forwarded"; from: number; token: number; datagram: Uint8Array }
  /** The owner's answer to a forwarded datagram; empty if there is none. */
  | { kind: "answer"; token: number; datagram: Uint8Array }
  /** Whether a host that was to be checked accepts connections. */
  | { kind: "health_checked"; key: RouteKey; host: HostAddress; alive: boolean }
  /** Send the last statuses, and close. */
  | { kind: "stop" };

/** From a shard server to the hub. */
export type FromShard =
  | { kind: "pulls"; keys: RouteKey[] }
  | { kind: "statuses"; statuses: RouteStatus[] }
  /** Routes with hosts that the shard dropped. */
  | { kind: "forgotten"; keys: RouteKey[] }
  /** For the shard that owns the route. */
  | { kind: "forward"; owner: number; token: number; datagram: Uint8Array }
  /** For the shard that forwarded. */
  | { kind: "answer"; to: number; token: number; datagram: Uint8Array }
  /** Find out whether this host accepts connections. */
  | { kind: "health_check"; key: RouteKey; host: HostAddress }
  | { kind: "counters"; counters: ShardServerCounters }
  | { kind: "stopped" };

/** Everything one shard server counts. */
export interface ShardServerCounters extends ShardCounters {
  datagramsReceived: number;
  datagramsSent: number;
  sendFailures: number;
  kernelDrops: number;
  forwarded: number;
  forwardsDropped: number;
}
