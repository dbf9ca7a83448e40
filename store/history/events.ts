import { EVENT_NAMES_MAX, type HostEvent } from "./types.ts";

/** Columns that tell events apart. */
export const EVENT_KEY_COLUMNS: readonly string[] = [
  "minute",
  "modid",
  "cmdid",
  "ip",
  "port",
  "kind",
  "reason",
];

/** Values of {@linkcode EVENT_KEY_COLUMNS}. */
export function eventKeyOf(
  { minute, modId, cmdId, ip, port, kind, reason }: HostEvent,
): number[] {
  return [minute, modId, cmdId, ip, port, kind, reason];
}

/** Makes one event of those that are the same, ordered by key. */
export function mergeEvents(events: Iterable<HostEvent>): HostEvent[] {
  const merged = new Map<string, HostEvent>();
  for (const event of events) {
    const key = eventKeyOf(event).join();
    const earlier = merged.get(key);
    merged.set(
      key,
      earlier === undefined ? event : mergeEvent(earlier, event),
    );
  }
  return [...merged.values()].sort(compareEvents);
}

/** Adds an event to an earlier one that is the same. */
export function mergeEvent(earlier: HostEvent, event: HostEvent): HostEvent {
  const names = new Set([...earlier.names, ...event.names]);
  return {
    ...isWorse(event, earlier) ? event : earlier,
    callers: earlier.callers + event.callers,
    names: [...names].slice(0, EVENT_NAMES_MAX),
  };
}

/** By the share of calls that failed, then by their duration. */
function isWorse(a: HostEvent, b: HostEvent): boolean {
  const byFailures = a.failures * b.calls - b.failures * a.calls;
  return byFailures === 0 ? a.meanUs > b.meanUs : byFailures > 0;
}

function compareEvents(a: HostEvent, b: HostEvent): number {
  const [left, right] = [eventKeyOf(a), eventKeyOf(b)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing < 0 ? 0 : left[differing]! - right[differing]!;
}
