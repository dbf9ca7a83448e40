import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import type { DrainTarget, RouteRow } from "../types.ts";

/** What stands in the column of ports for every port. */
export const EVERY_PORT = 0;

/** What stands in the columns of modid and cmdid for every route. */
export const EVERY_ROUTE = -1;

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
  has({ modId, cmdId }: RouteKey, { ip, port }: HostAddress): boolean {
    const targets = this.#targets.get(ip);
    return targets?.some((each) => covers(each, { modId, cmdId, ip, port })) ??
      false;
  }
}

/** Whether a drain takes this host out of its route. */
export function covers(
  { ip, port, route }: DrainTarget,
  place: RouteRow,
): boolean {
  return ip === place.ip && (port === undefined || port === place.port) &&
    (route === undefined ||
      route.modId === place.modId && route.cmdId === place.cmdId);
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
