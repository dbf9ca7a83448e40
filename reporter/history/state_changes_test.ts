import { assertEquals } from "@std/assert";
import { HostReason, HostState } from "../../proto/mod.ts";
import { CHANGES_MAX, StateChanges } from "./state_changes.ts";

Deno.test("StateChanges.batch() gives all states of an agent, however many, and takes them back", () => {
  const changes = new StateChanges();
  const hosts = Array.from({ length: 2 * CHANGES_MAX }, (_, index) => ({
    modId: 1,
    cmdId: 1,
    ip: index + 1,
    port: 80,
    state: HostState.ejected,
    reason: HostReason.refused,
    ageMs: 0,
    inFlight: 0,
    nextTryMs: 0,
  }));
  changes.take("a", { all: true, hosts, nowS: 0 });
  const write = changes.batch();
  assertEquals([write.replace, write.rows.length], [["a"], hosts.length]);
  assertEquals([changes.hasRoom, changes.isPending], [true, false]);
  changes.putBack(write);
  assertEquals([changes.hasRoom, changes.isPending], [false, true]);
  assertEquals(changes.batch(), write);
});
