import { assertEquals, assertGreater } from "@std/assert";
import { VirtualClock } from "../../net/testing/mod.ts";
import { LoginLimits } from "./login_limits.ts";

/** Takes until it must wait; returns how many it got. */
function takeAll(
  limits: LoginLimits,
  who: { address: string; name: string },
  most = 100,
): number {
  for (let taken = 0; taken < most; taken++) {
    if (limits.take(who) > 0) return taken;
  }
  return most;
}

Deno.test("LoginLimits lets an address guess a few times, then once a second", async () => {
  const clock = new VirtualClock();
  const limits = new LoginLimits({ clock });
  const who = { address: "10.0.0.1", name: "alice" };
  assertEquals(takeAll(limits, who), 5);
  const waitMs = limits.take(who);
  assertGreater(waitMs, 0);
  await clock.advance(waitMs);
  assertEquals(takeAll(limits, who), 1);
});

Deno.test("LoginLimits: guesses of one address do not keep another from logging in", () => {
  const limits = new LoginLimits({ clock: new VirtualClock() });
  assertEquals(takeAll(limits, { address: "10.0.0.1", name: "alice" }), 5);
  assertEquals(limits.take({ address: "10.0.0.2", name: "alice" }), 0);
});

Deno.test("LoginLimits: guesses of many addresses do not keep one that has logged in before from that", () => {
  const limits = new LoginLimits({ clock: new VirtualClock() });
  const home = { address: "10.0.0.1", name: "alice" };
  assertEquals(limits.take(home), 0);
  limits.succeed(home);
  for (let last = 0; last < 200; last++) {
    limits.take({ address: `10.1.0.${last}`, name: "alice" });
  }
  assertGreater(limits.take({ address: "10.2.0.1", name: "alice" }), 0);
  assertEquals(limits.take(home), 0);
});

Deno.test("LoginLimits: a right password costs nothing, however often", () => {
  const limits = new LoginLimits({ clock: new VirtualClock() });
  const who = { address: "10.0.0.1", name: "alice" };
  for (let attempt = 0; attempt < 50; attempt++) {
    assertEquals(limits.take(who), 0);
    limits.succeed(who);
  }
});

Deno.test("LoginLimits: logins of one that is known give strangers no more guesses", () => {
  const limits = new LoginLimits({ clock: new VirtualClock() });
  const home = { address: "10.0.0.1", name: "alice" };
  limits.take(home);
  limits.succeed(home);
  let guesses = 0;
  for (let last = 0; last < 50; last++) {
    if (limits.take({ address: `10.1.0.${last}`, name: "alice" }) === 0) {
      guesses += 1;
    }
    limits.take(home);
    limits.succeed(home);
  }
  assertEquals(guesses, 10);
});

Deno.test("LoginLimits counts an IPv6 network as one address", () => {
  const limits = new LoginLimits({ clock: new VirtualClock() });
  let taken = 0;
  for (let last = 1; last < 50; last++) {
    const who = { address: `2001:db8::${last.toString(16)}`, name: `u${last}` };
    if (limits.take(who) === 0) taken += 1;
  }
  assertEquals(taken, 5);
});
