import { assertEquals } from "@std/assert";
import {
  counted,
  formatMicroseconds,
  formatRate,
  formatShare,
  formatSpan,
} from "./quantities.ts";

Deno.test("quantities have the digits that matter, and a unit", () => {
  const cases: [(value: number) => string, [number, string][]][] = [
    [formatRate, [
      [0, "0"],
      [0.004, "<0.01"],
      [0.5, "0.5"],
      [1.234, "1.23"],
      [45.26, "45.3"],
      [99.96, "100"],
      [840, "840"],
      [100, "100"],
      [184_000.4, "184,000"],
      [12_345_678, "12,345,678"],
    ]],
    [formatShare, [
      [0, "0 %"],
      [0.000_01, "<0.01 %"],
      [0.000_1, "0.01 %"],
      [0.05, "5.00 %"],
      [0.124, "12.4 %"],
      [0.999_9, ">99.9 %"],
      [1, "100 %"],
    ]],
    [formatMicroseconds, [
      [0, "0 µs"],
      [500, "500 µs"],
      [1_000, "1 ms"],
      [1_540, "1.5 ms"],
      [300_000, "300 ms"],
      [2_500_000, "2.5 s"],
      [12_000_000, "12 s"],
      [Infinity, "∞"],
    ]],
    [formatSpan, [
      [-3, "0 s"],
      [59.9, "59 s"],
      [120, "2 min"],
      [3_600, "1 h"],
      [11_100, "3 h 5 min"],
      [400_000, "4 d"],
    ]],
    [(count) => counted(count, "host"), [
      [1, "1 host"],
      [0, "0 hosts"],
      [12_840, "12,840 hosts"],
    ]],
  ];
  for (const [format, table] of cases) {
    for (const [value, text] of table) assertEquals(format(value), text);
  }
});
