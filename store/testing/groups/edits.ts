import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import {
  assertPoll,
  hostOf,
  routeOf,
  rowOf,
  scanAll,
  type TestBody,
} from "../fixture.ts";
import { VERSION_MAX } from "../../types.ts";

/** What every store does with edits and reads. */
export const editTests: Record<string, TestBody> = {
  async "edit() adds and removes rows and says how many"(fixture) {
    await using store = await fixture.openRoutes();
    const [a, b] = [rowOf(1, 1, 1), rowOf(1, 1, 2)];
    assertEquals(await store.edit({ add: [a, b] }), {
      added: 2,
      removed: 0,
      changed: 0,
    });
    assertEquals(await store.edit({ add: [rowOf(1, 1, 3)], remove: [a] }), {
      added: 1,
      removed: 1,
      changed: 0,
    });
    const [route] = await store.read([{ modId: 1, cmdId: 1 }]);
    assertEquals(
      route?.hosts.toSorted((a, b) => a.ip - b.ip),
      [b, rowOf(1, 1, 3)].map(hostOf),
    );
  },
  async "edit() moves RouteVersion each time and names each route once"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const before = await fixture.tables.version();
    await store.edit({
      add: [rowOf(2, 1, 1), rowOf(1, 1, 1), rowOf(1, 1, 2)],
    });
    const between = await fixture.tables.version();
    await store.edit({ remove: [rowOf(2, 1, 1)] });
    assertGreater(between, before);
    assertGreater(await fixture.tables.version(), between);
    assertEquals(await fixture.tables.changes(), [
      { modId: 1, cmdId: 1 },
      { modId: 2, cmdId: 1 },
      { modId: 2, cmdId: 1 },
    ]);
  },
  async "edit() works and is told when RouteVersion is at its maximum"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    const feed = await store.watch();
    // What a script leaves that writes milliseconds into 32 bits.
    await fixture.tables.moveVersion(VERSION_MAX);
    await assertPoll(feed, [], { unnamed: true });
    for (const last of [2, 3]) {
      const before = await fixture.tables.version();
      const { added } = await store.edit({ add: [rowOf(2, 1, last)] });
      const after = await fixture.tables.version();
      assertEquals([added, after !== before, after < VERSION_MAX], [
        1,
        true,
        true,
      ]);
      const { routes, unnamed } = await feed.poll();
      assertEquals([routes.length, unnamed], [1, false]);
    }
    await fixture.tables.moveVersion(VERSION_MAX - 1);
    await store.edit({ remove: [rowOf(1, 1, 1)] });
    assertEquals(await fixture.tables.version(), VERSION_MAX);
  },
  async "edit() that finds nothing to do leaves the version and the feed alone"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    const before = await fixture.tables.version();
    const feed = await store.watch();
    assertEquals(
      await store.edit({ add: [rowOf(1, 1, 1)], remove: [rowOf(3, 3, 3)] }),
      { added: 0, removed: 0, changed: 0 },
    );
    assertEquals(await fixture.tables.version(), before);
    assertEquals((await fixture.tables.changes()).length, 1);
    await assertPoll(feed, []);
  },
  async "edit() refuses rows that no route can have, and writes none of the others"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const good = rowOf(1, 1, 1);
    for (
      const bad of [
        { ...good, modId: -1 },
        { ...good, cmdId: 2 ** 31 },
        { ...good, ip: 0 },
        { ...good, ip: 2 ** 32 },
        { ...good, port: 0 },
        { ...good, port: 65_536 },
        { ...good, port: 1.5 },
      ]
    ) {
      await assertRejects(() => store.edit({ add: [good, bad] }), RangeError);
      await assertRejects(() => store.edit({ remove: [bad] }), RangeError);
    }
    assertEquals(await scanAll(store), []);
  },
  async "edit() and read() keep the whole range of ids, addresses and ports"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const id = 2_147_483_647;
    const row = { modId: id, cmdId: id, ip: 0xffff_ffff, port: 65_535 };
    const low = { modId: 0, cmdId: 0, ip: 1, port: 1 };
    await store.edit({ add: [row, low] });
    assertEquals(await scanAll(store), [low, row].map(routeOf));
  },
  async "read() gives routes in the order asked for, without hosts when unknown"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1), rowOf(2, 2, 2)] });
    const keys = [
      { modId: 2, cmdId: 2 },
      { modId: 9, cmdId: 9 },
      { modId: -1, cmdId: 2 ** 40 },
      { modId: 1, cmdId: 1 },
      { modId: 2, cmdId: 2 },
    ];
    assertEquals(await store.read(keys), [
      routeOf(rowOf(2, 2, 2)),
      { modId: 9, cmdId: 9, hosts: [] },
      { modId: -1, cmdId: 2 ** 40, hosts: [] },
      routeOf(rowOf(1, 1, 1)),
      routeOf(rowOf(2, 2, 2)),
    ]);
    assertEquals(await store.read([]), []);
  },
};
