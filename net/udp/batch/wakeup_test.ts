import { assertEquals } from "@std/assert";
import { BatchMail } from "./wakeup.ts";

Deno.test("BatchMail.posted() asks for a ring only if the worker had taken all before", () => {
  const hub = new BatchMail();
  const worker = new BatchMail(hub.memory);
  assertEquals([hub.posted(), hub.posted(), hub.posted()], [
    true,
    false,
    false,
  ]);
  worker.took();
  assertEquals([worker.pending, hub.posted()], [true, false]);
  for (let message = 0; message < 3; message++) worker.took();
  assertEquals([worker.pending, hub.posted()], [false, true]);
});

Deno.test("BatchMail.next() resolves with the next message", async () => {
  const hub = new BatchMail();
  const worker = new BatchMail(hub.memory);
  hub.posted();
  const next = worker.next();
  const order: string[] = [];
  next.then(() => order.push("next"));
  await Promise.resolve();
  order.push("took");
  worker.took();
  await next;
  assertEquals([order, worker.pending], [["took", "next"], false]);
});
