import { assert } from "@std/assert";
import fc from "fast-check";
import { DATAGRAM_BYTES_MAX, encodeFrame } from "../../proto/mod.ts";
import { fromHex, ShardFixture } from "../testing/shard_fixture.ts";

/** Every vector that a client sends to an agent (vectors.json), and getRoute of 1/1. */
const FRAMES = [
  "0400000006000000080710011801",
  "0400000000000000",
  "040000000f00000008ffffffff0f10ffffffff0718ac02",
  "0400000018000000080110ffffffffffffffffff011880808080f8ffffffff01",
  "0600000014000000080110011a0e08b183a085fcffffffff0110e13c",
  "0600000016000000080110011a0e08b183a085fcffffffff0110e13c2001",
  "070000000400000008011002",
  "070000000400000008011001",
].map(fromHex);

/** A valid frame with some bytes changed, cut off or added. */
const mutated = fc.record({
  frame: fc.constantFrom(...FRAMES),
  changes: fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 4 }),
  cut: fc.nat(3),
  tail: fc.uint8Array({ maxLength: 4 }),
}).map(({ frame, changes, cut, tail }) => {
  const datagram = new Uint8Array([
    ...frame.subarray(0, frame.length - cut),
    ...tail,
  ]);
  for (const [at, byte] of changes) {
    if (at < datagram.length) datagram[at] = byte;
  }
  return datagram;
});

/** The body of a valid frame, changed, under a header that fits it. */
const changedBody = mutated.map((datagram) =>
  encodeFrame(datagram[0] ?? 4, datagram.subarray(8))
);

/** Any body under a header that fits it. */
const anyBody = fc.tuple(fc.integer({ min: 3, max: 9 }), fc.uint8Array())
  .map(([id, body]) => encodeFrame(id, body));

/** Feeds datagrams to a shard, and looks whether handle() may return what it does. */
function survives(arbitrary: fc.Arbitrary<Uint8Array>): ShardFixture {
  const fixture = new ShardFixture({ index: 2, shards: 3 });
  fixture.update("1/1", "192.168.1.177:7777");
  fc.assert(
    fc.property(arbitrary, (datagram) => {
      fixture.nowMs += 7;
      const answer = fixture.send(datagram);
      fixture.shard.tick(fixture.nowMs);
      if (typeof answer === "number") return answer === 0;
      return answer.length >= 8 && answer.length <= DATAGRAM_BYTES_MAX &&
        answer[0] === (datagram[0] ?? 0) + 1;
    }),
    { numRuns: 2_000 },
  );
  return fixture;
}

Deno.test("ShardDatagrams.handle() survives any bytes", () => {
  const { badDatagrams } = survives(fc.uint8Array()).shard.counters;
  assert(badDatagrams > 1_000);
});

Deno.test("ShardDatagrams.handle() survives any body under a good header", () => {
  const { badDatagrams } = survives(anyBody).shard.counters;
  assert(badDatagrams > 0);
});

Deno.test("ShardDatagrams.handle() survives valid frames that were changed, cut or lengthened", () => {
  const { badDatagrams, requests, reports, routeRequests } =
    survives(fc.oneof(mutated, changedBody)).shard.counters;
  assert(badDatagrams > 0 && requests > 0);
  assert(reports > 0 && routeRequests > 0);
});
