import { assertEquals } from "@std/assert";
import { HostReason, HostState, parseAddress } from "../../proto/mod.ts";
import {
  HistoryOffError,
  type HostStateRow,
  StoreError,
} from "../../store/mod.ts";
import { LeaseFixture, leaseHost, type LeasePeerFake } from "../testing/mod.ts";
import type { CallerEvidence } from "./votes.ts";

const KEY = { modId: 1, cmdId: 1 };
const [A, B] = ["10.1.0.1:80", "10.1.0.2:80"] as const;
const LEAVING = { notReady: true, leaving: true } as const;

/** What callers tell of the hosts of route (1, 1), all of them alike. */
class Callers implements CallerEvidence {
  /** Agents that called lately. */
  callers = 0;
  /** Calls under way at each caller that has told that the host has left. */
  inFlight: number[] = [];
  /** Hosts that were asked for. */
  asked = 0;
  failure: StoreError | undefined;

  states(): Promise<HostStateRow[]> {
    this.asked += 1;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.inFlight.map((inFlight, index) => ({
      ...KEY,
      ...parseAddress(A),
      agent: String(index),
      state: HostState.drained,
      reason: HostReason.drained,
      since: 0,
      inFlight,
      nextTryMs: 0,
    })));
  }

  hostHistory() {
    const calls = { calls: 9, failed: 0, timed: 0, sumUs: 0, maxUs: 0 };
    const { callers } = this;
    return Promise.resolve(
      callers === 0
        ? []
        : [{ ...KEY, ...parseAddress(A), period: 5, callers, ...calls }],
    );
  }

  newestMinute() {
    return Promise.resolve(5);
  }
}

/** What an agent was told last of hosts that leave, as in "1 caller, 3 calls" and "done". */
function told(agent: LeasePeerFake): string[] {
  return agent.acks.at(-1)!.draining.map(({ callers, inFlight, done }) =>
    done ? "done" : `${callers} callers, ${inFlight} calls`
  );
}

Deno.test("LeavingHosts tells how many callers have calls, until all have said that these have ended", async () => {
  const evidence = new Callers();
  await using fixture = await LeaseFixture.start({ evidence });
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A, { ...parseAddress(B), notReady: true });
  await agent.renew(60_000);
  assertEquals([agent.last(), told(agent)], [["stored"], []]);
  assertEquals(evidence.asked, 0);
  evidence.callers = 2;
  await agent.register({ ...parseAddress(A), ...LEAVING });
  assertEquals(told(agent), ["0 callers, 0 calls"]);
  await fixture.clock.advance(400);
  assertEquals(told(agent), ["2 callers, 0 calls"]);
  evidence.inFlight = [3, 0];
  await fixture.clock.advance(400);
  assertEquals(told(agent), ["1 callers, 3 calls"]);
  await agent.renew(30_000);
  assertEquals(told(agent), ["1 callers, 3 calls"]);
  const { length } = agent.acks;
  evidence.inFlight = [0, 0];
  await fixture.clock.advance(400);
  assertEquals([told(agent), agent.acks.length], [["done"], length + 1]);
  const { asked } = evidence;
  await agent.renew(20_000);
  assertEquals([told(agent), evidence.asked], [["done"], asked]);
  await agent.register();
  assertEquals([agent.last(), told(agent)], [["stored"], []]);
});

Deno.test("LeavingHosts gives callers the time to tell before it believes that there is none, or that all have stopped", async () => {
  for (const callers of [0, 1]) {
    const evidence = new Callers();
    evidence.callers = callers;
    evidence.inFlight = callers === 0 ? [] : [0];
    await using fixture = await LeaseFixture.start({ evidence });
    const agent = await fixture.connect("a", "10.1.0.1");
    await agent.register(A);
    await agent.register({ ...parseAddress(A), ...LEAVING });
    await fixture.clock.advance(1_300);
    assertEquals(told(agent), ["0 callers, 0 calls"]);
    await fixture.clock.advance(500);
    assertEquals(told(agent), ["done"]);
  }
});

Deno.test("LeavingHosts says nothing of what cannot be read, and what it knows where it could be before", async () => {
  const evidence = new Callers();
  evidence.failure = new HistoryOffError("Cannot use history");
  await using fixture = await LeaseFixture.start({ evidence });
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A);
  await agent.register({ ...parseAddress(A), ...LEAVING });
  assertEquals(told(agent), ["0 callers, 0 calls"]);
  await fixture.clock.advance(400);
  assertEquals([agent.last(), told(agent)], [["stored"], []]);
  evidence.failure = undefined;
  evidence.callers = 1;
  await fixture.clock.advance(400);
  assertEquals(told(agent), ["1 callers, 0 calls"]);
  evidence.failure = new StoreError("Cannot use store", { retry: true });
  await agent.renew(10_000);
  assertEquals(told(agent), ["1 callers, 0 calls"]);
  // Callers do not tell of a host for longer.
  await fixture.clock.advance(200_000);
  const { asked } = evidence;
  await fixture.clock.advance(10_000);
  assertEquals(evidence.asked, asked);
});

Deno.test("LeavingHosts says nothing where nothing is kept of callers, nor of a row that a person made", async () => {
  await using without = await LeaseFixture.start();
  const one = await without.connect("a", "10.1.0.1");
  await one.register({ ...parseAddress(A), ...LEAVING });
  assertEquals([one.last(), told(one)], [["stored"], []]);

  const evidence = new Callers();
  evidence.callers = 1;
  await using fixture = await LeaseFixture.start({ evidence });
  await fixture.store.edit({ add: [{ ...KEY, ...parseAddress(A) }] });
  await fixture.clock.advance(200);
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register(A);
  await agent.register({ ...parseAddress(A), ...LEAVING });
  assertEquals(await fixture.stored(), [A]);
  await fixture.clock.advance(1_000);
  assertEquals(told(agent), ["1 callers, 0 calls"]);
  await fixture.clock.advance(2_000);
  assertEquals(told(agent), []);
});

Deno.test("LeavingHosts asks for some hosts at a time, in turn, and for none of an agent that is gone", async () => {
  const evidence = new Callers();
  evidence.callers = 1;
  await using fixture = await LeaseFixture.start({ evidence });
  const agent = await fixture.connect("a", "10.1.0.1");
  const addresses = Array.from(
    { length: 100 },
    (_, port) => parseAddress(`10.1.0.1:${port + 1}`),
  );
  await agent.register(...addresses);
  await agent.register(...addresses.map((each) => ({ ...each, ...LEAVING })));
  await fixture.clock.advance(300);
  assertEquals(evidence.asked, 32);
  await fixture.clock.advance(900);
  assertEquals(evidence.asked, 128);
  assertEquals(
    told(agent).filter((each) => each !== "1 callers, 0 calls"),
    [],
  );
  agent.connection.close();
  await fixture.clock.advance(1_000);
  const { asked } = evidence;
  await fixture.clock.advance(10_000);
  assertEquals(evidence.asked, asked);
});

Deno.test("LeavingHosts asks for a host that was not ready for a while when it leaves, and for none that stays", async () => {
  const evidence = new Callers();
  await using fixture = await LeaseFixture.start({ evidence });
  const agent = await fixture.connect("a", "10.1.0.1");
  await agent.register({ ...parseAddress(A), notReady: true });
  await agent.renew(600_000);
  assertEquals(evidence.asked, 0);
  const { sync } = fixture.calls;
  await agent.register(leaseHost({ ...parseAddress(A), ...LEAVING }));
  assertEquals(told(agent), ["0 callers, 0 calls"]);
  await fixture.clock.advance(1_500);
  assertEquals([told(agent), fixture.calls.sync], [["done"], sync]);
});
