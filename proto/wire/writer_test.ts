import { assertEquals } from "@std/assert";
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
