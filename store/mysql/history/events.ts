import {
  EVENT_KEY_COLUMNS,
  eventKeyOf,
  mergeEvent,
} from "../../history/events.ts";
import { toEventRow } from "../../history/rows.ts";
import type { HostEvent } from "../../history/types.ts";
import { chunks, formatAnyOf, formatText } from "../rows.ts";
import type { Session } from "../session.ts";

/** Most events that one statement names by their keys. */
const EVENTS_PER_STATEMENT = 200;

/** Adds events, each once, inside the caller's transaction. */
export async function addEvents(
  session: Session,
  events: readonly HostEvent[],
): Promise<void> {
  const minutes = new Set(events.map(({ minute }) => minute));
  const periods = [...minutes].map((minute) => `('HostEvent',${minute})`);
  if (periods.length === 0) return;
  await session.change(
    `INSERT IGNORE INTO HistoryPeriod (name, period) VALUES ${periods}`,
  );
  for (const some of chunks(events, EVENTS_PER_STATEMENT)) {
    await addSome(session, some);
  }
}

/** Adds events, at most as many as one statement names. */
async function addSome(
  session: Session,
  events: readonly HostEvent[],
): Promise<void> {
  const keys = formatAnyOf(EVENT_KEY_COLUMNS, events.map(eventKeyOf));
  const rows = await session.rows(
    `SELECT * FROM HostEvent WHERE ${keys} FOR UPDATE`,
  );
  const stored = new Map(
    rows.map(toEventRow).map((row) => [eventKeyOf(row).join(), row]),
  );
  const fresh: HostEvent[] = [];
  for (const event of events) {
    const earlier = stored.get(eventKeyOf(event).join());
    if (earlier === undefined) {
      fresh.push(event);
      continue;
    }
    // INSERT would use up an id for each.
    const columns = eventColumns(mergeEvent(earlier, event));
    const changes = Object.entries(columns)
      .map(([name, value]) => `${name} = ${value}`);
    await session.change(
      `UPDATE HostEvent SET ${changes.join(", ")} WHERE id = ${earlier.id}`,
    );
  }
  if (fresh.length === 0) return;
  const names = Object.keys(eventColumns(fresh[0]!));
  const values = fresh.map((event) =>
    `(${[...eventKeyOf(event), ...Object.values(eventColumns(event))].join()})`
  );
  // Another writer may have added the same since.
  await session.change(
    `INSERT INTO HostEvent (${[...EVENT_KEY_COLUMNS, ...names].join(", ")})
     VALUES ${values.join()}
     ON DUPLICATE KEY UPDATE callers = callers + VALUES(callers)`,
  );
}

/** Columns of an event besides its key, as SQL writes them. */
function eventColumns(event: HostEvent): Record<string, number | string> {
  return {
    callers: event.callers,
    names: formatText(event.names.join()),
    calls: event.calls,
    failures: event.failures,
    mean_us: event.meanUs,
    peers_mean_us: event.peersMeanUs,
    policy: formatText(event.policy),
  };
}
