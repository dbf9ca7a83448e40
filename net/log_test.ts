import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatRecord } from "./log.ts";

function format(message: string, properties: Record<string, unknown>): string {
  return formatRecord({
    category: ["lars", "dns"],
    level: "warning",
    timestamp: 0,
    message: [message],
    rawMessage: message,
    properties,
  });
}

Deno.test("formatRecord() prints time, level, part, message and properties", () => {
  assertEquals(
    format("connection closed", {
      peer: "10.0.0.1:80",
      error: new Error("it broke"),
      count: 3,
    }),
    '1970-01-01T00:00:00.000Z warning dns: connection closed peer=10.0.0.1:80 error="it broke" count=3',
  );
});

Deno.test("formatRecord() makes one printable line of whatever a peer sends", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\n",
      "\r\n",
      "\x1b[2J",
      "\x85",
      "\x9b",
      "\u2028",
      "\u2029",
      '"',
      " x=1",
    ),
    fc.integer({ min: 0, max: 0x2100 }).map((code) =>
      String.fromCharCode(code)
    ),
  );
  const text = fc.array(piece, { maxLength: 10 }).map((pieces) =>
    pieces.join("")
  );
  // deno-lint-ignore no-control-regex
  const control = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
  fc.assert(fc.property(text, text, (message, value) => {
    const line = format(message, { value, error: new Error(value) });
    return !control.test(line);
  }));
});

Deno.test("formatRecord() quotes a value that could pass for a second property", () => {
  assertEquals(format("m", { a: "1 b=2" }).endsWith(': m a="1 b=2"'), true);
  assertEquals(format("m", { a: "" }).endsWith(': m a=""'), true);
});
