import { RouteMap } from "../../proto/mod.ts";
import { change, type Program } from "../steps.ts";
import type { RouteRow } from "../types.ts";
import { instancesOf, placeOf } from "./rows.ts";
import { type Context, deleteLease, Plan } from "./sync.ts";
import type {
  ExpireOptions,
  ExpireOutcome,
  InstanceRow,
  LeaseSeen,
} from "./types.ts";

/** Condition that a lease was not renewed since it was seen. */
const AS_SEEN = "WHERE agent = ? AND epoch = ? AND renewal = ?";

/** Ends leases that nobody has renewed since. */
export function* expireLeases(
  leases: readonly LeaseSeen[],
  {
    by,
    least = () => 0,
    only = () => true,
    isServed = () => false,
    ...context
  }:
    & ExpireOptions
    & Context,
): Program<ExpireOutcome[]> {
  yield { kind: "lock" };
  const due: LeaseSeen[] = [];
  for (const lease of leases) {
    // The row is ours until the end of the transaction: a renewal waits, and makes
    // a new lease.
    if ((yield* markLease(lease)) > 0) due.push(lease);
  }
  const instances = yield* instancesOf(due.map(({ agent }) => agent));
  const plan = yield* Plan.begin({
    instances,
    places: [],
    isServed,
    nowSeconds: context.nowSeconds,
  });
  const left = new RouteMap<number>();
  const mayGo = (row: InstanceRow): boolean => {
    if (!only(row)) return false;
    if (row.isStatic || row.state !== "served" || !plan.isPresent(row)) {
      return true;
    }
    const hosts = left.get(row) ?? plan.hostsOf(row);
    if (hosts <= least(row)) return false;
    left.set(row, hosts - 1);
    return true;
  };
  const outcomes = new Map<LeaseSeen, ExpireOutcome>();
  for (const lease of due) {
    const rows = plan.of(lease.agent);
    const gone = rows.filter(mayGo);
    const removed: RouteRow[] = gone
      .filter((row) => !row.isStatic && row.state === "served")
      .map(placeOf);
    for (const row of gone) plan.end(row);
    const state = gone.length === rows.length ? "expired" : "part";
    outcomes.set(lease, { ...lease, state, removed });
  }
  yield* plan.write(by, context);
  for (const [{ agent }, { state }] of outcomes) {
    if (state === "expired") yield* deleteLease(agent);
    else {
      yield* change(
        "UPDATE AgentLease SET instances = ?, set_hash = 0 WHERE agent = ?",
        plan.of(agent).length,
        agent,
      );
    }
  }
  return leases.map((lease) =>
    outcomes.get(lease) ?? { ...lease, state: "cancelled", removed: [] }
  );
}

/** Marks a lease as overdue, unless it was renewed; returns of how many rows. */
export function* markLease(
  { agent, epoch, renewal }: LeaseSeen,
): Program<number> {
  return yield* change(
    `UPDATE AgentLease SET overdue = 1 ${AS_SEEN}`,
    agent,
    epoch,
    renewal,
  );
}
