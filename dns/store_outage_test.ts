import { assertEquals, assertThrows } from "@std/assert";
import { logger, recordLogs, VirtualClock } from "../net/testing/mod.ts";
import { StoreError } from "../store/mod.ts";
import { StoreOutage } from "./store_outage.ts";

const AWAY = new StoreError("Cannot use store", { retry: true });

/** An outage in virtual time, and the lines that it has written. */
function trial({ isPart }: { isPart: boolean }) {
  const clock = new VirtualClock();
  const logs = recordLogs();
  const whole = { isAway: false };
  const outage = new StoreOutage({
    action: "read leases",
    random: () => 0,
    logger,
    ...isPart && { part: { clock, isWhole: () => whole.isAway } },
  });
  const lines = () => logs.lines.map((line) => line.replace(/^\S+ /, ""));
  return {
    clock,
    outage,
    whole,
    lines,
    [Symbol.dispose]: () => logs[Symbol.dispose](),
  };
}

const BEGINS =
  'error test: cannot read leases now, trying again error="Cannot use store"';
const ENDS = "info test: can read leases again";

Deno.test("StoreOutage has a line when it begins, and one when it ends", () => {
  using each = trial({ isPart: false });
  for (let attempt = 0; attempt < 3; attempt++) each.outage.began(AWAY);
  assertEquals(each.lines(), [BEGINS]);
  each.outage.over();
  each.outage.over();
  assertEquals(each.lines(), [BEGINS, ENDS]);
  const other = new TypeError("x is not a function");
  assertThrows(() => each.outage.began(other), TypeError);
});

Deno.test("StoreOutage of a part has its lines when it lasts, and the whole store is not away", async () => {
  using each = trial({ isPart: true });
  each.outage.began(AWAY);
  each.outage.over();
  assertEquals(each.lines(), []);
  each.outage.began(AWAY);
  each.whole.isAway = true;
  await each.clock.advance(60_000);
  each.outage.began(AWAY);
  assertEquals([each.lines(), each.outage.active], [[], true]);
  // The store is back, but for this.
  each.whole.isAway = false;
  each.outage.began(AWAY);
  each.outage.began(AWAY);
  assertEquals(each.lines(), [BEGINS]);
  each.outage.over();
  assertEquals(each.lines(), [BEGINS, ENDS]);
});
