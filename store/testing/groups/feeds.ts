import { assertEquals } from "@std/assert";
import {
  assertPoll,
  assertToldOf,
  hostOf,
  routeOf,
  rowOf,
  scanAll,
  statusOf,
  type TestBody,
} from "../fixture.ts";

/** What every feed tells. */
export const feedTests: Record<string, TestBody> = {
  async "poll() tells each edit once, as it is now, and nothing from before watch()"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    const feed = await store.watch();
    await assertPoll(feed, []);
    await store.edit({ add: [rowOf(1, 2, 1)] });
    await store.edit({ add: [rowOf(1, 2, 2)] });
    await store.edit({ remove: [rowOf(1, 1, 1)] });
    await assertPoll(feed, [rowOf(1, 2, 1), rowOf(1, 2, 2)], {
      gone: [{ modId: 1, cmdId: 1 }],
    });
    await assertPoll(feed, []);
  },
  async "poll() of every feed tells every edit, whichever store made it"(
    fixture,
  ) {
    await using first = await fixture.openRoutes();
    await using second = await fixture.openRoutes();
    const feeds = [
      await first.watch(),
      await second.watch(),
      await second.watch(),
    ];
    await first.edit({ add: [rowOf(1, 1, 1)] });
    for (const feed of feeds) await assertPoll(feed, [rowOf(1, 1, 1)]);
    await second.edit({ add: [rowOf(1, 2, 2)] });
    for (const feed of feeds) await assertPoll(feed, [rowOf(1, 2, 2)]);
    for (const feed of feeds) await assertPoll(feed, []);
  },
  async "poll() loses nothing when the rows it has told are deleted"(fixture) {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    await assertPoll(feed, [rowOf(1, 1, 1)]);
    await fixture.tables.deleteChanges();
    await assertPoll(feed, []);
    await store.edit({ add: [rowOf(1, 2, 2)] });
    await assertPoll(feed, [rowOf(1, 2, 2)]);
  },
  async "poll() tells of an unnamed change when its row was deleted unread"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    await fixture.tables.deleteChanges();
    await assertPoll(feed, [], { unnamed: true });
    await assertPoll(feed, []);
  },
  async "poll() tells of an unnamed change when only RouteVersion moved"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await fixture.tables.insertHost(rowOf(1, 1, 1));
    await fixture.tables.moveVersion();
    await assertPoll(feed, [], { unnamed: true });
    await assertPoll(feed, []);
  },
  async "poll() tells edits made by hand, also two within one second"(
    fixture,
  ) {
    const { tables } = fixture;
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    for (const last of [1, 2, 3]) {
      await tables.insertHost(rowOf(1, last, last));
      await tables.moveVersion();
      await tables.insertChange({ modId: 1, cmdId: last });
      await assertPoll(feed, [rowOf(1, last, last)]);
    }
    const key = { modId: 1, cmdId: 1 };
    await tables.deleteRoute(key);
    await tables.moveVersion();
    await tables.insertChange(key);
    await assertPoll(feed, [], { gone: [key] });
    await assertPoll(feed, []);
  },
  async "poll() tells a weight set by hand once it is announced"(fixture) {
    await using store = await fixture.openRoutes();
    const row = rowOf(1, 1, 1);
    await store.edit({ add: [row] });
    const feed = await store.watch();
    await fixture.tables.insertAttributes({ ...row, weight: 5 });
    // The full comparison would find it, the feed does not.
    await assertPoll(feed, []);
    await fixture.tables.moveVersion();
    await fixture.tables.insertChange(row);
    const hosts = [{ ...hostOf(row), weight: 5 }];
    await assertToldOf(feed, { modId: 1, cmdId: 1, hosts });
  },
  async "poll() is not disturbed by statuses"(fixture) {
    await using store = await fixture.openRoutes();
    await using statuses = await fixture.openStatuses();
    const feed = await store.watch();
    await statuses.write([statusOf({ succ: 1 })]);
    await assertPoll(feed, []);
  },
  async "a silent edit is found by scan()"(fixture) {
    await using store = await fixture.openRoutes();
    await fixture.tables.insertHost(rowOf(1, 1, 1));
    assertEquals(await scanAll(store), [routeOf(rowOf(1, 1, 1))]);
  },
};
