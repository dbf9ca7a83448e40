import {
  isValidName,
  isValidWeight,
  type RouteKey,
  type RouteSettings,
} from "../proto/mod.ts";
import type { RouteAttributes } from "./host_attributes.ts";
import type { Row } from "./steps.ts";
import type {
  HostAttributes,
  HostChange,
  RouteEdit,
  RouteRow,
  SettingsChange,
} from "./types.ts";

/** Tables of attributes, in the order in which they are read. */
export const ATTRIBUTE_TABLE_NAMES = [
  "RouteHostConfig",
  "RouteConfig",
] as const;

type AttributeTableName = typeof ATTRIBUTE_TABLE_NAMES[number];

/**
 * A table of ours beside the original's, the same in every engine. Its column
 * `unused_since`, in Unix seconds, is set while RouteData has no such host or route.
 */
export interface AttributeTable<Change extends RouteKey> {
  readonly name: AttributeTableName;
  /** Columns of the primary key; RouteData has them too. */
  readonly key: readonly string[];
  /** Columns that hold values; null is none. */
  readonly columns: readonly string[];
  /** Values of the key's columns. */
  keyOf(row: Change | RouteRow): number[];
  /** Adds a row to `attributes`, but for values that cannot be. */
  take(attributes: RouteAttributes, row: Row): void;
  /**
   * Makes a change in `attributes`; returns what `columns` hold then, or
   * undefined if they hold that already.
   */
  change(
    attributes: RouteAttributes,
    change: Change,
  ): (number | string | null)[] | undefined;
}

/** Weights and zones. */
export const HOST_TABLE: AttributeTable<HostChange> = {
  name: "RouteHostConfig",
  key: ["modid", "cmdid", "serverip", "serverport"],
  columns: ["weight", "zone"],
  keyOf: ({ modId, cmdId, ip, port }) => [modId, cmdId, ip, port],
  take(attributes, row) {
    const weight = row.weight === null ? undefined : Number(row.weight);
    // An empty zone is what people write for none.
    const zone = row.zone === null ? "" : String(row.zone);
    const taken: HostAttributes = {};
    if (weight !== undefined && isValidWeight(weight)) taken.weight = weight;
    if (isValidName(zone)) taken.zone = zone;
    if (weight !== taken.weight || zone !== (taken.zone ?? "")) {
      attributes.skip(placeOf(this, row));
    }
    const host = { ip: Number(row.serverip), port: Number(row.serverport) };
    attributes.setHost({ ...routeKeyOf(row), ...host }, taken);
  },
  change(attributes, row) {
    const { weight, zone } = row;
    const after = changed(attributes.hostOf(row), { weight, zone });
    if (after === undefined) return undefined;
    attributes.setHost(row, after);
    return [after.weight ?? null, after.zone ?? null];
  },
};

/** Settings of routes. */
export const SETTINGS_TABLE: AttributeTable<SettingsChange> = {
  name: "RouteConfig",
  key: ["modid", "cmdid"],
  columns: ["policy", "active_check"],
  keyOf: ({ modId, cmdId }) => [modId, cmdId],
  take(attributes, row) {
    const policy = row.policy === null ? "" : String(row.policy);
    const check = row.active_check === null
      ? undefined
      : Number(row.active_check);
    const taken: RouteSettings = {};
    if (isValidName(policy)) taken.policy = policy;
    if (check === 0 || check === 1) taken.check = check === 1;
    if (
      policy !== (taken.policy ?? "") ||
      (check !== undefined && taken.check === undefined)
    ) attributes.skip(placeOf(this, row));
    attributes.setSettings(routeKeyOf(row), taken);
  },
  change(attributes, change) {
    const { policy, check } = change;
    const after = changed(attributes.settingsOf(change), { policy, check });
    if (after === undefined) return undefined;
    attributes.setSettings(change, after);
    return [
      after.policy ?? null,
      after.check === undefined ? null : Number(after.check),
    ];
  },
};

/** Every table of ours, for what does not depend on its changes. */
export const ATTRIBUTE_TABLES: readonly AttributeTable<never>[] = [
  HOST_TABLE,
  SETTINGS_TABLE,
];

/** What an edit changes of hosts that are there once its rows are. */
export function hostChangesOf({ add = [], set = [] }: RouteEdit): HostChange[] {
  return [...add, ...set].filter(({ weight, zone }) =>
    weight !== undefined || zone !== undefined
  );
}

/** The key in a row with columns modid and cmdid. */
export function routeKeyOf(row: Row): RouteKey {
  return { modId: Number(row.modid), cmdId: Number(row.cmdid) };
}

/** Which row of a table it is, with the values that it holds, for a message. */
function placeOf(
  { name, key, columns }: Pick<
    AttributeTable<never>,
    "name" | "key" | "columns"
  >,
  row: Row,
): string {
  const parts = [...key, ...columns].map((each) => `${each} = ${row[each]}`);
  return `${name}: ${parts.join(", ")}`;
}

/** The values after some are set, and others, which are null, taken away; undefined if nothing changes. */
function changed<Values extends object>(
  before: Values,
  changes: { [Name in keyof Values]: Values[Name] | null | undefined },
): Values | undefined {
  const after = { ...before };
  let isChanged = false;
  for (const name of Object.keys(changes) as (keyof Values)[]) {
    const value = changes[name];
    if (value === undefined || (value ?? undefined) === after[name]) continue;
    isChanged = true;
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return isChanged ? after : undefined;
}
