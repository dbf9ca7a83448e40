import { assertEquals } from "@std/assert";
import { VirtualClock } from "../net/testing/mod.ts";
import { parseIp } from "../proto/mod.ts";
import { Agents } from "./agents.ts";
import { Callers, CALLERS_PER_ADDRESS_MAX, CLAIM_MS } from "./callers.ts";

/** Callers, and agents that claim them. */
function begin() {
  const clock = new VirtualClock();
  const agents = new Agents({ clock });
  const callers = new Callers({ clock });
  return {
    clock,
    callers,
    /** Tells which caller the agent with an identity gets, seen under an address, that tells another. */
    ask: (identity: string, hostname: string, told: string | number) => {
      const agent = agents.arrived(identity);
      const claimant = callers.claimant(agent, { hostname, port: 1 });
      const ip = typeof told === "string" ? parseIp(told) : told;
      return callers.callerOf(claimant, ip);
    },
  };
}

const [A, B, C] = ["10.0.0.1", "10.0.0.2", "172.17.0.2"] as const;

Deno.test("Callers.callerOf() gives every agent the address that it is seen under", () => {
  const { ask, callers } = begin();
  assertEquals(ask("one", A, A), parseIp(A));
  assertEquals(ask("two", A, A), parseIp(A));
  assertEquals(ask("three", `::ffff:${A}`, A), parseIp(A));
  assertEquals(callers.counters.callersRefused, 0);
});

Deno.test("Callers.callerOf() leaves another address to who used it first, until that is silent for 10 min", async () => {
  const { ask, callers, clock } = begin();
  assertEquals(ask("one", A, C), parseIp(C));
  assertEquals(ask("two", B, C), parseIp(B));
  await clock.advance(CLAIM_MS - 1);
  assertEquals(ask("one", A, C), parseIp(C));
  await clock.advance(CLAIM_MS - 1);
  assertEquals(ask("two", B, C), parseIp(B));
  assertEquals(callers.counters.callersRefused, 2);
  await clock.advance(1);
  assertEquals(ask("two", B, C), parseIp(C));
  assertEquals(ask("one", A, C), parseIp(A));
});

Deno.test("Callers.callerOf() takes an address from who only tells it for who is seen under it", () => {
  const { ask } = begin();
  assertEquals(ask("forger", B, A), parseIp(A));
  assertEquals(ask("owner", A, A), parseIp(A));
  assertEquals(ask("forger", B, A), parseIp(B));
});

Deno.test("Callers.callerOf() gives an agent without an IPv4 address what it tells, or 0", () => {
  const { ask } = begin();
  assertEquals(ask("one", "2001:db8::1", 0), 0);
  assertEquals(ask("two", "2001:db8::2", 0), 0);
  assertEquals(ask("one", "2001:db8::1", C), parseIp(C));
  assertEquals(ask("two", "2001:db8::2", C), 0);
});

Deno.test("Callers.callerOf() gives one address a bounded number of others", async () => {
  const { ask, callers, clock } = begin();
  const told = (index: number) => parseIp("192.168.0.0") + index;
  for (let index = 0; index < CALLERS_PER_ADDRESS_MAX + 10; index++) {
    const isInBounds = index < CALLERS_PER_ADDRESS_MAX;
    const expected = isInBounds ? told(index) : parseIp(A);
    assertEquals(ask(`agent ${index}`, A, told(index)), expected);
  }
  assertEquals(ask("other", B, told(999)), told(999));
  await clock.advance(CLAIM_MS);
  callers.expire();
  assertEquals(ask("late", A, told(500)), told(500));
});
