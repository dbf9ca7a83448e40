import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Route } from "../../../proto/mod.ts";
import type { RouteStore } from "../../types.ts";
import {
  assertPoll,
  assertToldOf,
  hostOf,
  routeOf,
  rowOf,
  scanAll,
  type TestBody,
} from "../fixture.ts";

const [A, B] = [rowOf(1, 1, 1), rowOf(1, 1, 2)];
const KEY = { modId: 1, cmdId: 1 };

/** What every store does with weights, zones and settings. */
export const attributeTests: Record<string, TestBody> = {
  async "edit() adds hosts with weight and zone, and settings of their route"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    const result = await store.edit({
      add: [{ ...A, weight: 50, zone: "eu-1" }, { ...B, weight: 10_000 }],
      settings: [{ ...KEY, policy: "adaptive", check: false }],
    });
    assertEquals(result, { added: 2, removed: 0, changed: 3 });
    await assertStored(store, {
      ...KEY,
      hosts: [
        { ...hostOf(A), weight: 50, zone: "eu-1" },
        { ...hostOf(B), weight: 10_000 },
      ],
      settings: { policy: "adaptive", check: false },
    });
  },
  async "edit() changes what it is told of a host and a route, and takes it away again"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [{ ...A, weight: 50, zone: "eu-1" }] });
    await store.edit({
      set: [{ ...A, weight: 70 }],
      settings: [{ ...KEY, check: true }],
    });
    await store.edit({ settings: [{ ...KEY, policy: "lars" }] });
    const host = { ...hostOf(A), weight: 70, zone: "eu-1" };
    const settings = { policy: "lars", check: true };
    await assertStored(store, { ...KEY, hosts: [host], settings });

    await store.edit({
      set: [{ ...A, weight: null }],
      settings: [{ ...KEY, policy: null }],
    });
    const rest = { ...hostOf(A), zone: "eu-1" };
    const check = { check: true };
    await assertStored(store, { ...KEY, hosts: [rest], settings: check });
    await store.edit({
      set: [{ ...A, zone: null }],
      settings: [{ ...KEY, check: null }],
    });
    await assertStored(store, routeOf(A));
  },
  async "edit() adds again what is there already, with another weight"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [{ ...A, weight: 50 }, B] });
    assertEquals(
      await store.edit({ add: [{ ...A, weight: 60 }, B] }),
      { added: 0, removed: 0, changed: 1 },
    );
    await assertStored(store, {
      ...KEY,
      hosts: [{ ...hostOf(A), weight: 60 }, hostOf(B)],
    });
  },
  async "edit() of weights and settings moves RouteVersion and is told by the feed"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [A, rowOf(2, 2, 2)] });
    const feed = await store.watch();
    const version = await fixture.tables.version();
    await store.edit({ set: [{ ...A, weight: 50 }] });
    assert(await fixture.tables.version() > version);
    const hosts = [{ ...hostOf(A), weight: 50 }];
    await assertToldOf(feed, { ...KEY, hosts });
    await store.edit({ settings: [{ ...KEY, policy: "adaptive" }] });
    const settings = { policy: "adaptive" };
    await assertToldOf(feed, { ...KEY, hosts, settings });
    assertEquals((await fixture.tables.changes()).slice(2), [KEY, KEY]);
  },
  async "edit() that sets what is set already, or what is not there, changes nothing"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({
      add: [{ ...A, weight: 50, zone: "eu-1" }],
      settings: [{ ...KEY, check: false }],
    });
    const [version, feed] = [
      await fixture.tables.version(),
      await store.watch(),
    ];
    const result = await store.edit({
      add: [{ ...A, weight: 50 }],
      set: [{ ...A, zone: "eu-1" }, { ...B, weight: 7 }, A],
      settings: [{ ...KEY, check: false }, { modId: 9, cmdId: 9, check: true }],
    });
    assertEquals(result, { added: 0, removed: 0, changed: 0 });
    assertEquals(await fixture.tables.version(), version);
    await assertPoll(feed, []);
    await store.edit({ add: [B, rowOf(9, 9, 9)] });
    assertEquals((await scanAll(store)).at(-1), routeOf(rowOf(9, 9, 9)));
  },
  async "edit() refuses weights and names that cannot be, and writes none of the others"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [A] });
    for (
      const bad of [
        { weight: -1 },
        { weight: 10_001 },
        { weight: 1.5 },
        { weight: NaN },
        { zone: "" },
        { zone: "a b" },
        { zone: "z".repeat(33) },
        { zone: "a'b" },
      ]
    ) {
      const row = { ...A, ...bad };
      await assertRejects(() => store.edit({ add: [B, row] }), RangeError);
      await assertRejects(() => store.edit({ set: [row] }), RangeError);
    }
    for (const policy of ["", "a\nb", "p".repeat(33)]) {
      await assertRejects(
        () => store.edit({ add: [B], settings: [{ ...KEY, policy }] }),
        RangeError,
        "Cannot edit route as policy must be",
      );
    }
    await assertStored(store, routeOf(A));
  },
  async "a host that is removed and added again has its weight, a route its settings"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({
      add: [{ ...A, weight: 50, zone: "eu-1" }],
      settings: [{ ...KEY, policy: "adaptive" }],
    });
    await store.edit({ remove: [A] });
    assertEquals(await store.read([KEY]), [{ ...KEY, hosts: [] }]);
    assertEquals(await scanAll(store), []);
    await store.edit({ add: [B] });
    const settings = { policy: "adaptive" };
    await assertStored(store, { ...routeOf(B), settings });
    await store.edit({ remove: [B], add: [A] });
    const hosts = [{ ...hostOf(A), weight: 50, zone: "eu-1" }];
    await assertStored(store, { ...KEY, hosts, settings });
  },
  async "weights by hand that cannot be are left out, and so are those of no host"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [A, B] });
    await fixture.tables.insertAttributes({
      ...A,
      weight: 10_001,
      zone: "eu-1",
    });
    await fixture.tables.insertAttributes({ ...B, weight: 7, zone: "a b" });
    await fixture.tables.insertAttributes({ ...rowOf(1, 1, 3), weight: 7 });
    await fixture.tables.insertAttributes({ ...rowOf(5, 5, 5), zone: "eu-1" });
    const hosts = [
      { ...hostOf(A), zone: "eu-1" },
      { ...hostOf(B), weight: 7 },
    ];
    await assertStored(store, { ...KEY, hosts });
    assertEquals((await scanAll(store)).length, 1);
    await store.edit({ set: [{ ...A, weight: 8 }, { ...B, zone: "eu-2" }] });
    const mended = [
      { ...hostOf(A), weight: 8, zone: "eu-1" },
      { ...hostOf(B), weight: 7, zone: "eu-2" },
    ];
    await assertStored(store, { ...KEY, hosts: mended });
  },
  async "weight 0, which is no calls, is kept, also when it is set by hand"(
    fixture,
  ) {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [{ ...A, weight: 0, zone: "eu-1" }, B] });
    await fixture.tables.insertAttributes({ ...B, weight: 0 });
    await assertStored(store, {
      ...KEY,
      hosts: [
        { ...hostOf(A), weight: 0, zone: "eu-1" },
        { ...hostOf(B), weight: 0 },
      ],
    });
    await store.edit({ set: [A, B].map((row) => ({ ...row, weight: null })) });
    const hosts = [{ ...hostOf(A), zone: "eu-1" }, hostOf(B)];
    await assertStored(store, { ...KEY, hosts });
  },
  async "scan() and edit() take more weights than one statement does"(fixture) {
    await using store = await fixture.openRoutes();
    const rows = Array.from({ length: 5_500 }, (_, index) => ({
      modId: index % 2,
      cmdId: index < 3_000 ? 7 : index,
      ip: index + 1,
      port: 80,
      weight: index + 1,
    }));
    const { changed } = await store.edit({ add: rows });
    assertEquals(changed, rows.length);
    await store.edit({
      settings: rows.map((row) => ({ ...row, check: false })),
    });
    const routes = await scanAll(store);
    const hosts = routes.flatMap((route) => route.hosts);
    assertEquals(hosts.length, rows.length);
    assert(hosts.every(({ ip, weight }) => weight === ip));
    assert(routes.every(({ settings }) => settings?.check === false));
  },
};

/** Asserts that read() and scan() show this route. */
async function assertStored(store: RouteStore, route: Route): Promise<void> {
  const [read] = await store.read([route]);
  const scanned = (await scanAll(store)).find(({ modId, cmdId }) =>
    modId === route.modId && cmdId === route.cmdId
  );
  assertEquals(sorted(read), sorted(route));
  assertEquals(sorted(scanned), sorted(route));
}

function sorted(route: Route | undefined): unknown {
  const hosts = route?.hosts.toSorted((a, b) => a.ip - b.ip);
  return { ...route, hosts };
}
