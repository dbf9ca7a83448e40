import {
  type Faults,
  MemoryNetwork,
  seededRandom,
  VirtualClock,
} from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { FakeAgent } from "./fake_agent.ts";
import { LarsClient, type LarsClientOptions } from "../mod.ts";

/** The host of route (1, 1), unless a test says otherwise. */
export const HOST = parseAddress("192.168.1.177:7777");

/** One machine with an agent and a client. */
export interface ClientFixture {
  clock: VirtualClock;
  network: MemoryNetwork;
  agent: FakeAgent;
  client: LarsClient;
}

export interface ClientFixtureOptions extends LarsClientOptions {
  faults?: Partial<Faults>;
  routes?: Record<string, string[]>;
}

/** Runs `body` on one machine with an agent and a client. */
export async function withClient(
  options: ClientFixtureOptions,
  body: (fixture: ClientFixture) => Promise<void>,
): Promise<void> {
  const { faults = {}, routes, ...clientOptions } = options;
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const network = new MemoryNetwork({ clock, random, faults });
  const transport = network.machine("10.0.0.1");
  const agent = new FakeAgent({
    transport,
    clock,
    ...(routes === undefined ? {} : { routes }),
  });
  const stop = new AbortController();
  const serving = agent.run(stop.signal);
  // Not with `await using`: these tests run on Node 22 too.
  const client = LarsClient.open({
    transport,
    clock,
    random,
    // Tests that count datagrams want none but their own.
    standInMs: 0,
    ...clientOptions,
  });
  try {
    await body({ clock, network, agent, client });
  } finally {
    await client.close();
    stop.abort();
    await serving;
  }
}

/** Lets time pass until `promise` settles, at most `limitMs`. */
export async function finish<Value>(
  clock: VirtualClock,
  promise: Promise<Value>,
  limitMs = 10_000,
): Promise<Value> {
  let settled = false;
  const done = () => settled = true;
  promise.then(done, done);
  assertEquals(await clock.advanceUntil(() => settled, limitMs), true);
  return promise;
}
