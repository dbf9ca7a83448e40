import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RouteHost } from "../../../proto/mod.ts";
import type { HostDrain, RouteStore } from "../../types.ts";
import { assertPoll, rowOf, scanAll, type TestBody } from "../fixture.ts";

const [A, B] = [rowOf(1, 1, 1), rowOf(1, 1, 2)];
const [SAME_MACHINE, OTHER_ROUTE] = [{ ...A, port: 80 }, { ...A, cmdId: 2 }];
const ALL = [A, B, SAME_MACHINE, OTHER_ROUTE];
const { ip, port } = A;
const WHY = { who: "alice@ops", reason: "disk is failing" };

/** What every store does with drains. */
export const drainTests: Record<string, TestBody> = {
  async "edit() drains a host in every route that has it, and takes that back"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [{ ...A, weight: 50 }, ...ALL] });
    const [feed, version] = [
      await store.watch(),
      await fixture.tables.version(),
    ];
    const drain = { ip, port, ...WHY, until: 2_000_000_000 };
    const result = await store.edit({ drain: [drain] });
    assertEquals(result, { added: 0, removed: 0, changed: 1 });
    assert(await fixture.tables.version() > version);
    await assertPoll(feed, ALL);
    await assertDrained(store, [A, OTHER_ROUTE]);
    const [drained] = (await store.read([A]))[0]!.hosts.filter(isMarked);
    assertEquals(drained, { ip, port, weight: 50, drained: true });
    const [listed, ...more] = await store.drains();
    assertEquals({ ...listed, since: 0 }, { ...drain, since: 0 });
    assertEquals(more, []);

    const back = await store.edit({ undrain: [{ ip, port }] });
    assertEquals(back, { added: 0, removed: 0, changed: 1 });
    await assertPoll(feed, ALL);
    await assertDrained(store, []);
    assertEquals(await store.drains(), []);
  },
  async "edit() drains a host in one route, or a machine, and names no other route"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: ALL });
    const feed = await store.watch();
    const route = { modId: 1, cmdId: 2 };
    await store.edit({ drain: [{ ip, port, route, ...WHY }] });
    await assertPoll(feed, [OTHER_ROUTE]);
    await assertDrained(store, [OTHER_ROUTE]);
    await store.edit({ drain: [{ ip, ...WHY }] });
    await assertPoll(feed, ALL);
    await assertDrained(store, [A, SAME_MACHINE, OTHER_ROUTE]);
    await store.edit({ drain: [{ ip: 9, ...WHY }] });
    await assertPoll(feed, []);
    const targets = (await store.drains()).map((
      { ip, port, route },
    ) => [ip, port, route?.cmdId]);
    assertEquals(targets, [
      [9, undefined, undefined],
      [ip, undefined, undefined],
      [ip, port, 2],
    ]);
  },
  async "a drained machine is drained with every host that is added to it later"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ drain: [{ ip, ...WHY }] });
    await store.edit({ add: ALL });
    await assertDrained(store, [A, SAME_MACHINE, OTHER_ROUTE]);
    await fixture.tables.insertHost({ ...A, cmdId: 3 });
    await assertDrained(store, [
      A,
      SAME_MACHINE,
      OTHER_ROUTE,
      { ...A, cmdId: 3 },
    ]);
  },
  async "nothing but undrain ends a drain"(fixture) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [A, B] });
    await store.edit({ drain: [{ ip, port, ...WHY, until: 1 }] });
    const steps = {
      "an edit of its weight": () => store.edit({ set: [{ ...A, weight: 7 }] }),
      "weight and zone with it": () =>
        store.edit({ add: [{ ...A, weight: 9, zone: "eu-1" }] }),
      "its removal": async () => {
        await store.edit({ remove: [A] });
        await store.edit({ add: [A] });
      },
      "the removal of its route": async () => {
        await store.edit({ remove: [A, B] });
        await store.edit({ add: [A, B] });
      },
      "a hundred registrations": async () => {
        for (let beat = 0; beat < 100; beat++) await store.edit({ add: [A] });
      },
      "an edit past Lars": async () => {
        await fixture.tables.deleteRoute(A);
        await fixture.tables.insertHost(A);
      },
      "accept()": () => store.accept(),
      "undrain of another host or of its machine": () =>
        store.edit({
          undrain: [{ ip }, { ip, port: 1 }, { ip, port, route: A }],
        }),
    };
    for (const [name, step] of Object.entries(steps)) {
      await step();
      await using other = await fixture.openRoutes();
      await assertDrained(other, [A], name);
      assertEquals((await other.drains()).length, 1, name);
    }
    await store.edit({ undrain: [{ ip, port }] });
    await assertDrained(store, []);
  },
  async "a host that two drains cover is drained until both have ended"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: ALL });
    await store.edit({ drain: [{ ip, ...WHY }, { ip, port, ...WHY }] });
    await store.edit({ undrain: [{ ip }] });
    await assertDrained(store, [A, OTHER_ROUTE]);
    await store.edit({ undrain: [{ ip, port }] });
    await assertDrained(store, []);
  },
  async "edit() of a drain that is there changes who, reason and until, and tells no feed"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [A] });
    const first = { ip, port, ...WHY };
    await store.edit({ drain: [first] });
    const feed = await store.watch();
    const [before] = await store.drains();
    const again = await store.edit({ drain: [first] });
    assertEquals(again, { added: 0, removed: 0, changed: 0 });
    const reason = `"it's" 50 % \\ 磁盘 💾; DROP TABLE`;
    const next = { ip, port, who: "bob", reason, until: 5 };
    const changed = await store.edit({ drain: [next] });
    assertEquals(changed, { added: 0, removed: 0, changed: 1 });
    const after: HostDrain = { ...next, since: before!.since };
    assertEquals(await store.drains(), [after]);
    await assertPoll(feed, []);
  },
  async "edit() adds a host and drains it in one step"(fixture) {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await store.edit({ add: [A, B], drain: [{ ip, port, ...WHY }] });
    await assertPoll(feed, [A, B]);
    await assertDrained(store, [A]);
  },
  async "edit() refuses drains that cannot be, and writes nothing"(fixture) {
    await using store = await fixture.openRoutes();
    for (
      const bad of [
        { ip: 0 },
        { port: 0 },
        { port: 65_536 },
        { ip: 2 ** 32 },
        { route: { modId: -1, cmdId: -1 } },
        { route: { modId: 1, cmdId: 2 ** 31 } },
        { who: "" },
        { who: "w".repeat(129) },
        { reason: " " },
        { reason: "r".repeat(256) },
        { reason: "two\nlines" },
        { reason: "\u001b[2J" },
        { reason: "\ud800" },
        { until: -1 },
        { until: 0.5 },
      ]
    ) {
      const drain = [{ ip, port, ...WHY, ...bad }];
      await assertRejects(
        () => store.edit({ add: [A], drain }),
        RangeError,
        "Cannot drain hosts as",
      );
    }
    assertEquals(await scanAll(store), []);
    assertEquals(await store.drains(), []);
  },
};

/** Asserts that scan() and read() show these hosts as drained, and no others. */
async function assertDrained(
  store: RouteStore,
  rows: readonly typeof A[],
  message?: string,
): Promise<void> {
  const scanned = await scanAll(store);
  for (const routes of [scanned, await store.read(scanned)]) {
    const drained = routes.flatMap(({ modId, cmdId, hosts }) =>
      hosts.filter(isMarked).map(({ ip, port }) => [modId, cmdId, ip, port])
    );
    const expected = rows.map((
      { modId, cmdId, ip, port },
    ) => [modId, cmdId, ip, port]);
    assertEquals(drained.sort(), expected.sort(), message);
  }
}

function isMarked({ drained }: RouteHost): boolean {
  return drained === true;
}
