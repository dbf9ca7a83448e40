import { assertEquals, assertStrictEquals } from "@std/assert";
import { VirtualClock } from "../../net/testing/mod.ts";
import { InstanceState, type InstanceStatus } from "../../proto/mod.ts";
import type { RegistrationSource } from "../source.ts";
import { finish, withClient } from "../testing/mod.ts";
import { toRegisterRequest } from "./options.ts";
import { ServedInstance } from "./served_instance.ts";

const ANSWER: InstanceStatus = {
  seq: 0,
  instance: "00".repeat(16),
  state: InstanceState.served,
  reason: "",
  heartbeatMs: 1_000,
};

/** An instance of an agent of which `source` is another part than the usual. */
function instanceOf(source: Partial<RegistrationSource>, clock: VirtualClock) {
  const options = { modId: 1, cmdId: 2, port: 8080, drainMs: 300 };
  return new ServedInstance({
    source: {
      random: () => 0,
      register: () => Promise.resolve(ANSWER),
      beat: () => Promise.resolve(ANSWER),
      deregister: () => Promise.resolve("timeout"),
      ...source,
    },
    clock,
    request: toRegisterRequest(options, ANSWER.instance),
    onChange: () => {},
  }, ANSWER);
}

Deno.test("an instance whose client closes under it is closed, and asks no more", async () => {
  const clock = new VirtualClock();
  const closed = () => Promise.resolve("closed" as const);
  const instance = instanceOf({ beat: closed, deregister: closed }, clock);
  await finish(clock, instance.closed);
  assertEquals([instance.state, clock.nowMs()], ["closed", 1_000]);
});

Deno.test("an instance that is to leave sooner does, also while it leaves", async () => {
  const clock = new VirtualClock();
  const instance = instanceOf({}, clock);
  const left = instance.close();
  await clock.advance(10);
  await finish(clock, instance.close({ drainMs: 0 }));
  await left;
  // Within the time that the agent has to say that it is done.
  assertEquals(clock.nowMs() >= 1_010 && clock.nowMs() < 1_300, true);
});

Deno.test("an instance that leaves names the time that is left, never 0, which is all of it", async () => {
  const clock = new VirtualClock();
  const named: number[] = [];
  const deregister: RegistrationSource["deregister"] = ({ drainMs }) => {
    named.push(drainMs);
    return Promise.resolve("timeout");
  };
  const instance = instanceOf({ deregister }, clock);
  await finish(clock, instance.close());
  assertEquals(named.slice(0, 4), [300, 280, 240, 160]);
  assertEquals(named.at(-1), 1);
  assertEquals(clock.nowMs(), 1_300);
});

Deno.test("what onChange throws goes on as of an event listener, and ends no beat", async () => {
  const errors: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error);
  };
  globalThis.addEventListener("error", onError);
  const thrown = new TypeError("of the program");
  const onChange = () => {
    throw thrown;
  };
  await withClient({}, async ({ clock, client }) => {
    const options = { modId: 1, cmdId: 2, port: 8080, drainMs: 10, onChange };
    const instance = await finish(clock, client.serve(options));
    await finish(clock, instance.notReady());
    assertStrictEquals(errors[0], thrown);
    await finish(clock, instance.ready());
    assertEquals(instance.state, "served");
    await finish(clock, instance.close());
  });
  globalThis.removeEventListener("error", onError);
});
