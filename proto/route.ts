import { addressKey, type HostAddress } from "./address.ts";

/** Largest modid and cmdid, as the wire has int32. */
export const ID_MAX = 2_147_483_647;

/** Names a route: the called service and its command, both 0 to {@linkcode ID_MAX}. */
export interface RouteKey {
  /** The called service. */
  modId: number;
  /** Its command. */
  cmdId: number;
}

/** A host of a route, as the store describes it. */
export interface RouteHost extends HostAddress {
  /**
   * Relative capacity, 1 to {@linkcode WEIGHT_MAX}; absent is
   * {@linkcode WEIGHT_NORMAL}; {@linkcode WEIGHT_DRAINED} is no calls at all.
   */
  weight?: number;
  /** Zone it stands in; absent is none. */
  zone?: string;
  /**
   * Whether a person has drained it: it gets no calls, whatever its weight.
   * On the wire that is {@linkcode WEIGHT_DRAINED}. Absent: no.
   */
  drained?: true;
}

/** Weight of a host that has none of its own. */
export const WEIGHT_NORMAL = 100;

/** Weight of a host that gets no calls, whatever the policy. */
export const WEIGHT_DRAINED = 0;

/** Whether a host gets no calls: a person has drained it, or given it weight 0. */
export function isDrained({ weight, drained }: RouteHost): boolean {
  return drained === true || weight === WEIGHT_DRAINED;
}

/** Largest weight. */
export const WEIGHT_MAX = 10_000;

/** Longest name of a zone or a policy, in characters: letters, digits, ".", "_" and "-". */
export const NAME_LENGTH_MAX = 32;

/** Whether a host can have this weight. */
export function isValidWeight(weight: number): boolean {
  return Number.isInteger(weight) && weight >= WEIGHT_DRAINED &&
    weight <= WEIGHT_MAX;
}

/** Whether a zone or a policy can have this name. */
export function isValidName(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && /^[\w.-]+$/.test(name);
}

/**
 * Names of the balancing policies that agents of this version know, the usual one
 * first; agents of another version may know others.
 */
export const POLICY_NAMES: readonly string[] = ["lars", "adaptive"];

/** Settings of a route for the agents that balance it. */
export interface RouteSettings {
  /** Name of the balancing policy; absent: as the agent's file says. */
  policy?: string;
  /** Whether agents may check the health of an ejected host; absent: as the agent's file says. */
  check?: boolean;
}

/** A route key and the hosts that serve it, each once, in no particular order. */
export interface Route extends RouteKey {
  /** The hosts that serve it. */
  hosts: readonly RouteHost[];
  /** How agents balance it; absent: as their files say. */
  settings?: RouteSettings;
}

/** The hosts that a route had before and has not now. */
export function lostHosts(before: Route, now: Route): RouteHost[] {
  const kept = new Set(now.hosts.map(addressKey));
  return before.hosts.filter((host) => !kept.has(addressKey(host)));
}

/** Whether a route can have this key. */
export function isValidKey({ modId, cmdId }: RouteKey): boolean {
  return isValidId(modId) && isValidId(cmdId);
}

function isValidId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= ID_MAX;
}

/** UDP servers of an agent, at consecutive ports; clients count on their number. */
export const AGENT_SERVERS = 3;

/**
 * Which of `shards` agent servers owns a route: (modid + cmdid) mod shards,
 * never negative.
 */
export function ownerOf({ modId, cmdId }: RouteKey, shards: number): number {
  return (((modId + cmdId) % shards) + shards) % shards;
}

/** One host's counters since its window began. */
export interface HostStatus extends HostAddress {
  /** Calls that succeeded. */
  succ: number;
  /** Calls that failed. */
  err: number;
  /** Whether the host is overloaded or ejected. */
  overload: boolean;
  /** Whether a person has taken it out: it gets no calls. Absent: no. */
  drained?: true;
}

/** A route's counters as one agent knows them. */
export interface RouteStatus extends RouteKey {
  /** Its hosts. */
  hosts: HostStatus[];
}
