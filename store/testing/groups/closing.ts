import { assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "../../types.ts";
import { rowOf, scanAll, statusOf, type TestBody } from "../fixture.ts";

/** How every store ends. */
export const closingTests: Record<string, TestBody> = {
  async "a store closes twice, and refuses every use afterwards"(fixture) {
    const routes = await fixture.openRoutes();
    const statuses = await fixture.openStatuses();
    const feed = await routes.watch();
    for (const store of [routes, statuses, routes, statuses]) {
      await store[Symbol.asyncDispose]();
    }
    for (
      const use of [
        () => routes.read([{ modId: 1, cmdId: 1 }]),
        () => routes.edit({ add: [rowOf(1, 1, 1)] }),
        () => routes.watch(),
        () => scanAll(routes),
        () => feed.poll(),
        () => statuses.list(),
        () => statuses.write([statusOf({})]),
      ]
    ) {
      const error = await assertRejects(use, StoreError, "closed");
      assertEquals(error.retry, false);
    }
  },
  async "a scan under way ends with an error when its store closes"(fixture) {
    const store = await fixture.openRoutes();
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      modId: 1,
      cmdId: index,
      ip: 1,
      port: 80,
    }));
    await store.edit({ add: rows });
    await assertRejects(async () => {
      for await (const { cmdId } of store.scan()) {
        if (cmdId === 0) await store[Symbol.asyncDispose]();
      }
    }, StoreError);
  },
};
