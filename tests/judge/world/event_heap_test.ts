import { seededRandom } from "../../../net/testing/seeded_random.ts";
import { assertEquals } from "@std/assert";
import { EventHeap } from "./event_heap.ts";

Deno.test("EventHeap.pop() gives events in order of time, however they came", () => {
  const heap = new EventHeap();
  const random = seededRandom(1, "heap");
  const times: number[] = [];
  // More than its first size, with takings between, so that it grows when in use.
  for (let id = 0; id < 5_000; id++) {
    times.push(random());
    heap.push(times[id]!, id);
  }
  const order = times.map((_, id) => id).sort((a, b) => times[a]! - times[b]!);
  for (const id of order) {
    assertEquals(heap.nextMs, times[id]);
    assertEquals(heap.pop(), id);
  }
  assertEquals(heap.nextMs, Infinity);
});

Deno.test("EventHeap.nextMs is Infinity when nothing is due", () => {
  const heap = new EventHeap();
  assertEquals(heap.nextMs, Infinity);
  heap.push(5, 1);
  heap.pop();
  assertEquals(heap.nextMs, Infinity);
});
