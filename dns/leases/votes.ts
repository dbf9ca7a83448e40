import { HostReason, HostState } from "../../proto/mod.ts";
import { type HistoryStore, periodOf, type RouteRow } from "../../store/mod.ts";

/** What callers have told of hosts. */
export type CallerEvidence = Pick<
  HistoryStore,
  "states" | "hostHistory" | "newestMinute"
>;

/** States in which a caller sends a host no calls, or few. */
const OUT: readonly number[] = [
  HostState.suspect,
  HostState.ejected,
  HostState.overloaded,
];

/**
 * Whether at least half of the callers that used a host lately find that it refuses
 * connections or does not answer. `nowSeconds` is the Unix time, which says only what
 * is newest: where that is wrong, nobody votes.
 */
export async function isVotedDead(
  evidence: CallerEvidence,
  row: RouteRow,
  nowSeconds: number,
): Promise<boolean> {
  const key = { modId: row.modId, cmdId: row.cmdId };
  const host = { ip: row.ip, port: row.port };
  const states = await evidence.states({ key, host });
  const votes = states.filter(({ state, reason }) =>
    OUT.includes(state) &&
    (reason === HostReason.refused || reason === HostReason.timeout)
  ).length;
  if (votes === 0) return false;
  const to = await evidence.newestMinute(periodOf("minute", nowSeconds));
  if (to === undefined) return false;
  const minutes = await evidence.hostHistory({
    tier: "minute",
    key,
    host,
    from: to - 2,
    to,
  });
  if (minutes.length === 0) return false;
  const callers = Math.max(
    states.length,
    ...minutes.map(({ callers }) => callers),
  );
  return votes * 2 >= callers;
}
