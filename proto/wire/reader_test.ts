import { assertEquals } from "@std/assert";
import { NO_TAG, WireReader } from "./reader.ts";

/** A reader of the bytes that hexadecimal digits stand for, which others follow. */
function readerOf(digits: string, behind = ""): WireReader {
  const reader = new WireReader();
  const bytes = Uint8Array.fromHex(`ff${digits}${behind}`);
  reader.start(bytes, { at: 1, end: 1 + digits.length / 2 });
  return reader;
}

Deno.test("WireReader.uint32() reads varints of every length", () => {
  const table: [string, number][] = [
    ["00", 0],
    ["7f", 127],
    ["8001", 128],
    ["ffff03", 65_535],
    ["ffffff7f", 268_435_455],
    ["ffffffff0f", 0xffff_ffff],
    ["8000", 0],
    ["80808080f8ffffffff01", 0x8000_0000],
  ];
  for (const [digits, value] of table) {
    const reader = readerOf(digits);
    assertEquals([reader.uint32(), reader.unusual], [value, false], digits);
    assertEquals(reader.at, 1 + digits.length / 2);
  }
});

Deno.test("WireReader.int32() reads sign-extended numbers", () => {
  assertEquals(readerOf("ffffffffffffffffff01").int32(), -1);
  assertEquals(readerOf("80808080f8ffffffff01").int32(), -2_147_483_648);
  assertEquals(readerOf("ffffffff07").int32(), 2_147_483_647);
});

Deno.test("WireReader leaves varints that plain encoders do not write to others", () => {
  for (
    const digits of [
      "ffffffffffff01",
      "ffffffffffffffffff00",
      "ffffffffffffffffffff01",
    ]
  ) {
    const reader = readerOf(digits);
    reader.uint32();
    assertEquals(reader.unusual, true, digits);
  }
});

Deno.test("WireReader does not take bytes behind the end for the message's", () => {
  for (const digits of ["", "80", "ffffffff", "ffffffffffffffff"]) {
    const reader = readerOf(digits, "0101010101010101010101");
    reader.uint32();
    assertEquals(reader.unusual, true, digits);
  }
});

Deno.test("WireReader.tag() ends with the message, and at a tag that cannot be", () => {
  const reader = readerOf("1005", "18");
  assertEquals([reader.tag(), reader.uint32(), reader.tag()], [16, 5, NO_TAG]);
  assertEquals(reader.unusual, false);

  const zero = readerOf("001005");
  assertEquals([zero.tag(), zero.unusual], [NO_TAG, true]);
  // Found by the property test: without its high bits it is the tag 8.
  const long = readerOf("888080807005");
  long.tag();
  assertEquals(long.unusual, true);
});

Deno.test("WireReader.bool() leaves a truth in bits above its own to others", () => {
  const table: [string, boolean, boolean][] = [
    ["00", false, false],
    ["01", true, false],
    ["02", false, true],
    ["8080808010", false, true],
  ];
  for (const [digits, value, unusual] of table) {
    const reader = readerOf(digits);
    assertEquals([reader.bool(), reader.unusual], [value, unusual], digits);
  }
});

Deno.test("WireReader.enter() ends at the end of the message within", () => {
  const reader = readerOf("0a0210051807");
  assertEquals(reader.tag(), 10);
  const outerEnd = reader.enter();
  assertEquals([reader.tag(), reader.uint32(), reader.tag()], [16, 5, NO_TAG]);
  reader.leave(outerEnd);
  assertEquals([reader.tag(), reader.uint32(), reader.tag()], [24, 7, NO_TAG]);
  assertEquals(reader.unusual, false);
});

Deno.test("WireReader.enter() refuses a message within that is longer than the one around", () => {
  const reader = readerOf("0a031005", "1807");
  reader.tag();
  reader.enter();
  assertEquals(reader.unusual, true);
});

Deno.test("WireReader.uint64() reads what a double holds, and leaves the rest to others", () => {
  const table: [string, number, boolean][] = [
    ["00", 0, false],
    ["ffffffff0f", 2 ** 32 - 1, false],
    ["8080808010", 2 ** 32, false],
    ["ffffffffffffff0f", 2 ** 53 - 1, false],
    ["81808080808080808000", 1, false],
  ];
  for (const [digits, value, unusual] of table) {
    const reader = readerOf(digits, "01");
    assertEquals([reader.uint64(), reader.unusual], [value, unusual], digits);
    assertEquals(reader.at, 1 + digits.length / 2);
  }
  for (
    const digits of [
      "ffffffffffffff10",
      "ffffffffffffffffff01",
      "8080808080808080808000",
      "80",
      "",
    ]
  ) {
    const reader = readerOf(digits, "01");
    reader.uint64();
    assertEquals(reader.unusual, true, digits);
  }
});
