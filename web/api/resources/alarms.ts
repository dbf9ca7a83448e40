import { z } from "@hono/zod-openapi";
import type { AlarmRow } from "../../../store/mod.ts";
import type { Actor, RouteScope } from "../../access/actor.ts";
import { answerHashed } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, authorOf } from "../context.ts";
import { momentOf } from "../moment.ts";
import { checkNeed, type Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";

/** Rule of the alarm that always fires where a reporter looks for alarms. */
const WATCHDOG = "Watchdog";

/** Most of the name of who silences that the store keeps. */
const SILENCED_BY_MAX = 64;

const ALARM = z.object({ id: z.string().regex(/^[\w-]{1,64}$/) });

/** Alarms that reporters have found in the history. */
export function addAlarmResource(
  operations: Operations,
  api: ApiContext,
): void {
  const { history, clock, alarmRules } = api;
  operations.add({
    method: "get",
    path: "/alarms",
    summary: "Alarms that fire, and those that are over, the newest first",
    needs: "read",
    query: z.object(shapes.atQuery),
    answers: {
      200: { description: "Alarms", schema: shapes.alarms },
      304: { description: "As it was" },
    },
  }, async ({ query, context }) => {
    const at = momentOf(api, query.at)?.at;
    const known = await history.alarms();
    const rows = at === undefined ? known : known.flatMap(alarmAt(at));
    const nowSeconds = clock.wallSeconds();
    const items = rows.filter(({ rule }) => rule !== WATCHDOG)
      .sort((a, b) =>
        Number(a.resolvedAt !== undefined) -
          Number(b.resolvedAt !== undefined) || b.since - a.since
      )
      .map((row) => alarmJson(row, nowSeconds));
    const isWatched = rows.some(({ rule }) => rule === WATCHDOG);
    return answerHashed(context, {
      isWatched,
      items,
      rules: alarmRules,
    });
  });
  addSilences(operations, api);
  addTest(operations, api);
}

/** An alarm that means nothing, to see whether alarms arrive: it ends when it has. */
function addTest(operations: Operations, api: ApiContext): void {
  const { history, clock } = api;
  operations.add({
    method: "post",
    path: "/alarms/test",
    summary:
      "Have every receiver told of an alarm that means nothing: it is in the list, with when it was sent",
    needs: "drain",
    answers: { 202: { description: "The alarm", schema: shapes.alarm } },
  }, async ({ context, actor }) => {
    const known = await history.alarms();
    if (!known.some(({ rule }) => rule === WATCHDOG)) {
      throw new ProblemError(
        "conflict",
        "No reporter has looked for alarms in this store: none would tell anybody",
      );
    }
    const alarm = {
      fingerprint: `test-${crypto.getRandomValues(new Uint8Array(6)).toHex()}`,
      rule: "Test",
      labels: {},
      summary: `${actor!.label} tries whether alarms arrive`,
      value: 0,
      since: clock.wallSeconds(),
      lastSent: undefined,
      resolvedAt: undefined,
      sends: 0,
    };
    const by = authorOf(context, actor!, { action: "test alarms" });
    await history.writeAlarms([alarm], by);
    const row = { ...alarm, silencedUntil: undefined, silencedBy: undefined };
    return context.json(alarmJson(row, clock.wallSeconds()), 202);
  });
}

/** Silences: who may take a host out may also have nobody told of it again. */
function addSilences(operations: Operations, api: ApiContext): void {
  const { history, clock } = api;
  const path = "/alarms/{id}/silence";

  operations.add({
    method: "put",
    path,
    summary: "Tell no one of an alarm for a while, or say until when anew",
    needs: "drain",
    params: ALARM,
    body: shapes.silenceInput,
    answers: { 200: { description: "The alarm", schema: shapes.alarm } },
  }, async ({ params, body, context, actor }) => {
    const row = await find(api, params.id, actor);
    if (row.resolvedAt !== undefined) {
      throw new ProblemError("conflict", "The alarm is over");
    }
    const silencedUntil = Math.floor(Date.parse(body.until) / 1_000);
    if (silencedUntil <= clock.wallSeconds()) {
      throw new ProblemError("unprocessable", "The silence is over already", {
        errors: [{ pointer: "#/until", detail: "must be later than now" }],
      });
    }
    const silencedBy = actor!.label.slice(0, SILENCED_BY_MAX);
    const silence = { silencedUntil, silencedBy };
    await history.silenceAlarm(
      row.fingerprint,
      silence,
      authorOf(context, actor!, {
        action: `silence alarm until ${shapes.timeOf(silencedUntil)}`,
        comment: body.reason,
      }),
    );
    return context.json(alarmJson({ ...row, ...silence }, clock.wallSeconds()));
  });

  operations.add({
    method: "delete",
    path,
    summary: "End the silence of an alarm",
    needs: "drain",
    params: ALARM,
    answers: { 204: { description: "It is not silenced any more" } },
  }, async ({ params, context, actor }) => {
    const row = await find(api, params.id, actor);
    if (row.silencedUntil !== undefined) {
      await history.silenceAlarm(
        row.fingerprint,
        { silencedUntil: undefined, silencedBy: undefined },
        authorOf(context, actor!, { action: "end silence of alarm" }),
      );
    }
    return context.body(null, 204);
  });
}

/** An alarm that the one who asks may silence. @throws {ProblemError} If there is none. */
async function find(
  { history }: ApiContext,
  id: string,
  actor: Actor | undefined,
): Promise<AlarmRow> {
  const row = (await history.alarms()).find(({ fingerprint, rule }) =>
    fingerprint === id && rule !== WATCHDOG
  );
  if (row === undefined) {
    throw new ProblemError("not_found", `There is no alarm ${id}`);
  }
  checkNeed("drain", actor, routesOf(row));
  return row;
}

/** The route that an alarm is of; one of no route is of all. */
function routesOf({ labels }: AlarmRow): RouteScope {
  const { modid, cmdid } = labels;
  return modid === undefined || cmdid === undefined
    ? { modId: "*", cmdId: "*" }
    : { modId: Number(modid), cmdId: Number(cmdid) };
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

/**
 * The alarm as it was at a time in Unix seconds, if it had begun. Of each only the
 * last time that it fired is kept, and of silences when they end.
 */
function alarmAt(at: number): (row: AlarmRow) => AlarmRow[] {
  const ifBy = (seconds: number | undefined) =>
    seconds !== undefined && seconds <= at ? seconds : undefined;
  return (row) =>
    row.since > at ? [] : [{
      ...row,
      resolvedAt: ifBy(row.resolvedAt),
      lastSent: ifBy(row.lastSent),
      silencedUntil: undefined,
      silencedBy: undefined,
    }];
}

function timeOrNull(seconds: number | undefined): string | null {
  return seconds === undefined ? null : shapes.timeOf(seconds);
}
