import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { ACCEPTED_MAX, type ChangeFeed, type Changes } from "../../types.ts";
import { assertPoll, rowOf, type TestBody } from "../fixture.ts";

/** What every store says of itself. */
export const identityTests: Record<string, TestBody> = {
  async "identity() is the same for all who open it"(fixture) {
    await using first = await fixture.openRoutes();
    await using second = await fixture.openRoutes();
    const { identity, accepted } = await first.identity();
    assertMatch(identity ?? "", /^[0-9a-f]{32}$/);
    assertEquals(accepted, 0);
    assertEquals(await second.identity(), { identity, accepted });
    await second.edit({ add: [rowOf(1, 1, 1)] });
    assertEquals(await first.identity(), { identity, accepted });
  },
  async "accept() counts, and every feed tells it"(fixture) {
    await using first = await fixture.openRoutes();
    await using second = await fixture.openRoutes();
    const before = await first.identity();
    const feed = await first.watch();
    assertEquals((await feed.poll()).identity, before);
    const after = { ...before, accepted: 1 };
    assertEquals(await second.accept(), after);
    const changes = { routes: [], unnamed: false };
    assertEquals(await poll(feed), { ...changes, identity: after });
    assertEquals(await poll(feed), { ...changes, identity: after });
    assertEquals((await second.accept()).accepted, 2);
    assertEquals((await feed.poll()).identity.accepted, 2);
  },
  async "accept() begins again at 0 after the highest count"(fixture) {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await fixture.tables.setAccepted(ACCEPTED_MAX);
    assertEquals((await feed.poll()).identity.accepted, ACCEPTED_MAX);
    assertEquals((await store.accept()).accepted, 0);
    assertEquals((await feed.poll()).identity.accepted, 0);
    assertEquals((await store.accept()).accepted, 1);
  },
  async "poll() of another store names nothing: only a full comparison tells"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const before = await store.identity();
    const feed = await store.watch();
    const other = "0123456789abcdef0123456789abcdef";
    assertNotEquals(before.identity, other);
    await store.edit({ add: [rowOf(1, 1, 1)] });
    await fixture.tables.setIdentity(other);
    const identity = { identity: other, accepted: 0 };
    const first = { routes: [], unnamed: true, identity };
    assertEquals(await poll(feed), first);
    assertEquals(await poll(feed), { ...first, unnamed: false });
    await store.edit({ add: [rowOf(1, 1, 2)] });
    await assertPoll(feed, [rowOf(1, 1, 1), rowOf(1, 1, 2)]);
  },
};

/** What a poll tells, but whether there was a commit, which not every store knows. */
async function poll(feed: ChangeFeed): Promise<Changes> {
  const { hasCommit: _, ...changes } = await feed.poll();
  return changes;
}
