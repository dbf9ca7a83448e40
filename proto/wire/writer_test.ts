import { assertEquals } from "@std/assert";
import { WireReader } from "./reader.ts";
import { WireWriter } from "./writer.ts";

/** What is written behind two bytes that stay, in hexadecimal digits. */
function written(write: (writer: WireWriter) => void): string {
  const bytes = new Uint8Array(64);
  const writer = new WireWriter();
  writer.start(bytes, 2);
  write(writer);
  assertEquals(bytes.subarray(0, 2), new Uint8Array(2));
  return bytes.subarray(2, writer.at).toHex();
}

Deno.test("WireWriter.uint32() writes as few bytes as will do, and none for 0", () => {
  const table: [number, string][] = [
    [0, ""],
    [1, "0801"],
    [127, "087f"],
    [128, "088001"],
    [268_435_455, "08ffffff7f"],
    [0xffff_ffff, "08ffffffff0f"],
  ];
  for (const [value, digits] of table) {
    assertEquals(written((writer) => writer.uint32(8, value)), digits);
  }
});

Deno.test("WireWriter.int32() extends the sign of negative numbers to ten bytes", () => {
  const table: [number, string][] = [
    [0, ""],
    [2_147_483_647, "10ffffffff07"],
    [-1, "10ffffffffffffffffff01"],
    [-2_147_483_648, "1080808080f8ffffffff01"],
  ];
  for (const [value, digits] of table) {
    assertEquals(written((writer) => writer.int32(16, value)), digits);
  }
});

Deno.test("WireWriter writes tags of fields from 16 up in two bytes", () => {
  assertEquals(written((writer) => writer.uint32(16 << 3, 5)), "800105");
});

Deno.test("WireWriter.close() puts the length before a message within", () => {
  const host = (writer: WireWriter) => {
    const start = writer.open(5 << 3 | 2);
    writer.int32(8, 1);
    writer.int32(16, 300);
    writer.close(start);
  };
  assertEquals(written(host), "2a05080110ac02");
});

Deno.test("WireWriter.uint64() writes integers of more than 32 bits", () => {
  const table: [number, string][] = [
    [0, ""],
    [127, "087f"],
    [0xffff_ffff, "08ffffffff0f"],
    [2 ** 32, "088080808010"],
    [2 ** 53 - 1, "08ffffffffffffff0f"],
  ];
  for (const [value, digits] of table) {
    assertEquals(written((writer) => writer.uint64(8, value)), digits);
  }
});

Deno.test("WireWriter.closeLong() makes room for a length of more than one byte", () => {
  for (const values of [0, 1, 127, 128, 16_383, 16_384, 20_000]) {
    const bytes = new Uint8Array(values + 8);
    const writer = new WireWriter();
    writer.start(bytes, 0);
    const start = writer.open(10);
    for (let count = 0; count < values; count++) writer.packed(count & 0x7f);
    writer.closeLong(start);
    const reader = new WireReader();
    reader.start(bytes, { at: 0, end: writer.at });
    assertEquals(reader.tag(), 10);
    const outerEnd = reader.enter();
    for (let count = 0; count < values; count++) {
      assertEquals(reader.uint32(), count & 0x7f);
    }
    assertEquals([reader.more, reader.unusual], [false, false]);
    reader.leave(outerEnd);
    assertEquals(reader.at, writer.at);
  }
});
