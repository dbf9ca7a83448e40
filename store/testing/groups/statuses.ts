import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { type StatusRow, StoreError } from "../../types.ts";
import { statusOf, type TestBody } from "../fixture.ts";

/** What every store does with statuses. */
export const statusTests: Record<string, TestBody> = {
  async "write() keeps the newest status of each key"(fixture) {
    await using store = await fixture.openStatuses();
    await store.write([
      statusOf({ succ: 1 }),
      statusOf({ succ: 2, err: 3, overload: true }),
      statusOf({ caller: 8 }),
    ]);
    await store.write([statusOf({ caller: 8, succ: 5 })]);
    assertEquals(await store.list(), [
      statusOf({ succ: 2, err: 3, overload: true }),
      statusOf({ caller: 8, succ: 5 }),
    ]);
  },
  async "write() takes unsigned addresses and the largest counters"(fixture) {
    await using store = await fixture.openStatuses();
    const largest = 0xffff_ffff;
    const row = statusOf({ ip: largest, caller: largest, port: 65_535 });
    await store.write([{ ...row, succ: largest, err: largest, ts: largest }]);
    const [stored] = await store.list();
    assertEquals(stored?.ip, largest);
    assertEquals(stored?.caller, largest);
    assertEquals(stored?.ts, largest);
    // A database of the original has signed counters, which stop at their top.
    assertGreater(stored?.succ ?? 0, 2 ** 31 - 2);
    assertGreater(stored?.err ?? 0, 2 ** 31 - 2);
  },
  async "write() refuses a batch with a value that fits no column, whole"(
    fixture,
  ) {
    await using store = await fixture.openStatuses();
    for (const bad of [{ ip: -1 }, { succ: 2 ** 32 }, { ts: NaN }]) {
      await assertRejects(
        () => store.write([statusOf({}), statusOf(bad)]),
        RangeError,
      );
    }
    await store.write([]);
    assertEquals(await store.list(), []);
  },
  async "write() writes to the store that was meant, and not to one in its place"(
    fixture,
  ) {
    await using store = await fixture.openStatuses();
    await using routes = await fixture.openRoutes();
    const { identity } = await routes.identity();
    await store.write([statusOf({})], { onlyIn: identity });
    const error = await assertRejects(
      () => store.write([statusOf({ caller: 8 })], { onlyIn: "0".repeat(32) }),
      StoreError,
      "another store stands in its place",
    );
    assertEquals(error.retry, true);
    assertEquals(await store.list(), [statusOf({})]);
  },
  async "page() goes through all rows in order, and remove() takes some away"(
    fixture,
  ) {
    await using store = await fixture.openStatuses();
    const rows = [
      statusOf({ modId: -5 }),
      statusOf({}),
      statusOf({ caller: 0xffff_ffff }),
      statusOf({ port: 81 }),
      statusOf({ ip: 0xffff_fffe, caller: 1 }),
      statusOf({ cmdId: 2, ip: 1 }),
      statusOf({ modId: 2, cmdId: -1 }),
    ];
    await store.write(rows.toReversed());
    const paged: StatusRow[] = [];
    for (let page = await store.page({ limit: 2 }); page.length > 0;) {
      paged.push(...page);
      page = await store.page({ after: page.at(-1), limit: 2 });
    }
    assertEquals(paged, rows);
    await store.remove([rows[4]!, rows[0]!, statusOf({ caller: 99 })]);
    await store.remove([]);
    assertEquals(await store.list(), rows.toSpliced(4, 1).slice(1));
  },
  async "list() gives one route, or all, ordered by key"(fixture) {
    await using store = await fixture.openStatuses();
    const rows = [
      statusOf({ modId: 2 }),
      statusOf({ cmdId: 10 }),
      statusOf({ ip: 9 }),
      statusOf({ cmdId: 9 }),
    ];
    await store.write(rows);
    assertEquals(await store.list(), [
      rows[2]!,
      rows[3]!,
      rows[1]!,
      rows[0]!,
    ]);
    assertEquals(await store.list({ modId: 2, cmdId: 1 }), [rows[0]!]);
    assertEquals(await store.list({ modId: 3, cmdId: 1 }), []);
  },
};
