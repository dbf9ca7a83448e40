import { POLICY_NAMES, type RouteKey } from "../proto/mod.ts";
import type { SettingsChange } from "./types.ts";

/** A route with the name of a policy that agents of this version do not know. */
export interface UnknownPolicy extends RouteKey {
  /** The name. */
  policy: string;
}

/**
 * What an import sets: an unknown policy is left out, and named, so that the
 * route keeps what it has. Refusing it would cost a whole restore: the file may be
 * an export of a store that agents of another version use.
 */
export function knownSettings(
  settings: readonly SettingsChange[],
): { settings: SettingsChange[]; unknown: UnknownPolicy[] } {
  const known: SettingsChange[] = [];
  const unknown: UnknownPolicy[] = [];
  for (const each of settings) {
    const { policy, ...rest } = each;
    if (policy == null || POLICY_NAMES.includes(policy)) {
      known.push(each);
      continue;
    }
    unknown.push({ modId: each.modId, cmdId: each.cmdId, policy });
    if (rest.check !== undefined) known.push(rest);
  }
  return { settings: known, unknown };
}
