import type { Endpoint } from "../../proto/mod.ts";
import { type Faults, MemoryNetwork } from "./memory_network.ts";
import { seededRandom } from "./seeded_random.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Where servers of these tests listen. */
export const SERVER: Endpoint = { hostname: "10.0.0.1", port: 7778 };

/** Two machines, the network in memory between them, and the clock it runs by. */
export type NetworkFixture = ReturnType<typeof networkFixture>;

/** Makes a {@linkcode NetworkFixture}, without faults unless given. */
export function networkFixture(
  options: { seed?: number; faults?: Partial<Faults> } = {},
) {
  const { seed = 1, faults = {} } = options;
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const network = new MemoryNetwork({ clock, random, faults });
  return {
    clock,
    random,
    network,
    near: network.machine("10.0.0.2"),
    far: network.machine(SERVER.hostname),
  };
}
