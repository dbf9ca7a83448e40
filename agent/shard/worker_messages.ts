import type {
  HostAddress,
  HostEvent,
  RouteKey,
  RouteStatus,
} from "../../proto/mod.ts";
import type { RouteOutages, RouteStates } from "../routes/route_hosts.ts";
import type { ShardCounters, ShardSettings } from "./shard.ts";

/** From the hub to one shard server. */
export type ToShard =
  /** Routes that dns answered or pushed, or that were kept on disk: see {@linkcode routesOf}. */
  | { kind: "routes"; batch: Uint8Array }
  /** Settings in place of those before; routes follow whose policy they may change. */
  | { kind: "settings"; settings: ShardSettings }
  /** The link to dns opened or was lost, or its store is known. */
  | {
    kind: "dns";
    connected: boolean;
    /** Whether its store is another than the routes came from: then hosts stay that it lacks. */
    isOtherStore: boolean;
  }
  /** A datagram that another shard's port received for a route of this shard. */
  | { kind: "forwarded"; from: number; token: number; datagram: Uint8Array }
  /** The owner's answer to a forwarded datagram; empty if there is none. */
  | { kind: "answer"; token: number; datagram: Uint8Array }
  /** Whether a host that was to be checked accepts connections. */
  | { kind: "health_checked"; key: RouteKey; host: HostAddress; alive: boolean }
  /** Whether the reporter takes totals and states: then statuses are rare. */
  | { kind: "reporter"; takesHistory: boolean }
  /** Give the totals that were said to be due. */
  | { kind: "tell_totals" }
  /** Hosts out of use in the run before, after their routes. */
  | { kind: "restore"; routes: RouteOutages[] }
  /** Tell the hosts out of use. */
  | { kind: "tell_outages" }
  /** Send the last statuses and totals, and close. */
  | { kind: "stop" };

/** From a shard server to the hub. */
export type FromShard =
  | { kind: "pulls"; keys: RouteKey[] }
  | { kind: "statuses"; statuses: RouteStatus[] }
  /** There are totals: answered by tell_totals, now or much later. */
  | { kind: "totals_due" }
  /** Encoded totals without their `seq`; `isLast`: no more until they are asked for again. */
  | { kind: "totals"; bodies: Uint8Array[]; isLast: boolean }
  /** Hosts of routes that are not plainly in use, in place of those told before. */
  | { kind: "states"; routes: RouteStates[] }
  /** What happened to hosts, and how many events were left out. */
  | { kind: "events"; events: HostEvent[]; dropped: number }
  /** Routes with hosts that the shard dropped. */
  | { kind: "forgotten"; keys: RouteKey[] }
  /** For the shard that owns the route, or behind the last shard: for the hub. */
  | { kind: "forward"; owner: number; token: number; datagram: Uint8Array }
  /** For the shard that forwarded. */
  | { kind: "answer"; to: number; token: number; datagram: Uint8Array }
  /** Find out whether this host accepts connections. */
  | { kind: "health_check"; key: RouteKey; host: HostAddress }
  | {
    kind: "counters";
    counters: ShardServerCounters;
    /** Ejections so far by "reason policy". */
    ejections: ReadonlyMap<string, number>;
  }
  | { kind: "outages"; routes: RouteOutages[] }
  | { kind: "stopped" };

/** Everything one shard server counts. */
export interface ShardServerCounters extends ShardCounters {
  /** Datagrams received. */
  datagramsReceived: number;
  /** Datagrams sent. */
  datagramsSent: number;
  /** Datagrams that the system refused to send. */
  sendFailures: number;
  /** Datagrams that the system dropped for want of room; 0 if it does not say. */
  kernelDrops: number;
  /** Datagrams handed to the shard that owns their route. */
  forwarded: number;
  /** Those dropped for want of room. */
  forwardsDropped: number;
  /** Hosts of its routes now, each once for each route. */
  hosts: number;
}
