import { assertEquals } from "@std/assert";
import { WakeupCounter } from "./wakeup.ts";

Deno.test("WakeupCounter.posted() asks for a wakeup only if the worker had taken all before", () => {
  const hub = new WakeupCounter();
  const worker = new WakeupCounter(hub.memory);
  assertEquals([hub.posted(), hub.posted(), hub.posted()], [
    true,
    false,
    false,
  ]);
  worker.taken();
  assertEquals([worker.pending, hub.posted()], [true, false]);
  for (let message = 0; message < 3; message++) worker.taken();
  assertEquals([worker.pending, hub.posted()], [false, true]);
});

Deno.test("WakeupCounter.next() resolves with the next message", async () => {
  const hub = new WakeupCounter();
  const worker = new WakeupCounter(hub.memory);
  hub.posted();
  const next = worker.next();
  const order: string[] = [];
  next.then(() => order.push("next"));
  await Promise.resolve();
  order.push("taken");
  worker.taken();
  await next;
  assertEquals([order, worker.pending], [["taken", "next"], false]);
});

Deno.test("WakeupCounter.pending is false for a message that was taken before it was counted", () => {
  const hub = new WakeupCounter();
  const worker = new WakeupCounter(hub.memory);
  worker.taken();
  // A worker that waited for the next message would answer nothing until then.
  assertEquals(worker.pending, false);
  assertEquals([hub.posted(), worker.pending], [false, false]);
  assertEquals([hub.posted(), worker.pending], [true, true]);
});
