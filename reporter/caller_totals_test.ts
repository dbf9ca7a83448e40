import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { VirtualClock } from "../net/testing/mod.ts";
import type { StatusRow } from "../store/mod.ts";
import { GONE_MS } from "./agents.ts";
import { AGENTS_PER_CALLER_MAX, CallerTotals } from "./caller_totals.ts";
import { packRows, unpackRows } from "./testing/mod.ts";

/** Totals in which the agents with these numbers are here. */
function begin({ rowsMax = 1_000, here = new Set<number>() } = {}) {
  const clock = new VirtualClock();
  const totals = new CallerTotals({
    rowsMax,
    clock,
    isHere: (agent) => here.has(agent),
  });
  return {
    clock,
    totals,
    here,
    /** What is to be written when an agent tells a status. */
    tell(
      agent: number,
      { group = `10.0.0.${agent}`, ...row }: Partial<StatusRow> & {
        group?: string;
      },
    ): StatusRow {
      const words = packRows([{
        modId: 1,
        cmdId: 1,
        ip: 1,
        port: 80,
        caller: 9,
        succ: 0,
        err: 0,
        ts: 0,
        overload: false,
        ...row,
      }]);
      here.add(agent);
      totals.add(words, { agent, group });
      return unpackRows(words)[0]!;
    },
  };
}

Deno.test("CallerTotals.add() sums what agents count that share a caller, and replaces what one has told before", () => {
  const { tell } = begin();
  assertEquals(tell(1, { succ: 500, err: 2 }).succ, 500);
  const shared = tell(2, { succ: 3, err: 1, overload: true, ts: 7 });
  const { succ, err, overload, ts, port } = shared;
  assertEquals([succ, err, overload, ts, port], [503, 3, true, 7, 80]);
  assertEquals(tell(1, { succ: 1 }).succ, 4);
  assertEquals(tell(1, { succ: 1 }).overload, true);
  assertEquals(tell(2, { succ: 0xffff_ffff }).succ, 0xffff_ffff);
});

Deno.test("CallerTotals.add() keeps apart what differs in any part of the key", () => {
  const { tell } = begin();
  tell(1, { succ: 1 });
  for (
    const other of [{ modId: 2 }, { cmdId: 2 }, { ip: 2 }, { port: 81 }, {
      caller: 8,
    }]
  ) {
    assertEquals(tell(2, { succ: 5, ...other }).succ, 5);
  }
  assertEquals(tell(3, { succ: 5 }).succ, 6);
});

Deno.test("CallerTotals.add() leaves out an agent that has been gone for some time", async () => {
  const { tell, here, clock } = begin();
  tell(1, { succ: 1 });
  here.delete(1);
  assertEquals(tell(2, { succ: 10 }).succ, 11);
  await clock.advance(GONE_MS);
  assertEquals(tell(2, { succ: 10 }).succ, 10);
  here.add(1);
  assertEquals(tell(2, { succ: 10 }).succ, 11);
});

Deno.test("CallerTotals.expire() forgets what is in no total any more", async () => {
  const { tell, totals, here, clock } = begin();
  for (let agent = 1; agent <= 10; agent++) tell(agent, { succ: 1 });
  for (let agent = 1; agent < 10; agent++) here.delete(agent);
  await clock.advance(GONE_MS);
  await totals.expire();
  assertEquals(totals.size, 1);
  assertEquals(tell(11, { succ: 1 }).succ, 2);
  // Who is here, but has told nothing for long, too.
  await clock.advance(600_000);
  await totals.expire();
  assertEquals(totals.size, 0);
});

Deno.test("CallerTotals.add() without room for more tells the agent's own counts, and counts it", () => {
  const { tell, totals } = begin({ rowsMax: 2 });
  tell(1, { succ: 1 });
  tell(2, { succ: 2 });
  assertEquals(tell(3, { succ: 4 }).succ, 4);
  assertEquals(tell(1, { succ: 8 }).succ, 10);
  assertEquals(totals.counters.rowsUnsummed, 1);
});

Deno.test("CallerTotals.add() leaves room for others, however much one address tells, and has it back when its agents have gone", async () => {
  const { tell, totals, here, clock } = begin({ rowsMax: 8 });
  const group = "10.0.0.1";
  for (let agent = 1; agent <= 4; agent++) {
    for (let ip = 1; ip <= 8; ip++) tell(agent, { ip, succ: 1, group });
  }
  assertEquals(totals.size, 4);
  assertEquals(totals.counters.rowsUnsummed, 28);
  tell(8, { ip: 9, succ: 1 });
  assertEquals(tell(9, { ip: 9, succ: 2 }).succ, 3);
  for (let agent = 1; agent <= 4; agent++) here.delete(agent);
  await clock.advance(GONE_MS);
  await totals.expire();
  tell(5, { ip: 1, succ: 1, group });
  assertEquals(tell(6, { ip: 1, succ: 1, group }).succ, 2);
});

Deno.test("CallerTotals.add() sums a bounded number of agents", () => {
  const { tell, totals } = begin();
  for (let agent = 1; agent <= AGENTS_PER_CALLER_MAX; agent++) {
    assertEquals(tell(agent, { succ: 1 }).succ, agent);
  }
  assertEquals(tell(999, { succ: 1 }).succ, 1);
  assertEquals(totals.counters.rowsUnsummed, 1);
});

Deno.test("CallerTotals tells the sum over agents, whatever comes and goes", async () => {
  const step = fc.record({
    agent: fc.integer({ min: 1, max: 4 }),
    ip: fc.integer({ min: 1, max: 3 }),
    succ: fc.nat(100),
    leaves: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(fc.array(step), async (steps) => {
    const { tell, totals, here, clock } = begin();
    const told = new Map<string, number>();
    for (const { agent, ip, succ, leaves } of steps) {
      told.set(`${agent},${ip}`, succ);
      const sum = [...told].filter(([key]) => key.endsWith(`,${ip}`))
        .reduce((total, [, each]) => total + each, 0);
      assertEquals(tell(agent, { ip, succ }).succ, sum);
      if (!leaves) continue;
      here.delete(agent);
      await clock.advance(GONE_MS);
      await totals.expire();
      for (const key of told.keys()) {
        if (key.startsWith(`${agent},`)) told.delete(key);
      }
    }
    assertEquals(totals.size, told.size);
  }));
});
