import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../../net/testing/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { type StatusRow, StoreError } from "../../store/mod.ts";
import { KnownHosts } from "./known_hosts.ts";
import { StatusSweep, WATCH_MS } from "./status_sweep.ts";

const KEPT = { modId: 1, cmdId: 1, ip: 1, port: 80 };
const GONE = { modId: 1, cmdId: 2, ip: 2, port: 80 };
const HOUR_MS = 3_600_000;

/** A sweep over statuses of both hosts, of which only the first has a route. */
class SweepFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore();
  readonly hosts = new KnownHosts({
    open: () => Promise.resolve(this.store.connect()),
    clock: this.clock,
  });
  readonly sweep = new StatusSweep({ hosts: this.hosts, clock: this.clock });

  static async begin(): Promise<SweepFixture> {
    const fixture = new SweepFixture();
    await fixture.store.edit({ add: [KEPT] });
    await fixture.store.write([rowOf(KEPT), rowOf(GONE), rowOf(GONE, 2)]);
    await fixture.round();
    return fixture;
  }

  /** Goes through all rows once; returns how many were removed. */
  async round(): Promise<number> {
    let total = 0;
    while (true) {
      const { removed, more } = await this.sweep.step(this.store);
      total += removed;
      if (!more) return total;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hosts[Symbol.asyncDispose]();
  }
}

/** A status whose time is of a clock that is 30 years behind. */
function rowOf(host: typeof KEPT, caller = 1): StatusRow {
  return { ...host, caller, succ: 1, err: 0, ts: 757_382_400, overload: false };
}

Deno.test("StatusSweep removes the rows of a host that no route had for a day, and no others", async () => {
  await using fixture = await SweepFixture.begin();
  const { clock, store } = fixture;
  await clock.advance(WATCH_MS - 1);
  assertEquals(await fixture.round(), 0);
  await clock.advance(1);
  assertEquals(await fixture.round(), 2);
  assertEquals(await store.list(), [rowOf(KEPT)]);
  await clock.advance(WATCH_MS);
  assertEquals(await fixture.round(), 0);
});

Deno.test("StatusSweep begins anew with a host that a route had again", async () => {
  await using fixture = await SweepFixture.begin();
  const { clock, store } = fixture;
  await clock.advance(WATCH_MS - HOUR_MS);
  await store.edit({ add: [GONE] });
  assertEquals(await fixture.round(), 0);
  await store.edit({ remove: [GONE] });
  await clock.advance(2 * HOUR_MS);
  assertEquals(await fixture.round(), 0);
  await clock.advance(WATCH_MS - HOUR_MS);
  assertEquals(await fixture.round(), 0);
  await clock.advance(HOUR_MS);
  assertEquals(await fixture.round(), 2);
});

Deno.test("StatusSweep removes nothing from a store without routes, or that became another", async () => {
  await using fixture = await SweepFixture.begin();
  const { clock, store } = fixture;
  await store.edit({ remove: [KEPT] });
  await clock.advance(2 * WATCH_MS);
  assertEquals(await fixture.round(), 0);
  // A backup of another day, with other routes.
  await store.edit({ add: [KEPT] });
  store.setIdentity("f".repeat(32));
  assertEquals(await fixture.round(), 0);
  await clock.advance(WATCH_MS);
  assertEquals(await fixture.round(), 2);
});

Deno.test("StatusSweep takes many rows in bounded steps", async () => {
  await using fixture = await SweepFixture.begin();
  const { clock, store, sweep } = fixture;
  const callers = Array.from({ length: 2_500 }, (_, caller) => caller + 10);
  await store.write(callers.map((caller) => rowOf(GONE, caller)));
  await clock.advance(WATCH_MS);
  const steps = [];
  for (let more = true; more;) {
    const step = await sweep.step(store);
    steps.push(step.removed);
    more = step.more;
  }
  assertEquals(steps, [999, 1_000, 503]);
  assertEquals(await store.list(), [rowOf(KEPT)]);
});

Deno.test("StatusSweep.step() does the same again after a failure", async () => {
  await using fixture = await SweepFixture.begin();
  const { clock, store, sweep } = fixture;
  await clock.advance(WATCH_MS);
  const failing = store.connect();
  failing.remove = () =>
    Promise.reject(new StoreError("Cannot remove", { retry: false }));
  await assertRejects(() => sweep.step(failing), StoreError);
  assertEquals(await fixture.round(), 2);
});
