import { decodeRoute, type Route, type RouteKey } from "../../proto/mod.ts";
import type { RouteTable } from "../route_table.ts";

/** A route as a table has it now. */
export function routeIn(table: RouteTable, key: RouteKey): Route | undefined {
  const body = table.body(key);
  return body && decodeRoute(body);
}
