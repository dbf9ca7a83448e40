import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";
import { sparkline } from "./sparkline.ts";
import { formatSince, formatTime, toRfc3339 } from "./times.ts";

Deno.test("sparkline() tells a gap from 0, and little from nothing", () => {
  assertEquals(sparkline([0, 0.1, 50, 100, undefined, 7]), "▁▂▅█·▂");
  assertEquals(sparkline([0, 0]), "▁▁");
  assertEquals(sparkline([undefined]), "·");
  assertEquals(sparkline([]), "");
});

Deno.test("printable() leaves nothing that a terminal obeys", () => {
  assertEquals(printable("web-17\x1b[2J\r\n\x9b1m\u202e"), "web-17?[2J???1m?");
  assertEquals(printable("x".repeat(100), { max: 5 }), "xxxx…");
});

Deno.test("times are those of this machine, with the date when they are far", () => {
  const at = new Date(2026, 10, 29, 3, 4, 5).getTime() / 1_000;
  assertEquals(formatTime(at, { nowS: at + 60 }), "03:04");
  assertEquals(
    formatTime(at, { nowS: at, withSeconds: true }),
    "03:04:05",
  );
  assertEquals(formatTime(at, { nowS: at + 86_400 }), "29 Nov 03:04");
  assertEquals(formatSince(at, at + 130), "since 03:04 (2 min)");
  assertEquals(toRfc3339(0), "1970-01-01T00:00:00Z");
});
