import type { RouteKey } from "../proto/mod.ts";
import { routeKey } from "./arguments.ts";

/** Names of routes: each of a modid and a cmdid. */
export type RouteNames = Readonly<Record<string, readonly [number, number]>>;

/** `MODID.CMDID`. */
const KEY = /^(-?\d+)\.(-?\d+)$/;

/**
 * The route that a name or `MODID.CMDID` stands for.
 *
 * @throws {TypeError} If it is neither.
 * @throws {RangeError} If an id is not an int32.
 */
export function parseRouteName(name: string, names: RouteNames): RouteKey {
  const named = Object.hasOwn(names, name) ? names[name] : undefined;
  if (named !== undefined) return routeKey(...named);
  const key = KEY.exec(name);
  if (key === null) {
    throw new TypeError(
      `Cannot find route "${name}" as it is neither MODID.CMDID nor one of the names: ${
        Object.keys(names).join(", ") || "there are none"
      }`,
    );
  }
  return routeKey(Number(key[1]), Number(key[2]));
}
