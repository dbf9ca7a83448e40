import { assertEquals } from "@std/assert";
import { NO_HOST } from "../balancer.ts";
import { RowQueue } from "./row_queue.ts";

const LINKS = 3;

function queueOf(rows: number) {
  const links = {
    previous: new Int32Array(LINKS),
    next: new Int32Array(LINKS),
  };
  const queue = new RowQueue(links);
  for (let row = 0; row < rows; row++) queue.push(row);
  return { queue, links };
}

/** Forwards by rotating once around, then backwards by links. */
function show({ queue, links }: ReturnType<typeof queueOf>): string {
  const rows = Array.from({ length: queue.size }, () => queue.rotate());
  const back = [];
  let row = rows.at(-1) ?? NO_HOST;
  for (; row !== NO_HOST; row = links.previous[row]!) back.push(row);
  return `${rows.join("")}|${back.join("")}`;
}

// Rows, one of them, after remove.
const CASES: [number, number, string][] = [
  [1, 0, "|"],
  [2, 0, "1|1"],
  [2, 1, "0|0"],
  [3, 0, "12|21"],
  [3, 1, "02|20"],
  [3, 2, "01|10"],
];

for (const [rows, row, removed] of CASES) {
  Deno.test(`RowQueue removes ${row} of ${rows}, and takes it again at the tail`, () => {
    const each = queueOf(rows);
    each.queue.remove(row);
    assertEquals(each.queue.size, rows - 1);
    assertEquals(show(each), removed);
    each.queue.push(row);
    const [forwards, back] = removed.split("|");
    assertEquals(show(each), `${forwards}${row}|${row}${back}`);
  });
}

for (
  const [rows, head, after] of [
    [0, NO_HOST, "|"],
    [1, 0, "0|0"],
    [2, 0, "10|01"],
    [3, 0, "120|021"],
  ] as const
) {
  Deno.test(`RowQueue rotates ${rows} rows`, () => {
    const each = queueOf(rows);
    assertEquals(each.queue.rotate(), head);
    assertEquals(show(each), after);
  });
}
