import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PickOfThree } from "./pick_of_three.ts";
import { seededRandom } from "../../../../net/testing/mod.ts";
import { AdaptiveHosts } from "../hosts.ts";
import { Xorshift } from "./random.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../../settings.ts";

const NOW_MS = 1_000;

/** What a pick counts. */
const UNITS = AdaptiveHosts.unitsOf(1);

/** How many of 1,000 picks each of the hosts gets. */
function picksOf(
  hosts: readonly {
    costMs: number;
    inFlight: number;
    silentSinceMs?: number;
    slow?: boolean;
  }[],
): number[] {
  const table = new AdaptiveHosts();
  const rows = hosts.map(({ costMs, inFlight, silentSinceMs, slow }, row) => {
    table.reset(row, costMs);
    table.setInFlight(row, inFlight);
    table.setCostMs(row, costMs, slow === true);
    table.endSilence(row, silentSinceMs ?? NOW_MS);
    table.weight[row] = 100;
    table.sameZone[row] = 1;
    return row;
  });
  const shared = {
    hosts: table,
    random: new Xorshift(seededRandom(1)),
    settings: DEFAULT_ADAPTIVE_SETTINGS,
  };
  const picker = new PickOfThree(shared);
  picker.setInUse(rows);
  const counts = hosts.map(() => 0);
  for (let call = 0; call < 1_000; call++) {
    const row = picker.pickFor(UNITS, NOW_MS);
    counts[rows.indexOf(row)]! += 1;
    table.forgetPick(row, UNITS);
  }
  return counts;
}

Deno.test("PickOfThree takes the less busy of two", () => {
  const busy = { costMs: 10, inFlight: 3 };
  const idle = { costMs: 10, inFlight: 2 };
  assertEquals(picksOf([busy, idle]), [0, 1_000]);
  assertEquals(picksOf([idle, busy]), [1_000, 0]);
});

Deno.test("PickOfThree leaves a slow one of two alone until the other has four times as many calls", () => {
  const slow = { costMs: 50, inFlight: 0 };
  assertEquals(picksOf([slow, { costMs: 10, inFlight: 15 }]), [0, 1_000]);
  assertEquals(picksOf([slow, { costMs: 10, inFlight: 17 }]), [1_000, 0]);
});

Deno.test("PickOfThree draws three more where all three are slow", () => {
  const slow = Array.from(
    { length: 6 },
    () => ({ costMs: 80, inFlight: 0, slow: true }),
  );
  const fast = Array.from({ length: 6 }, () => ({ costMs: 10, inFlight: 0 }));
  const counts = picksOf([...slow, ...fast]);
  const toSlow = counts.slice(0, 6).reduce((sum, count) => sum + count, 0);
  // One call in eight meets three slow ones, one in 64 six.
  assertEquals(toSlow < 40, true, `${toSlow}`);
});

Deno.test("PickOfThree leaves the cheaper of two when it is silent for longer than its latency", () => {
  const silent = { costMs: 10, inFlight: 1, silentSinceMs: NOW_MS - 100 };
  assertEquals(picksOf([silent, { costMs: 10, inFlight: 4 }]), [0, 1_000]);
  assertEquals(picksOf([silent, { costMs: 200, inFlight: 1 }]), [1_000, 0]);
});

Deno.test("PickOfThree never takes the worst of many, and the others alike", () => {
  const well = Array.from({ length: 8 }, () => ({ costMs: 10, inFlight: 0 }));
  const bad = { costMs: 100, inFlight: 0 };
  const counts = picksOf([bad, ...well]);
  assertEquals(counts[0], 0);
  assertEquals(counts.slice(1).every((count) => count > 80), true);
});

for (const [other, where] of [[4, "among"], [0, "before"]] as const) {
  Deno.test(`PickOfThree draws all its rows and no other, where another route has one ${where} them`, () => {
    const table = new AdaptiveHosts();
    const all = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    for (const row of all) {
      table.reset(row, 10);
      table.weight[row] = 100;
    }
    const rows = all.filter((row) => row !== other);
    const picker = new PickOfThree({
      hosts: table,
      random: new Xorshift(seededRandom(1)),
      settings: DEFAULT_ADAPTIVE_SETTINGS,
    });
    picker.setInUse(rows);
    const picked = new Set<number>();
    for (let call = 0; call < 1_000; call++) {
      const row = picker.pickFor(UNITS, NOW_MS);
      picked.add(row);
      table.forgetPick(row, UNITS);
    }
    assertEquals([...picked].sort().reverse(), rows);
  });
}

/** A table of one host, which is in row 0. */
function tableOfOne(costMs: number): AdaptiveHosts {
  const table = new AdaptiveHosts();
  table.reset(0, costMs);
  return table;
}

const costMs = fc.double({ min: 0.001, max: 5_000, noNaN: true });

Deno.test("AdaptiveHosts.costAt() is that of the formula, in integers", () => {
  fc.assert(fc.property(
    costMs,
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0.01, max: 100, noNaN: true }),
    (costMs, inFlight, share) => {
      const table = tableOfOne(costMs);
      table.setCallCost(0, share);
      table.setInFlight(0, inFlight);
      table.endSilence(0, NOW_MS);
      table.updateCost(0);
      const base = costMs * 1e4;
      const perCall = Math.min(base * share, 2 ** 30);
      const units = Math.min(base + inFlight * perCall, 2 ** 30);
      // A share counts in 1/65,536, calls in flight in 1/1,024, costs in whole units.
      const error = inFlight * base / 2 ** 16 + perCall / 2 ** 10 +
        (1 + inFlight) * (1 + share) + 1;
      const isNear = Math.abs(table.costAt(0, NOW_MS) - units) <= error;
      assert(isNear, `${table.costAt(0, NOW_MS)}, not ${units} ± ${error}`);
    },
  ));
});

Deno.test("AdaptiveHosts.tryPick() is isSlow() and addPick() in one", () => {
  const step = fc.record({
    waitMs: fc.double({ min: 0, max: 200, noNaN: true }),
    costMs: fc.option(costMs, { nil: undefined }),
    isSlow: fc.boolean(),
    answers: fc.boolean(),
  });
  fc.assert(fc.property(costMs, fc.array(step), (firstMs, steps) => {
    const [one, two] = [tableOfOne(firstMs), tableOfOne(firstMs)];
    let nowMs = NOW_MS;
    for (const { waitMs, costMs, isSlow, answers } of steps) {
      nowMs += waitMs;
      for (const table of [one, two]) {
        if (costMs !== undefined) table.setCostMs(0, costMs, isSlow);
        if (answers) table.endSilence(0, nowMs);
        if (answers) table.setInFlight(0, 0);
        table.updateCost(0);
      }
      const isTaken = !two.isSlow(0, nowMs);
      assertEquals(one.tryPick(0, UNITS, nowMs), isTaken);
      if (isTaken) two.addPick(0, UNITS, nowMs);
      assertEquals(one.loads, two.loads);
      assertEquals(one.costs, two.costs);
    }
  }));
});

Deno.test("AdaptiveHosts.forgetPick() leaves nothing of a pick behind", () => {
  const table = tableOfOne(10);
  const before = table.costAt(0, NOW_MS);
  table.addPick(0, UNITS, NOW_MS);
  assertEquals([table.openOf(0), table.inFlightOf(0)], [1, 1]);
  table.forgetPick(0, UNITS);
  assertEquals([table.openOf(0), table.inFlightOf(0)], [0, 0]);
  assertEquals(table.costAt(0, NOW_MS), before);
});

Deno.test("AdaptiveHosts.setCostMs() grants a host more time from its last answer on", () => {
  const table = tableOfOne(10);
  table.addPick(0, UNITS, NOW_MS);
  assertEquals(table.isSlow(0, NOW_MS + 11), true);
  table.setCostMs(0, 20, false);
  assertEquals(table.isSlow(0, NOW_MS + 19), false);
  assertEquals(table.isSlow(0, NOW_MS + 21), true);
  assertEquals(table.silentMs(0, NOW_MS + 21), 21);
});
