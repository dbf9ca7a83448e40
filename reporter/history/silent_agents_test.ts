import { assertEquals } from "@std/assert";
import type { AgentRow } from "../../store/mod.ts";
import { SILENT_MS, SilentAgents } from "./silent_agents.ts";

const LOOK_MS = 10_000;

function agents(...beats: number[]): AgentRow[] {
  return beats.map((beat, index) => ({
    agent: `agent ${index}`,
    name: "",
    version: "",
    zone: "",
    address: "",
    reporter: "",
    progress: undefined,
    beat,
    seenAt: 0,
  }));
}

Deno.test("SilentAgents.look() names an agent whose beat stands still, once each time", () => {
  const silent = new SilentAgents();
  const gone: [nowMs: number, agents: string[]][] = [];
  for (let nowMs = 0; nowMs <= 200_000; nowMs += LOOK_MS) {
    // The second comes back once.
    const second = nowMs < 100_000 ? 1 : 2;
    const named = silent.look(agents(nowMs, second), nowMs);
    if (named.length > 0) gone.push([nowMs, named]);
  }
  assertEquals(gone, [
    [SILENT_MS, ["agent 1"]],
    [100_000 + SILENT_MS, ["agent 1"]],
  ]);
});

Deno.test("SilentAgents.look() takes any other beat for a sign of life, also a lower one", () => {
  const silent = new SilentAgents();
  for (let nowMs = 0; nowMs <= 200_000; nowMs += LOOK_MS) {
    assertEquals(silent.look(agents(1_000_000 - nowMs), nowMs), []);
  }
});

Deno.test("SilentAgents.look() begins anew after a time in which it did not look", () => {
  const silent = new SilentAgents();
  silent.look(agents(1), 0);
  assertEquals(silent.look(agents(1), 100_000), []);
  for (let ms = LOOK_MS; ms < SILENT_MS; ms += LOOK_MS) {
    assertEquals(silent.look(agents(1), 100_000 + ms), []);
  }
  assertEquals(silent.look(agents(1), 160_000), ["agent 0"]);
});
