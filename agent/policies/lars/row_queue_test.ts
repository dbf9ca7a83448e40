import { assertEquals } from "@std/assert";
import { NO_HOST } from "../balancer.ts";
import { SlotQueue } from "./row_queue.ts";

const LINKS = 3;

function queueOf(slots: number) {
  const links = {
    previous: new Int32Array(LINKS),
    next: new Int32Array(LINKS),
  };
  const queue = new SlotQueue(links);
  for (let slot = 0; slot < slots; slot++) queue.push(slot);
  return { queue, links };
}

/** Forwards, then backwards, so that both kinds of links are seen. */
function show({ queue, links }: ReturnType<typeof queueOf>): string {
  const slots = [];
  for (let at = queue.head; at !== NO_HOST; at = links.next[at]!) {
    slots.push(at);
  }
  const back = [];
  for (let at = slots.at(-1); at !== undefined && at !== NO_HOST;) {
    back.push(at);
    at = links.previous[at];
  }
  return `${slots.join("")}|${back.join("")}`;
}

// Slots, one of them, after remove, after moveToTail.
const CASES: [number, number, string, string][] = [
  [1, 0, "|", "0|0"],
  [2, 0, "1|1", "10|01"],
  [2, 1, "0|0", "01|10"],
  [3, 0, "12|21", "120|021"],
  [3, 1, "02|20", "021|120"],
  [3, 2, "01|10", "012|210"],
];

for (const [slots, slot, removed, moved] of CASES) {
  Deno.test(`SlotQueue removes and moves ${slot} of ${slots}`, () => {
    const first = queueOf(slots);
    first.queue.remove(slot);
    assertEquals(show(first), removed);
    assertEquals(first.queue.size, slots - 1);
    const second = queueOf(slots);
    second.queue.moveToTail(slot);
    assertEquals(show(second), moved);
    assertEquals(second.queue.size, slots);
  });
}
