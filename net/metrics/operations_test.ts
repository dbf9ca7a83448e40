import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../testing/mod.ts";
import type { Histogram } from "./histogram.ts";
import { formatMetrics } from "./metric.ts";
import { Operations, storeMetrics } from "./operations.ts";

Deno.test("Operations.time() counts how long operations take and which fail, and hands on what they come to", async () => {
  const clock = new VirtualClock();
  const operations = new Operations(clock, ["read", "write"]);
  const reading = operations.time("read", async () => {
    await clock.sleep(30);
    return 7;
  });
  await clock.advance(30);
  assertEquals(await reading, 7);
  await assertRejects(
    () => operations.time("write", () => Promise.reject(new Error("away"))),
    Error,
    "away",
  );
  const [read, write] = operations.durations();
  assertEquals(read?.labels, { operation: "read" });
  const durations = read?.value as Histogram;
  assertEquals(durations.sum, 0.03);
  assertEquals(write?.labels, { operation: "write" });
  assertEquals(operations.errors(), [
    { labels: { operation: "read" }, value: 0 },
    { labels: { operation: "write" }, value: 1 },
  ]);
  const text = formatMetrics(storeMetrics(["read", "write"]), {
    storeOperations: operations,
    isStoreUp: false,
  });
  assertEquals(
    text.split("\n").filter((line) => /_(count|total|up)\b.* \d+$/.test(line)),
    [
      'lars_store_operation_duration_seconds_count{operation="read"} 1',
      'lars_store_operation_duration_seconds_count{operation="write"} 1',
      'lars_store_errors_total{operation="read"} 0',
      'lars_store_errors_total{operation="write"} 1',
      "lars_store_up 0",
    ],
  );
});
