import type { RouteKey } from "../../proto/mod.ts";
import type { Alarm, AlarmRow } from "../../store/mod.ts";
import type { AlarmRules, Condition } from "./rules.ts";

/** Alarms in the store. Every method throws a StoreError if the store failed. */
export interface AlarmSink {
  /** Takes or renews a duty; whether `holder` has it. */
  takeDuty(name: string, holder: string): Promise<boolean>;
  /** Gives a duty up. */
  releaseDuty(name: string, holder: string): Promise<void>;
  /** Reads all alarms. */
  alarms(): Promise<readonly AlarmRow[]>;
  /** Writes alarms; their silences stay. */
  writeAlarms(alarms: readonly Alarm[]): Promise<void>;
  /** Removes alarms. */
  removeAlarms(fingerprints: readonly string[]): Promise<void>;
  /** Reads what is wrong with the fleet; `emptied` are routes that had no hosts at the last look. */
  conditions(
    options: { rules: AlarmRules; emptied: readonly RouteKey[] },
  ): Promise<readonly Condition[]>;
}
