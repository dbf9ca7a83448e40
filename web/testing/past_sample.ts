import { HostEventKind, HostReason, parseAddress } from "../../proto/mod.ts";
import { periodOf } from "../../store/mod.ts";
import { FakeFleet } from "../../store/testing/mod.ts";
import { alarmOf } from "./samples.ts";
import type { WebFixture } from "./web_fixture.ts";

/** A route that a deploy changes, and one that nothing does. */
export const CHANGED = { modId: 1, cmdId: 7 };
const UNCHANGED = { modId: 2, cmdId: 1 };

/** Its host that stays, one that the deploy takes away, and one that it adds. */
export const STAYS = "10.0.0.1:80";
export const GOES = "10.0.0.2:80";
export const COMES = "10.0.0.3:80";

/** Moments of {@linkcode addPast}, as addresses have them. */
export interface SampleMoments {
  /** Before there was any route. */
  empty: string;
  /** A second before the deploy. */
  before: string;
  /** After it: the new host fails. */
  after: string;
}

/**
 * Gives a fixture a past: two routes that are called, a deploy that replaces a
 * host by one that fails, a drain, and an alarm; then an hour without anything.
 */
export async function addPast(fixture: WebFixture): Promise<SampleMoments> {
  const { routes, history, clock } = fixture;
  const fleet = new FakeFleet(history);
  const row = (host: string, key = CHANGED) => ({
    ...key,
    ...parseAddress(host),
  });
  const now = () =>
    new Date(clock.wallSeconds() * 1_000).toISOString().replace(".000Z", "Z");
  const call = async (failing: string, failed: number) => {
    await clock.advance(60_000);
    const minute = periodOf("minute", clock.wallSeconds()) - 1;
    await fleet.call(minute, [
      { ...CHANGED, host: STAYS, calls: 600, callers: 3 },
      { ...CHANGED, host: failing, calls: 600, failed, callers: 3 },
      { ...UNCHANGED, host: STAYS, calls: 60, callers: 1 },
    ]);
  };
  const by = { actor: "user alice", action: "change routes" };
  const empty = now();
  await clock.advance(60_000);
  await history.beat([FakeFleet.agent("gone")]);
  await routes.edit({
    add: [row(STAYS), { ...row(GOES), weight: 50 }, row(STAYS, UNCHANGED)],
  }, { by });
  for (let minute = 0; minute < 3; minute++) await call(GOES, 0);
  const before = now();
  await clock.advance(1_000);
  await routes.edit({
    add: [row(COMES)],
    remove: [row(GOES)],
    settings: [{ ...CHANGED, policy: "adaptive" }],
  }, { by: { ...by, comment: "deploy 881" } });
  await call(COMES, 600);
  await fleet.happen({
    ...CHANGED,
    host: COMES,
    minute: periodOf("minute", clock.wallSeconds()),
    kind: HostEventKind.ejected,
    reason: HostReason.refused,
  });
  await history.writeAlarms([
    { ...alarmOf({}, "watchdog"), rule: "Watchdog" },
    {
      ...alarmOf({ modid: "1", cmdid: "7" }),
      since: clock.wallSeconds(),
      lastSent: clock.wallSeconds(),
    },
  ]);
  await routes.edit({
    drain: [{
      ...parseAddress(STAYS),
      route: CHANGED,
      who: "user bob",
      reason: "kernel update",
    }],
  }, { by: { ...by, actor: "user bob", action: "drain" } });
  await call(COMES, 600);
  const after = now();
  await clock.advance(3_600_000);
  await history.beat([FakeFleet.agent("there")]);
  // The copy and what callers tell are read anew.
  await clock.advance(2_000);
  return { empty, before, after };
}
