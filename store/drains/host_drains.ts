import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import type { DrainTarget } from "../types.ts";

/** Which hosts are drained, also some that no route has. */
export class HostDrains {
  /** By address. */
  readonly #targets = new Map<number, DrainTarget[]>();

  /** True if there is no drain. */
  get empty(): boolean {
    return this.#targets.size === 0;
  }

  /** Adds a drain. */
  add(target: DrainTarget): void {
    const others = this.#targets.get(target.ip) ?? [];
    this.#targets.set(target.ip, [...others, target]);
  }

  /** Removes the drains with exactly this target. */
  delete(target: DrainTarget): void {
    const left = (this.#targets.get(target.ip) ?? [])
      .filter((each) => !isSameTarget(each, target));
    if (left.length > 0) this.#targets.set(target.ip, left);
    else this.#targets.delete(target.ip);
  }

  /** Whether a host of a route is drained. */
  has(key: RouteKey, host: HostAddress): boolean {
    return this.#targets.get(host.ip)
      ?.some((target) => covers(target, key, host)) ?? false;
  }
}

/** Whether a drain takes this host out of this route. */
export function covers(
  { ip, port, route }: DrainTarget,
  key: RouteKey,
  host: HostAddress,
): boolean {
  return ip === host.ip && (port === undefined || port === host.port) &&
    (route === undefined ||
      route.modId === key.modId && route.cmdId === key.cmdId);
}

/** Whether two drains are of the same hosts by the same words. */
export function isSameTarget(a: DrainTarget, b: DrainTarget): boolean {
  return targetKey(a) === targetKey(b);
}

/** A text that is equal for equal targets only. */
export function targetKey(target: DrainTarget): string {
  return targetColumns(target).join();
}

/** Values of {@linkcode TARGET_COLUMNS}. */
export function targetColumns({ ip, port, route }: DrainTarget): number[] {
  return [
    ip,
    port ?? EVERY_PORT,
    route?.modId ?? EVERY_ROUTE,
    route?.cmdId ?? EVERY_ROUTE,
  ];
}

/** Orders drains by address, port and route; those of every port or route come first. */
export function compareTargets(a: DrainTarget, b: DrainTarget): number {
  const [left, right] = [targetColumns(a), targetColumns(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}

/** What stands in the columns for every port, and for every route. */
export const EVERY_PORT = 0;
export const EVERY_ROUTE = -1;
