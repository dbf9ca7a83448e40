import { assertEquals } from "@std/assert";
import { BlockedReports } from "./blocked_reports.ts";
import { ROW_WORDS } from "./status_rows.ts";

/** A message of which only its name and its number of rows matter. */
function message(name: number, rows: number): Uint32Array {
  return new Uint32Array(rows * ROW_WORDS).fill(name);
}

Deno.test("BlockedReports.drain() takes each row once, messages in order of arrival, and stop() counts the rest", async () => {
  const taken: string[] = [];
  let room = 0;
  const blocked = new BlockedReports((words, from) => {
    for (let row = from; row * ROW_WORDS < words.length; row++) {
      if (room === 0) return row;
      room -= 1;
      taken.push(`${words[0]}.${row}`);
    }
    return words.length / ROW_WORDS;
  });
  const released: number[] = [];
  for (const [name, rows] of [[1, 3], [2, 1], [3, 4]] as const) {
    blocked.wait(message(name, rows)).then(() => released.push(name));
  }
  for (const more of [1, 1, 3]) {
    room = more;
    blocked.drain();
  }
  await Promise.resolve();
  assertEquals(taken, ["1.0", "1.1", "1.2", "2.0", "3.0"]);
  assertEquals([released, blocked.size], [[1, 2], 1]);
  room = 1;
  blocked.stop();
  await blocked.wait(message(4, 2));
  assertEquals(taken.at(-1), "3.1");
  assertEquals(blocked.counters, { blocked: 4, rowsLost: 4 });
  assertEquals([released, blocked.size], [[1, 2, 3], 0]);
});
