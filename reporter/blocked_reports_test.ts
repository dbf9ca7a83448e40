import { assertEquals } from "@std/assert";
import { HeldStatuses } from "./blocked_reports.ts";

Deno.test("HeldStatuses.drain() takes each row once, messages in order of arrival, and stop() counts the rest", async () => {
  const taken: string[] = [];
  let room = 0;
  // A message is its name and its number of rows.
  const held = new HeldStatuses({
    countRows: (body) => body[1]!,
    takeFrom: (body, from) => {
      for (let row = from; row < body[1]!; row++) {
        if (room === 0) return row;
        room -= 1;
        taken.push(`${body[0]}.${row}`);
      }
      return undefined;
    },
  });
  const released: number[] = [];
  for (const [name, rows] of [[1, 3], [2, 1], [3, 4]] as const) {
    held.hold(new Uint8Array([name, rows]), 0).then(() => released.push(name));
  }
  for (const more of [1, 1, 3]) {
    room = more;
    held.drain();
  }
  await Promise.resolve();
  assertEquals(taken, ["1.0", "1.1", "1.2", "2.0", "3.0"]);
  assertEquals([released, held.size], [[1, 2], 1]);
  room = 1;
  held.stop();
  await held.hold(new Uint8Array([4, 2]), 0);
  assertEquals(taken.at(-1), "3.1");
  assertEquals(held.counters, { heldBack: 4, rowsLost: 4 });
  assertEquals([released, held.size], [[1, 2, 3], 0]);
});
