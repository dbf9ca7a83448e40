import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  encodeFrame,
  type Frame,
  FrameDecoder,
  HEADER_BYTES,
  parseDatagram,
  ProtocolError,
  writeHeader,
} from "./mod.ts";

const FRAMES: Frame[] = [
  { id: 1, body: new Uint8Array([8, 1, 16, 1]) },
  { id: 4, body: new Uint8Array() },
  { id: -7, body: new Uint8Array([255]) },
];

Deno.test("encodeFrame() writes id and length little-endian before the body", () => {
  const body = Uint8Array.fromHex("080710011801");
  assertEquals(
    encodeFrame(4, body).toHex(),
    "0400000006000000080710011801",
  );
  assertEquals(
    encodeFrame(-2, new Uint8Array(258)).toHex().slice(0, 16),
    "feffffff02010000",
  );
});

Deno.test("encodeFrame() takes a body up to the limit", () => {
  const longest = encodeFrame(2, new Uint8Array(BODY_BYTES_MAX));
  assertEquals(longest.length, 65_535);
  assertThrows(
    () => encodeFrame(2, new Uint8Array(BODY_BYTES_MAX + 1)),
    RangeError,
    "body must be <= 65527 bytes: current length is 65528",
  );
});

Deno.test("writeHeader() writes into a view, and nothing before or behind it", () => {
  const buffer = new Uint8Array(16).fill(0xaa);
  writeHeader(buffer.subarray(4), 5, 3);
  assertEquals(buffer.toHex(), "aaaaaaaa0500000003000000aaaaaaaa");
});

Deno.test("FrameDecoder.decode() finds the frames however the stream is split in three", () => {
  const stream = concat(FRAMES);
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const decoder = new FrameDecoder();
      const frames = [
        stream.subarray(0, first),
        stream.subarray(first, second),
        stream.subarray(second),
      ].flatMap((chunk) => [...decoder.decode(chunk)]);
      assertEquals(frames, FRAMES, `split at ${first} and ${second}`);
      assertEquals(decoder.torn, false);
    }
  }
});

Deno.test("FrameDecoder.torn tells at every truncation whether a frame was cut", () => {
  const stream = concat(FRAMES);
  const ends = [0, 12, 20, 29];
  for (let length = 0; length <= stream.length; length++) {
    const decoder = new FrameDecoder();
    const frames = [...decoder.decode(stream.subarray(0, length))];
    const whole = ends.filter((end) => end > 0 && end <= length).length;
    assertEquals(frames, FRAMES.slice(0, whole), `cut at ${length}`);
    assertEquals(decoder.torn, !ends.includes(length), `cut at ${length}`);
  }
});

Deno.test("FrameDecoder.decode() checks the length a header announces", () => {
  const table: [bodyBytes: number, accepted: boolean][] = [
    [-2_147_483_648, false],
    [-1, false],
    [0, true],
    [1, true],
    [65_527, true],
    [65_528, false],
    [2_147_483_647, false],
  ];
  for (const [bodyBytes, accepted] of table) {
    const header = new Uint8Array(HEADER_BYTES);
    new DataView(header.buffer).setInt32(4, bodyBytes, true);
    const decoder = new FrameDecoder();
    const frames = () => [...decoder.decode(header)];
    if (accepted) {
      assertEquals(frames().length, bodyBytes === 0 ? 1 : 0);
      continue;
    }
    assertThrows(
      frames,
      ProtocolError,
      `body length must be 0 to 65527: current value is ${bodyBytes}`,
    );
  }
});

Deno.test("FrameDecoder.decode() yields the frames before a bad header", () => {
  const stream = concat([{ id: 3, body: new Uint8Array([1]) }]);
  const bad = Uint8Array.fromHex("01000000ffffffff");
  const seen: number[] = [];
  assertThrows(() => {
    for (const { id } of new FrameDecoder().decode(join([stream, bad]))) {
      seen.push(id);
    }
  }, ProtocolError);
  assertEquals(seen, [3]);
});

Deno.test("FrameDecoder.decode() takes the longest frame, byte for byte", () => {
  const body = Uint8Array.from({ length: BODY_BYTES_MAX }, (_, i) => i % 251);
  const decoder = new FrameDecoder();
  const stream = encodeFrame(2, body);
  const frames = [
    ...decoder.decode(stream.subarray(0, 40_000)),
    ...decoder.decode(stream.subarray(40_000)),
  ];
  assertEquals(frames, [{ id: 2, body }]);
});

Deno.test("FrameDecoder.decode() copies bodies, so that later bytes leave them alone", () => {
  const decoder = new FrameDecoder();
  const chunk = encodeFrame(1, new Uint8Array([1, 2]));
  const [first] = [...decoder.decode(chunk)];
  chunk.fill(9);
  void [...decoder.decode(encodeFrame(1, new Uint8Array([3, 4])))];
  assertEquals(first?.body, new Uint8Array([1, 2]));
});

Deno.test("parseDatagram() takes exactly one whole frame", () => {
  const whole = encodeFrame(6, new Uint8Array([1, 2, 3]));
  assertEquals(parseDatagram(whole), {
    id: 6,
    body: new Uint8Array([1, 2, 3]),
  });
  assertEquals(parseDatagram(encodeFrame(4, new Uint8Array())), {
    id: 4,
    body: new Uint8Array(),
  });
  for (let length = 0; length < whole.length; length++) {
    assertEquals(parseDatagram(whole.subarray(0, length)), undefined);
  }
  assertEquals(parseDatagram(join([whole, new Uint8Array(1)])), undefined);
  assertEquals(parseDatagram(join([whole, whole])), undefined);
  const negative = Uint8Array.fromHex("06000000ffffffff");
  assertEquals(parseDatagram(negative), undefined);
  // The length that would make header and body nothing at all.
  assertEquals(
    parseDatagram(Uint8Array.fromHex("06000000f8ffffff")),
    undefined,
  );
});

Deno.test("parseDatagram() reads a view at its offset", () => {
  const buffer = join([new Uint8Array(3), encodeFrame(7, new Uint8Array([5]))]);
  assertEquals(parseDatagram(buffer.subarray(3)), {
    id: 7,
    body: new Uint8Array([5]),
  });
});

const frameArbitrary = fc.record({
  id: fc.integer(),
  body: fc.uint8Array({ maxLength: 64 }),
}, { noNullPrototype: true });

Deno.test("property: random frames come out of random splits unchanged", () => {
  fc.assert(fc.property(
    fc.array(frameArbitrary, { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
    (frames, sizes) => {
      const decoder = new FrameDecoder();
      const decoded = cut(concat(frames), sizes)
        .flatMap((chunk) => [...decoder.decode(chunk)]);
      assertEquals(decoded, frames);
      assertEquals(decoder.torn, false);
    },
  ));
});

Deno.test("property: random bytes make decode() return, or throw a ProtocolError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    try {
      for (const { body } of new FrameDecoder().decode(bytes)) {
        if (body.length > BODY_BYTES_MAX) throw new Error("body too long");
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    const frame = parseDatagram(bytes);
    if (frame === undefined) return;
    assertEquals(encodeFrame(frame.id, frame.body), bytes);
  }));
});

function concat(frames: readonly Frame[]): Uint8Array {
  return join(frames.map(({ id, body }) => encodeFrame(id, body)));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Pieces of these sizes, taken in turn. */
function cut(stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < stream.length;) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    chunks.push(stream.subarray(start, start + size));
    start += size;
  }
  return chunks;
}
