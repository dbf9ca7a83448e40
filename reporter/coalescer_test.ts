import { assertEquals } from "@std/assert";
import type { StatusRow } from "../store/mod.ts";
import { Coalescer, writerOf } from "./coalescer.ts";

function row(cmdId: number, succ: number): StatusRow {
  const host = { ip: 1, port: 80 };
  const counts = { succ, err: 0, ts: 0, overload: false };
  return { modId: 1, cmdId, ...host, caller: 9, ...counts };
}

/** "cmdid:succ" of each row. */
function told(rows: readonly StatusRow[]): string {
  return rows.map(({ cmdId, succ }) => `${cmdId}:${succ}`).join(" ");
}

Deno.test("Coalescer.take() hands out the newest of each key, longest waiting first", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  for (const each of [row(1, 1), row(2, 1), row(1, 2), row(3, 1)]) {
    coalescer.put(each);
  }
  assertEquals(told(coalescer.take(2)), "1:2 2:1");
  assertEquals([coalescer.ready, coalescer.size], [1, 3]);
  coalescer.written();
  assertEquals(told(coalescer.take(2)), "3:1");
  coalescer.written();
  assertEquals(coalescer.size, 0);
  assertEquals(coalescer.counters.replaced, 1);
});

Deno.test("Coalescer tells apart keys that differ in any one part", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  const base = row(1, 1);
  const others: Partial<StatusRow>[] = [
    { modId: 2 },
    { cmdId: 2 },
    { ip: 2 },
    { port: 81 },
    { caller: 8 },
  ];
  for (const other of [{}, { ts: 5 }, ...others]) {
    coalescer.put({ ...base, ...other });
  }
  assertEquals(coalescer.ready, 6);
});

Deno.test("Coalescer.putBack() keeps what no newer row has replaced, and gives it first", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  coalescer.put(row(1, 1));
  coalescer.put(row(2, 1));
  coalescer.take(2);
  coalescer.put(row(3, 1));
  coalescer.put(row(2, 2));
  coalescer.putBack();
  assertEquals(coalescer.size, 3);
  coalescer.put(row(1, 2));
  assertEquals(told(coalescer.take(10)), "1:2 3:1 2:2");
  assertEquals(coalescer.counters.replaced, 2);
});

Deno.test("Coalescer.put() at the bound takes newer rows of its keys and no new key", () => {
  const coalescer = new Coalescer({ keysMax: 2 });
  assertEquals([1, 2, 3, 1].map((cmdId) => coalescer.put(row(cmdId, 1))), [
    true,
    true,
    false,
    true,
  ]);
  coalescer.take(1);
  assertEquals(coalescer.put(row(3, 1)), true);
  coalescer.putBack();
  assertEquals(coalescer.full, true);
  assertEquals(coalescer.put(row(1, 3)), true);
  assertEquals(coalescer.put(row(4, 1)), false);
  assertEquals(told(coalescer.take(10)), "1:3 2:1 3:1");
});

Deno.test("writerOf() is one of the writers, the same for all rows of a key, and spreads keys", () => {
  for (const writers of [1, 3, 7]) {
    const counts = new Array<number>(writers).fill(0);
    for (let cmdId = 0; cmdId < 7_000; cmdId++) {
      const writer = writerOf(row(cmdId, 1), writers);
      assertEquals(writerOf(row(cmdId, 2), writers), writer);
      counts[writer]! += 1;
    }
    const least = Math.min(...counts);
    assertEquals(least > 7_000 / writers / 2, true, `${counts}`);
  }
});
