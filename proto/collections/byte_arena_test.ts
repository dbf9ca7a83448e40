import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteArena } from "./byte_arena.ts";

/** An arena, and what it must hold: for each owner the place and a copy of its body. */
class ArenaFixture {
  readonly places = new Map<number, number>();
  readonly bodies = new Map<number, Uint8Array>();
  readonly arena = new ByteArena((owner, place) =>
    this.places.set(owner, place)
  );

  set(owner: number, length: number): void {
    const body = new Uint8Array(length).fill(owner + length);
    const before = this.places.get(owner);
    this.places.set(owner, this.arena.append(owner, body));
    this.bodies.set(owner, body);
    if (before !== undefined) this.arena.release(before);
  }

  remove(owner: number): void {
    const place = this.places.get(owner);
    if (place === undefined) return;
    this.places.delete(owner);
    this.bodies.delete(owner);
    this.arena.release(place);
  }

  check(): void {
    for (const [owner, place] of this.places) {
      assertEquals(this.arena.read(place), this.bodies.get(owner));
    }
  }
}

Deno.test("ByteArena.read() gives each body, wherever it was moved to", () => {
  const steps = fc.array(
    fc.record({
      owner: fc.nat(30),
      length: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(65_535)),
    }),
    { maxLength: 150 },
  );
  fc.assert(
    fc.property(steps, (steps) => {
      const fixture = new ArenaFixture();
      for (const { owner, length } of steps) {
        if (length === 0) fixture.remove(owner);
        else fixture.set(owner, length);
      }
      fixture.check();
    }),
    { numRuns: 30 },
  );
});

Deno.test("ByteArena takes at most about twice what its bodies take, however often they change", () => {
  const fixture = new ArenaFixture();
  for (let owner = 0; owner < 5_000; owner++) fixture.set(owner, 200);
  const heldBytes = 5_000 * 208;
  for (let change = 0; change < 100_000; change++) {
    // Some change all the time, others never.
    fixture.set((change * 7_919) % 2_500, 200);
  }
  fixture.check();
  assert(
    fixture.arena.bytes < heldBytes * 2 + 2 * 256 * 1024,
    `${fixture.arena.bytes}`,
  );
  for (let owner = 0; owner < 5_000; owner++) fixture.remove(owner);
  for (let owner = 0; owner < 5_000; owner++) fixture.set(owner, 190);
  assert(
    fixture.arena.bytes < heldBytes * 2 + 2 * 256 * 1024,
    `${fixture.arena.bytes}`,
  );
  fixture.check();
});

Deno.test("ByteArena does not keep a chunk for one body that never changes", () => {
  const fixture = new ArenaFixture();
  for (let still = 1; still < 50; still++) {
    fixture.set(still, 100);
    for (let change = 0; change < 3_000; change++) {
      fixture.set(0, 100);
      fixture.remove(0);
    }
  }
  fixture.check();
  assert(fixture.arena.bytes <= 4 * 256 * 1024, `${fixture.arena.bytes}`);
});
