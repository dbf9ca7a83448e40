import { HostState } from "../../proto/mod.ts";
import {
  type HistoryStore,
  type HostStateRow,
  periodOf,
} from "../history/types.ts";
import type { RouteRow } from "../types.ts";

/** How far the callers of drained hosts have stopped; each is counted once for each route and host. */
export interface DrainProgress {
  /** Agents that called in the minute asked for or the one before, or that tell how they see the host. */
  callers: number;
  /** Those of them that know of the drain, and have no call under way. */
  stopped: number;
  /** Calls that are under way at the others, as far as they know of the drain. */
  inFlight: number;
}

/** Whether every caller has stopped, as far as is known. */
export function haveStopped(
  { callers, stopped, inFlight }: DrainProgress,
): boolean {
  return stopped >= callers && inFlight === 0;
}

/**
 * Reads how far the callers of drained hosts have stopped. Who counts as a caller
 * is asked of the minutes of `atSeconds`, a Unix time: that of the drain, or later.
 */
export async function readDrainProgress(
  history: Pick<HistoryStore, "states" | "hostHistory">,
  { places, atSeconds }: {
    places: readonly RouteRow[];
    atSeconds: number;
  },
): Promise<DrainProgress> {
  const progress: DrainProgress = { callers: 0, stopped: 0, inFlight: 0 };
  const to = periodOf("minute", atSeconds);
  for (const { modId, cmdId, ip, port } of places) {
    const [key, host] = [{ modId, cmdId }, { ip, port }];
    const states = await history.states({ key, host });
    const minutes = await history.hostHistory({
      tier: "minute",
      key,
      host,
      from: to - 1,
      to,
    });
    const counts = minutes.map(({ callers }) => callers);
    progress.callers += Math.max(states.length, ...counts);
    progress.stopped += states.filter(hasStopped).length;
    progress.inFlight += sum(states.filter(isDraining));
  }
  return progress;
}

function isDraining({ state }: HostStateRow): boolean {
  return state === HostState.drained;
}

function hasStopped(row: HostStateRow): boolean {
  return isDraining(row) && row.inFlight === 0;
}

function sum(rows: readonly HostStateRow[]): number {
  return rows.reduce((total, { inFlight }) => total + inFlight, 0);
}
