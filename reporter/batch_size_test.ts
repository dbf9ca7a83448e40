import { assertEquals } from "@std/assert";
import { BatchSize } from "./batch_size.ts";

Deno.test("BatchSize grows while full writes are quick, shrinks when they are slow or fail, within its bounds", () => {
  const cases: {
    name: string;
    rowsMax: number;
    writes: ("quick" | "slow" | "fine" | "few" | "failed")[];
    rows: number;
  }[] = [
    { name: "first", rowsMax: 10_000, writes: [], rows: 1_000 },
    { name: "quick", rowsMax: 10_000, writes: ["quick", "quick"], rows: 4_000 },
    { name: "fine", rowsMax: 10_000, writes: ["fine"], rows: 1_000 },
    { name: "not full", rowsMax: 10_000, writes: ["few", "few"], rows: 1_000 },
    { name: "slow", rowsMax: 10_000, writes: ["slow", "slow"], rows: 250 },
    { name: "failed", rowsMax: 10_000, writes: ["failed"], rows: 500 },
    { name: "most", rowsMax: 1_500, writes: ["quick", "quick"], rows: 1_500 },
    {
      name: "least",
      rowsMax: 10_000,
      writes: new Array(9).fill("slow"),
      rows: 100,
    },
    { name: "few at most", rowsMax: 7, writes: ["slow", "failed"], rows: 7 },
  ];
  for (const { name, rowsMax, writes, rows } of cases) {
    const size = new BatchSize({ rowsMax });
    for (const write of writes) {
      if (write === "failed") size.failed();
      else if (write === "few") size.wrote({ rows: 1, ms: 1 });
      else {
        const ms = { quick: 5, fine: 60, slow: 300 }[write];
        size.wrote({ rows: size.rows, ms });
      }
    }
    assertEquals(size.rows, rows, name);
  }
});
