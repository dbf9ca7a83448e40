import {
  isValidKey,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { hostsOf } from "../route_grouper.ts";
import type { AttributeReader } from "./attributes.ts";
import { chunks, formatKey, readRows } from "./rows.ts";
import type { Session } from "./session.ts";

/** Reads routes by their keys, in that order; without hosts if there are none. */
export async function readRoutes(
  session: Session,
  { keys, reader }: { keys: readonly RouteKey[]; reader: AttributeReader },
): Promise<Route[]> {
  const found = new RouteMap<Route>();
  for (const some of chunks(keys.filter(isValidKey))) {
    const attributes = await reader.read(session, some);
    const rows = Map.groupBy(await readRows(session, some), formatKey);
    for (const { modId, cmdId } of some) {
      const hosts = hostsOf(rows.get(formatKey({ modId, cmdId })) ?? []);
      found.set({ modId, cmdId }, attributes.apply({ modId, cmdId, hosts }));
    }
  }
  return keys.map(({ modId, cmdId }) =>
    found.get({ modId, cmdId }) ?? { modId, cmdId, hosts: [] }
  );
}
