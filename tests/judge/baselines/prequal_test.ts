import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../../net/testing/seeded_random.ts";
import { type HostLoad, Prequal } from "./prequal.ts";

/** A client of ten hosts, of which those of `loads` answer at once. */
function clientOf(loads: ReadonlyMap<number, HostLoad>): Prequal {
  const client = new Prequal(seededRandom(1, "test"), {
    probe: (row, answer) => {
      const load = loads.get(row);
      if (load !== undefined) answer(load);
    },
  });
  const rows = Array.from({ length: 10 }, (_, row) => row);
  client.update({
    rows,
    attributes: rows.map(() => ({})),
    added: rows,
    ejected: [],
    removed: [],
    healthChecks: false,
  }, 0);
  return client;
}

/** The hosts of 300 picks, after 100 that fill the pool. */
function picksOf(client: Prequal): number[] {
  for (let nowMs = 0; nowMs < 100; nowMs++) client.pick(nowMs);
  return Array.from({ length: 300 }, (_, call) => client.pick(100 + call));
}

Deno.test("Prequal picks no host that does not answer", () => {
  const loads = new Map(
    Array.from({ length: 9 }, (_, row) => [row, { inFlight: 1, latencyMs: 9 }]),
  );
  const picks = picksOf(clientOf(loads));
  assert(!picks.includes(9), `${picks}`);
});

Deno.test("Prequal picks the fastest of the cold hosts, and no hot one while there are any", () => {
  const loads = new Map(
    Array.from({ length: 10 }, (_, row) => [
      row,
      row === 9
        ? { inFlight: 50, latencyMs: 1 }
        : { inFlight: 1, latencyMs: row < 5 ? 10 : 100 },
    ]),
  );
  const picks = picksOf(clientOf(loads));
  const fast = picks.filter((host) => host < 5).length;
  assert(fast > 250, `${picks}`);
  assert(!picks.includes(9), `${picks}`);
});

Deno.test("Prequal picks any host while no answer is younger than a second", () => {
  const loads = new Map([[3, { inFlight: 1, latencyMs: 9 }]]);
  const client = clientOf(loads);
  for (let nowMs = 0; nowMs < 100; nowMs++) client.pick(nowMs);
  loads.clear();
  const picks = Array.from(
    { length: 100 },
    (_, call) => client.pick(5_000 + call),
  );
  assertEquals(new Set(picks).size, 10);
});
