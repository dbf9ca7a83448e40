import { type RouteKey, RouteMap } from "../proto/mod.ts";
import type {
  HostChange,
  HostRow,
  RouteEdit,
  RouteRow,
  SettingsChange,
} from "./types.ts";

/** What an edit says of one route. */
export interface EditPart {
  /** Its hosts to remove. */
  remove: RouteRow[];
  /** Those to add. */
  add: HostRow[];
  /** Attributes of its hosts to change. */
  set: HostChange[];
  /** Its settings to change. */
  settings: SettingsChange[];
}

/** What an edit says of each route that it names; drains are of addresses, and no part of it. */
export function editParts(
  { remove = [], add = [], set = [], settings = [] }: RouteEdit,
): RouteMap<EditPart> {
  const parts = new RouteMap<EditPart>();
  const partOf = (key: RouteKey) => {
    let part = parts.get(key);
    if (part === undefined) {
      part = { remove: [], add: [], set: [], settings: [] };
      parts.set(key, part);
    }
    return part;
  };
  for (const row of remove) partOf(row).remove.push(row);
  for (const row of add) partOf(row).add.push(row);
  for (const row of set) partOf(row).set.push(row);
  for (const row of settings) partOf(row).settings.push(row);
  return parts;
}
