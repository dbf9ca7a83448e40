import { type AuditOptions, writeAudit } from "../admin/audit.ts";
import { change, type Program, rows } from "../steps.ts";
import type { Alarm, AlarmSilence } from "./types.ts";

/** What the audit calls an alarm. */
export function alarmTarget(
  { fingerprint, rule }: Pick<Alarm, "fingerprint" | "rule">,
): string {
  return `alarm ${fingerprint} ${rule}`;
}

/** Says in the audit who has written alarms. */
export function* auditAlarms(
  alarms: readonly Alarm[],
  audit: AuditOptions,
): Program<void> {
  for (const alarm of alarms) yield* writeAudit(alarmTarget(alarm), audit);
}

/** Sets or ends the silence of an alarm, and says so in the audit; whether there is such an alarm. */
export function* silenceAlarm(
  fingerprint: string,
  { silencedUntil, silencedBy }: AlarmSilence,
  audit?: AuditOptions,
): Program<boolean> {
  yield* change(
    `UPDATE Alarm SET silenced_until = ?, silenced_by = ?
     WHERE fingerprint = ?`,
    silencedUntil ?? null,
    silencedBy ?? null,
    fingerprint,
  );
  // What is changed into itself is not counted as changed everywhere.
  const [row] = yield* rows(
    "SELECT rule FROM Alarm WHERE fingerprint = ?",
    fingerprint,
  );
  if (row === undefined) return false;
  if (audit === undefined) return true;
  yield* writeAudit(
    alarmTarget({ fingerprint, rule: String(row.rule) }),
    audit,
  );
  return true;
}
