import { assertEquals } from "@std/assert";
import { HostChoice } from "./pick.ts";
import { seededRandom } from "../../../net/testing/mod.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { ChoiceRandom } from "./random.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

const NOW_MS = 1_000;

/** Hosts of such latencies and calls in flight, and how often each of 1,000 choices takes them. */
function choices(
  hosts: readonly { costMs: number; inFlight: number; quietMs?: number }[],
): number[] {
  const table = new AdaptiveHosts();
  const slots = hosts.map(({ costMs, inFlight, quietMs }, index) => {
    const slot = table.allocate({ ip: index + 1, port: 80 });
    table.costMs[slot] = costMs;
    table.inFlight[slot] = inFlight;
    table.quietMs[slot] = quietMs ?? NOW_MS;
    table.weight[slot] = 100;
    table.near[slot] = 1;
    return slot;
  });
  const choice = new HostChoice({
    hosts: table,
    random: new ChoiceRandom(seededRandom(1)),
    settings: DEFAULT_ADAPTIVE_SETTINGS,
  });
  choice.set(slots);
  const counts = hosts.map(() => 0);
  for (let call = 0; call < 1_000; call++) {
    counts[slots.indexOf(choice.choose(NOW_MS))]! += 1;
  }
  return counts;
}

Deno.test("HostChoice takes the less busy of two", () => {
  const busy = { costMs: 10, inFlight: 3 };
  const idle = { costMs: 10, inFlight: 2 };
  assertEquals(choices([busy, idle]), [0, 1_000]);
  assertEquals(choices([idle, busy]), [1_000, 0]);
});

Deno.test("HostChoice takes the one of two where latency times calls is less", () => {
  const slow = { costMs: 50, inFlight: 0 };
  assertEquals(choices([slow, { costMs: 10, inFlight: 3 }]), [0, 1_000]);
  assertEquals(choices([slow, { costMs: 10, inFlight: 5 }]), [1_000, 0]);
});

Deno.test("HostChoice leaves the cheaper of two when it is silent for longer than its latency", () => {
  const silent = { costMs: 10, inFlight: 1, quietMs: NOW_MS - 100 };
  assertEquals(choices([silent, { costMs: 10, inFlight: 4 }]), [0, 1_000]);
  assertEquals(choices([silent, { costMs: 200, inFlight: 1 }]), [1_000, 0]);
});

Deno.test("HostChoice never takes the worst of many, and the others alike", () => {
  const well = Array.from({ length: 8 }, () => ({ costMs: 10, inFlight: 0 }));
  const bad = { costMs: 100, inFlight: 0 };
  const counts = choices([bad, ...well]);
  assertEquals(counts[0], 0);
  assertEquals(counts.slice(1).every((count) => count > 80), true);
});
