import { assert, assertEquals } from "@std/assert";
import { routeOf, rowOf, scanAll, type TestBody } from "../fixture.ts";

/** What every scan shows. */
export const scanTests: Record<string, TestBody> = {
  async "scan() yields each route once, ordered as numbers"(fixture) {
    await using store = await fixture.openRoutes();
    const rows = [10, 9, 2, 100].flatMap((id) => [
      rowOf(id, 10, 1),
      rowOf(id, 9, 1),
    ]);
    await store.edit({ add: rows });
    const keys = (await scanAll(store)).map(({ modId, cmdId }) =>
      `${modId},${cmdId}`
    );
    assertEquals(
      keys,
      ["2,9", "2,10", "9,9", "9,10", "10,9", "10,10", "100,9", "100,10"],
    );
  },
  async "scan() crosses batches, and a route that lies across two stays one"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const rows = Array.from({ length: 4_500 }, (_, index) => ({
      modId: index < 1_500 ? 1 : 2,
      cmdId: index < 1_500 ? index : 7,
      ip: index + 1,
      port: 80,
    }));
    await store.edit({ add: rows });
    const routes = await scanAll(store);
    assertEquals(routes.length, 1_501);
    assertEquals(routes.at(-1)?.hosts.length, 3_000);
    assertEquals(routes.flatMap((route) => route.hosts).length, rows.length);
  },
  async "scan() shows one snapshot, whatever is edited during it"(fixture) {
    await using store = await fixture.openRoutes();
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      modId: 1,
      cmdId: index,
      ip: 1,
      port: 80,
    }));
    await store.edit({ add: rows });
    let routes = 0;
    for await (const { cmdId } of store.scan()) {
      if (cmdId === 0) {
        await store.edit({ add: [rowOf(1, 9_999, 1)], remove: [rows[4_999]!] });
      }
      routes += 1;
      assert(cmdId < 5_000);
    }
    assertEquals(routes, 5_000);
    assertEquals((await scanAll(store)).at(-1)?.cmdId, 9_999);
  },
  async "scan() may be left early, and the store goes on"(fixture) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 2, 1)] });
    for await (const route of store.scan()) {
      assertEquals(route.cmdId, 1);
      break;
    }
    await store.edit({ remove: [rowOf(1, 1, 1)] });
    assertEquals(await scanAll(store), [routeOf(rowOf(1, 2, 1))]);
  },
};
