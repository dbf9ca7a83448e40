import { assertEquals } from "@std/assert";
import type { StatusRow } from "../store/mod.ts";
import fc from "fast-check";
import { type Batch, Coalescer } from "./coalescer.ts";
import { packRows, unpackRows } from "./testing/mod.ts";

function row(cmdId: number, succ: number): StatusRow {
  const host = { ip: 1, port: 80 };
  const counts = { succ, err: 0, ts: 0, overload: false };
  return { modId: 1, cmdId, ...host, caller: 9, ...counts };
}

function put(coalescer: Coalescer, row: StatusRow): boolean {
  return coalescer.put(packRows([row]), 0);
}

/** "cmdid:succ" of each row. */
function printBatch({ words }: Batch): string {
  return unpackRows(words).map(({ cmdId, succ }) => `${cmdId}:${succ}`).join(
    " ",
  );
}

Deno.test("Coalescer.take() hands out the newest of each key, longest waiting first", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  for (const each of [row(1, 1), row(2, 1), row(1, 2), row(3, 1)]) {
    put(coalescer, each);
  }
  const batch = coalescer.take(2);
  assertEquals(printBatch(batch), "1:2 2:1");
  assertEquals([coalescer.ready, coalescer.size], [1, 3]);
  coalescer.written(batch);
  const rest = coalescer.take(2);
  assertEquals(printBatch(rest), "3:1");
  coalescer.written(rest);
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
  for (const other of [{}, { ts: 5 }, { overload: true }, ...others]) {
    put(coalescer, { ...base, ...other });
  }
  assertEquals(coalescer.ready, 6);
});

Deno.test("Coalescer gives back the rows it was given, to their last bit", () => {
  const max = 4_294_967_295;
  const rows = [true, false].map((overload) => ({
    modId: 2_147_483_647,
    cmdId: overload ? 1 : 0,
    ip: max,
    port: 65_535,
    caller: max,
    succ: max,
    err: max,
    ts: max,
    overload,
  }));
  const coalescer = new Coalescer({ keysMax: 10 });
  for (const each of rows) put(coalescer, each);
  assertEquals(unpackRows(coalescer.take(2).words), rows);
});

Deno.test("Coalescer.putBack() gives what was not written first, or what has replaced it", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  for (const each of [row(1, 1), row(2, 1)]) put(coalescer, each);
  const batch = coalescer.take(2);
  put(coalescer, row(3, 1));
  put(coalescer, row(2, 2));
  assertEquals([coalescer.ready, coalescer.size], [1, 3]);
  coalescer.putBack(batch);
  assertEquals([coalescer.ready, coalescer.size], [3, 3]);
  put(coalescer, row(1, 2));
  assertEquals(printBatch(coalescer.take(10)), "1:2 2:2 3:1");
  assertEquals(coalescer.counters.replaced, 2);
});

Deno.test("Coalescer gives a key that is being written to no other batch, and its newer row after it", () => {
  const coalescer = new Coalescer({ keysMax: 10 });
  put(coalescer, row(1, 1));
  const first = coalescer.take(10);
  put(coalescer, row(1, 2));
  put(coalescer, row(2, 1));
  const second = coalescer.take(10);
  assertEquals(printBatch(second), "2:1");
  put(coalescer, row(1, 3));
  coalescer.written(first);
  coalescer.written(second);
  assertEquals(printBatch(coalescer.take(10)), "1:3");
});

Deno.test("Coalescer.put() at the bound takes newer rows of its keys and no new key", () => {
  const coalescer = new Coalescer({ keysMax: 2 });
  assertEquals([1, 2, 3, 1].map((cmdId) => put(coalescer, row(cmdId, 1))), [
    true,
    true,
    false,
    true,
  ]);
  const batch = coalescer.take(1);
  assertEquals(put(coalescer, row(3, 1)), false);
  assertEquals(put(coalescer, row(1, 3)), true);
  coalescer.putBack(batch);
  assertEquals(coalescer.full, true);
  const again = coalescer.take(1);
  assertEquals(printBatch(again), "1:3");
  coalescer.written(again);
  assertEquals(put(coalescer, row(3, 1)), true);
  assertEquals(printBatch(coalescer.take(10)), "2:1 3:1");
});

Deno.test("Coalescer brings the newest of each key into a store, whichever writes fail and in whatever order", () => {
  const stepOf = fc.oneof(
    fc.record({ kind: fc.constant("put" as const), cmdId: fc.nat(12) }),
    fc.record({ kind: fc.constant("take" as const), rows: fc.nat(5) }),
    fc.record({
      kind: fc.constantFrom("written" as const, "putBack" as const),
      batch: fc.nat(3),
    }),
  );
  fc.assert(fc.property(fc.array(stepOf, { maxLength: 200 }), (steps) => {
    const keysMax = 8;
    const coalescer = new Coalescer({ keysMax });
    const newest = new Map<number, number>();
    const stored = new Map<number, number>();
    const batches: Batch[] = [];
    const write = (batch: Batch) => {
      for (const { cmdId, succ } of unpackRows(batch.words)) {
        assertEquals(succ > (stored.get(cmdId) ?? 0), true);
        stored.set(cmdId, succ);
      }
      coalescer.written(batch);
    };
    for (const [time, step] of steps.entries()) {
      if (step.kind === "put") {
        const isTaken = put(coalescer, row(step.cmdId, time + 1));
        if (isTaken) newest.set(step.cmdId, time + 1);
      } else if (step.kind === "take") {
        batches.push(coalescer.take(step.rows));
        const keys = batches.flatMap(({ words }) => unpackRows(words))
          .map(({ cmdId }) => cmdId);
        assertEquals(new Set(keys).size, keys.length);
      } else {
        const [batch] = batches.splice(step.batch, 1);
        if (batch === undefined) continue;
        if (step.kind === "written") write(batch);
        else coalescer.putBack(batch);
      }
      assertEquals(coalescer.size <= keysMax, true);
    }
    for (const batch of batches) coalescer.putBack(batch);
    while (coalescer.ready > 0) write(coalescer.take(3));
    assertEquals(stored, newest);
    assertEquals(coalescer.size, 0);
  }));
});
