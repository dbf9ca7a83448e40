import { assertEquals } from "@std/assert";
import {
  CallTotalsDecoder,
  CallTotalsEncoder,
  HEADER_BYTES,
} from "../../../proto/mod.ts";
import { TotalsQueue } from "./totals_queue.ts";

const EPOCH = 2 ** 40 + 7;

/** A queue, the shards that it has asked, and a body for it. */
function queueOf() {
  const asked: number[] = [];
  const queue = new TotalsQueue({
    epoch: EPOCH,
    ask: (shard) => asked.push(shard),
  });
  const encoder = new CallTotalsEncoder();
  encoder.route({ modId: 1, cmdId: 1 }, new Array(12).fill(1), 0);
  const [body] = encoder.take();
  return { queue, asked, body: body! };
}

/** The `seq` of the frames that the queue gives now. */
function takeAll(queue: TotalsQueue): number[] {
  const decoder = new CallTotalsDecoder();
  const seqs = [];
  for (let frame = queue.next(); frame !== undefined; frame = queue.next()) {
    decoder.decode(frame.subarray(HEADER_BYTES));
    seqs.push(decoder.seq);
  }
  return seqs;
}

Deno.test("TotalsQueue asks no shard while no reporter takes totals, and gives nothing", () => {
  const { queue, asked, body } = queueOf();
  queue.onDue(0);
  queue.add(1, [body], true);
  assertEquals([asked, takeAll(queue), queue.isWaiting], [[], [], false]);
  queue.setTaken(true);
  assertEquals([asked, takeAll(queue)], [[0], [1]]);
});

Deno.test("TotalsQueue asks a shard again when all that it gave is acknowledged", () => {
  const { queue, asked, body } = queueOf();
  queue.setTaken(true);
  queue.onDue(0);
  queue.add(0, [body], false);
  queue.onDue(1);
  assertEquals(asked, [0, 1]);
  queue.onAck({ epoch: EPOCH, seq: 1 });
  queue.onDue(0);
  // It has more to give to the first question.
  assertEquals(asked, [0, 1]);
  queue.add(0, [body], true);
  assertEquals(asked, [0, 1]);
  queue.onAck({ epoch: EPOCH, seq: 2 });
  assertEquals(asked, [0, 1, 0]);
});

Deno.test("TotalsQueue asks a shard that had nothing to give when it has something", () => {
  const { queue, asked } = queueOf();
  queue.setTaken(true);
  queue.onDue(0);
  queue.add(0, [], true);
  queue.onDue(0);
  assertEquals(asked, [0, 0]);
});

Deno.test("TotalsQueue gives on each connection all that is not acknowledged, in order, the same bytes", () => {
  const { queue, body } = queueOf();
  queue.setTaken(true);
  queue.add(0, [body, body, body], true);
  queue.add(1, [body], true);
  const first = queue.next()!;
  queue.setTaken(false);
  assertEquals(takeAll(queue), []);
  queue.onConnected();
  queue.setTaken(true);
  assertEquals(queue.next(), first);
  queue.onAck({ epoch: EPOCH, seq: 2 });
  assertEquals(takeAll(queue), [3, 4]);
  queue.onConnected();
  assertEquals(takeAll(queue), [3, 4]);
  queue.onAck({ epoch: EPOCH, seq: 4 });
  queue.onConnected();
  assertEquals(takeAll(queue), []);
});

Deno.test("TotalsQueue takes no acknowledgement of another run, an old one, or of what it never gave", () => {
  const { queue, body } = queueOf();
  queue.setTaken(true);
  queue.add(0, [body, body], true);
  queue.onAck({ epoch: EPOCH + 1, seq: 2 });
  queue.onAck({ epoch: EPOCH, seq: 0 });
  assertEquals(takeAll(queue), [1, 2]);
  queue.onAck({ epoch: EPOCH, seq: 99 });
  queue.onAck({ epoch: EPOCH, seq: 1 });
  queue.add(0, [body], true);
  assertEquals(takeAll(queue), [3]);
});
