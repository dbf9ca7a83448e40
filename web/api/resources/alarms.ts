import type { z } from "@hono/zod-openapi";
import type { AlarmRow } from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import type { ApiContext } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";

/** Rule of the alarm that always fires where a reporter looks for alarms. */
const WATCHDOG = "Watchdog";

/** Alarms that reporters have found in the history. */
export function addAlarmResource(
  operations: Operations,
  { history, clock }: ApiContext,
): void {
  operations.add({
    method: "get",
    path: "/alarms",
    summary: "Alarms that fire, and those that are over, the newest first",
    needs: "read",
    answers: {
      200: { description: "Alarms", schema: shapes.alarms },
      304: { description: "As it was" },
    },
  }, async ({ context }) => {
    const rows = await history.alarms();
    const nowSeconds = clock.wallSeconds();
    const items = rows.filter(({ rule }) => rule !== WATCHDOG)
      .sort((a, b) =>
        Number(a.resolvedAt !== undefined) -
          Number(b.resolvedAt !== undefined) || b.since - a.since
      )
      .map((row) => alarmJson(row, nowSeconds));
    const isWatched = rows.some(({ rule }) => rule === WATCHDOG);
    return answerHashed(context, { isWatched, items });
  });
}

function alarmJson(
  row: AlarmRow,
  nowSeconds: number,
): z.output<typeof shapes.alarm> {
  const { silencedUntil = 0, silencedBy } = row;
  const isSilenced = silencedUntil > nowSeconds;
  return {
    id: row.fingerprint,
    alarm: row.rule,
    labels: { ...row.labels },
    summary: row.summary,
    value: row.value,
    since: shapes.timeOf(row.since),
    ended: timeOrNull(row.resolvedAt),
    sent: timeOrNull(row.lastSent),
    silencedUntil: isSilenced ? shapes.timeOf(silencedUntil) : null,
    silencedBy: isSilenced ? silencedBy ?? null : null,
  };
}

function timeOrNull(seconds: number | undefined): string | null {
  return seconds === undefined ? null : shapes.timeOf(seconds);
}
