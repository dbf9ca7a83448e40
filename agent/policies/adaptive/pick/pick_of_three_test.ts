import { assertEquals } from "@std/assert";
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
    table.reset(row, { costMs, nowMs: 0 });
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
