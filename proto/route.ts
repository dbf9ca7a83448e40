import { addressKey, type HostAddress } from "./address.ts";

/** Largest modid and cmdid that can be asked for: the wire has int32. */
export const ID_MAX = 2_147_483_647;

/** Names a route: the called service and its command, both 0 to {@linkcode ID_MAX}. */
export interface RouteKey {
  modId: number;
  cmdId: number;
}

/** A route key and the hosts that serve it, each once, in no particular order. */
export interface Route extends RouteKey {
  hosts: readonly HostAddress[];
}

/** Whether a route can have this key. */
export function isValidKey({ modId, cmdId }: RouteKey): boolean {
  return isValidId(modId) && isValidId(cmdId);
}

function isValidId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= ID_MAX;
}

/**
 * Which of `shards` agent servers owns a route: (modid + cmdid) mod shards,
 * never negative.
 */
export function ownerOf({ modId, cmdId }: RouteKey, shards: number): number {
  return (((modId + cmdId) % shards) + shards) % shards;
}

/** Whether two host lists hold the same addresses, in any order. */
export function sameHosts(
  a: readonly HostAddress[],
  b: readonly HostAddress[],
): boolean {
  if (a.length !== b.length) return false;
  const keys = new Set(a.map(addressKey));
  return b.every((host) => keys.has(addressKey(host)));
}

/**
 * A map from route keys to values. Two numbers do not fit one exact number, and
 * a string key would cost an allocation for every datagram: hence two levels.
 */
export class RouteMap<Value> {
  readonly #modules = new Map<number, Map<number, Value>>();
  #size = 0;

  /** Number of routes. */
  get size(): number {
    return this.#size;
  }

  get({ modId, cmdId }: RouteKey): Value | undefined {
    return this.#modules.get(modId)?.get(cmdId);
  }

  has({ modId, cmdId }: RouteKey): boolean {
    return this.#modules.get(modId)?.has(cmdId) ?? false;
  }

  set({ modId, cmdId }: RouteKey, value: Value): this {
    let commands = this.#modules.get(modId);
    if (commands === undefined) {
      commands = new Map();
      this.#modules.set(modId, commands);
    }
    const before = commands.size;
    commands.set(cmdId, value);
    this.#size += commands.size - before;
    return this;
  }

  /** True if the route was there. */
  delete({ modId, cmdId }: RouteKey): boolean {
    const commands = this.#modules.get(modId);
    if (!commands?.delete(cmdId)) return false;
    this.#size -= 1;
    if (commands.size === 0) this.#modules.delete(modId);
    return true;
  }

  clear(): void {
    this.#modules.clear();
    this.#size = 0;
  }

  *[Symbol.iterator](): Generator<[RouteKey, Value]> {
    for (const [modId, commands] of this.#modules) {
      for (const [cmdId, value] of commands) yield [{ modId, cmdId }, value];
    }
  }

  *keys(): Generator<RouteKey> {
    for (const [key] of this) yield key;
  }

  *values(): Generator<Value> {
    for (const commands of this.#modules.values()) yield* commands.values();
  }
}

/** One host's counters since its window began, as agents send them on. */
export interface HostStatus extends HostAddress {
  succ: number;
  err: number;
  overload: boolean;
}

/** A route's counters as one agent knows them. */
export interface RouteStatus extends RouteKey {
  hosts: HostStatus[];
}
