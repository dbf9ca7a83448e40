import type { RouteKey } from "../route.ts";

/**
 * A map from route keys to values, of two levels: two ids do not fit one exact
 * number, and a string key would cost an allocation for every datagram.
 */
export class RouteMap<Value> {
  readonly #modules = new Map<number, Map<number, Value>>();
  #size = 0;

  /** Number of routes. */
  get size(): number {
    return this.#size;
  }

  /** The value of a route, or undefined. */
  get({ modId, cmdId }: RouteKey): Value | undefined {
    return this.#modules.get(modId)?.get(cmdId);
  }

  /** Whether the route is there. */
  has({ modId, cmdId }: RouteKey): boolean {
    return this.#modules.get(modId)?.has(cmdId) ?? false;
  }

  /** Sets the value of a route. */
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

  /** Removes a route; true if it was there. */
  delete({ modId, cmdId }: RouteKey): boolean {
    const commands = this.#modules.get(modId);
    if (!commands?.delete(cmdId)) return false;
    this.#size -= 1;
    if (commands.size === 0) this.#modules.delete(modId);
    return true;
  }

  /** Removes every route. */
  clear(): void {
    this.#modules.clear();
    this.#size = 0;
  }

  /** Every route and its value. */
  *[Symbol.iterator](): Generator<[RouteKey, Value]> {
    for (const [modId, commands] of this.#modules) {
      for (const [cmdId, value] of commands) yield [{ modId, cmdId }, value];
    }
  }

  /** Every route. */
  *keys(): Generator<RouteKey> {
    for (const [key] of this) yield key;
  }

  /** Every value. */
  *values(): Generator<Value> {
    for (const commands of this.#modules.values()) yield* commands.values();
  }
}
