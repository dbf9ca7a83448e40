import { assert, assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../../net/testing/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import {
  type RouteStore,
  type StatusRow,
  StoreError,
} from "../../store/mod.ts";
import {
  KnownHosts,
  LOST_MAX,
  UNJUDGED_MAX,
  UNREAD_MAX,
} from "./known_hosts.ts";

/** A status of host `ip` of route (1, 1). */
function status(ip: number): StatusRow {
  const counts = { succ: 1, err: 0, ts: 0, overload: false };
  return { modId: 1, cmdId: 1, ip, port: 80, caller: 9, ...counts };
}

function begin(open?: () => Promise<RouteStore>) {
  const store = new MemoryStore();
  const clock = new VirtualClock();
  const hosts = new KnownHosts({
    open: open ?? (() => Promise.resolve(store)),
    clock,
  });
  const known = async (...ips: number[]) =>
    (await hosts.filter(ips.map(status))).rows.map(({ ip }) => ip);
  return { store, clock, hosts, known };
}

Deno.test("KnownHosts.filter() leaves out hosts that no route has", async () => {
  const { store, known } = begin();
  await store.edit({ add: [status(1), status(2), { ...status(3), cmdId: 2 }] });
  assertEquals(await known(1, 2, 3, 4), [1, 2]);
});

Deno.test("KnownHosts.filter() knows a host as soon as an edit has added it, and forgets one that has gone", async () => {
  const { store, clock, known } = begin();
  await store.edit({ add: [status(1)] });
  assertEquals(await known(1), [1]);
  await store.edit({ add: [status(2)] });
  assertEquals(await known(1, 2), [1, 2]);
  await store.edit({ remove: [status(1)] });
  await clock.advance(5_000);
  assertEquals(await known(1, 2), [2]);
});

Deno.test("KnownHosts.filter() finds an edit by hand at once if anything tells of it, otherwise within a minute", async () => {
  const { store, clock, known } = begin();
  await store.edit({ add: [status(1)] });
  assertEquals(await known(1), [1]);
  store.editSilently({ add: [status(2)] }, { moveVersion: true });
  assertEquals(await known(2), [2]);
  store.editSilently({ add: [status(3)] }, { moveVersion: false });
  assertEquals(await known(3), []);
  await clock.advance(60_000);
  assertEquals(await known(3), [3]);
});

Deno.test("KnownHosts.filter() takes a bounded number of hosts while the store has no route", async () => {
  const { store, hosts, known } = begin();
  const ips = Array.from({ length: UNJUDGED_MAX }, (_, index) => index + 1);
  assertEquals((await known(...ips)).length, UNJUDGED_MAX);
  // They are for this store: the right one may come back before they are written.
  const { identity } = await store.identity();
  const onlyIn = async () => (await hosts.filter([status(7)])).onlyIn;
  assertEquals(await onlyIn(), identity);
  assertEquals(await known(1, UNJUDGED_MAX + 1), [1]);
  await store.edit({ add: [status(7)] });
  assertEquals(await known(1, 7, UNJUDGED_MAX + 1), [7]);
  assertEquals(await onlyIn(), undefined);
});

Deno.test("KnownHosts.filter() fails while the store is away, and then judges as ever", async () => {
  let away = true;
  const store = new MemoryStore();
  await store.edit({ add: [status(1)] });
  const { known } = begin(() =>
    away
      ? Promise.reject(new StoreError("Cannot open", { retry: true }))
      : Promise.resolve(store)
  );
  await assertRejects(() => known(1), StoreError, "Cannot open");
  away = false;
  assertEquals(await known(1, 2), [1]);
});

Deno.test("KnownHosts.filter() judges by what it knew while the store is away", async () => {
  const { store, known } = begin();
  let away = false;
  const watch = store.watch.bind(store);
  store.watch = async () => {
    const feed = await watch();
    const refusal = new StoreError("Lost connection", { retry: true });
    return {
      poll: () => away ? Promise.reject(refusal) : feed.poll(),
    };
  };
  await store.edit({ add: [status(1)] });
  assertEquals(await known(1), [1]);
  away = true;
  await store.edit({ add: [status(2)] });
  assertEquals(await known(1, 2), [1]);
  away = false;
  assertEquals(await known(1, 2), [1, 2]);
});

Deno.test("KnownHosts.filter() takes many hosts where this user may not read routes, and tries again", async () => {
  let allowed = false;
  let attempts = 0;
  const store = new MemoryStore();
  await store.edit({ add: [status(1)] });
  const { clock, hosts, known } = begin(() => {
    attempts += 1;
    return allowed
      ? Promise.resolve(store)
      : Promise.reject(new StoreError("SELECT denied", { retry: false }));
  });
  assertEquals(await known(1, 2), [1, 2]);
  assertEquals(await known(3), [3]);
  assertEquals([hosts.failure?.message, attempts], ["SELECT denied", 1]);
  const many = Array.from({ length: UNREAD_MAX }, (_, at) => status(at + 1));
  assertEquals((await hosts.filter(many)).rows.length, UNREAD_MAX);
  assertEquals(await known(1, UNREAD_MAX + 1), [1]);
  allowed = true;
  await clock.advance(30_000);
  assertEquals(await known(1, 2), [1]);
  assertEquals(hosts.failure, undefined);
});

Deno.test("KnownHosts forgets hosts that have gone, however many come and go", async () => {
  const { store, clock, hosts, known } = begin();
  const steps = 30;
  for (let step = 0; step < steps; step++) {
    const first = step * 1_000 + 1;
    const rows = Array.from({ length: 1_000 }, (_, ip) => status(first + ip));
    await store.edit({ add: rows });
    await clock.advance(5_000);
    assertEquals(await known(first, first - 1), [first]);
    await store.edit({ remove: rows });
    await clock.advance(5_000);
    assertEquals(await known(first), []);
    await store.edit({ add: [{ ...status(1), modId: 2 }] });
  }
  assert(hosts.size < LOST_MAX + 3_000, `${hosts.size} hosts`);
});

Deno.test("KnownHosts.filter() reads another store anew", async () => {
  const { store, known } = begin();
  await store.edit({ add: [status(1), status(2)] });
  assertEquals(await known(1, 2), [1, 2]);
  store.editSilently({ remove: [status(1)] }, { moveVersion: false });
  store.setIdentity("b".repeat(32));
  assertEquals(await known(1, 2, 3), [2]);
});
