import { assertEquals } from "@std/assert";
import { Disturbances } from "./disturbances.ts";

const OPTIONS = { delayMs: 10, recoveryMs: 100 };

Deno.test("Disturbances.knownSince() goes back over disturbances of the feed that touch, and no others", () => {
  const disturbances = new Disturbances();
  disturbances.begin("calls", 0);
  assertEquals(disturbances.knownSince(5_000, OPTIONS), 4_990);
  disturbances.begin("feed", 1_000)(1_500);
  disturbances.begin("feed", 1_550)(1_700);
  // Within the time of recovery after the second, which began within that of the first.
  assertEquals(disturbances.knownSince(1_790, OPTIONS), 990);
  assertEquals(disturbances.knownSince(1_820, OPTIONS), 1_810);
  disturbances.begin("feed", 3_000);
  assertEquals(disturbances.knownSince(9_000, OPTIONS), 2_990);
});

Deno.test("Disturbances.touch() sees those that go on, and those that ended a while ago", () => {
  const disturbances = new Disturbances();
  const end = disturbances.begin("agent 1", 100);
  const call = { fromMs: 500, toMs: 600 };
  assertEquals(disturbances.touch("agent 1", call), true);
  assertEquals(disturbances.touch("agent 2", call), false);
  end(450);
  assertEquals(disturbances.touch("agent 1", call), false);
  assertEquals(disturbances.touch("agent 1", call, 50), true);
  disturbances.forget(451);
  assertEquals(disturbances.touch("agent 1", call, 50), false);
});
