import { StoreFixture, until } from "./store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { residentMb } from "../../local/process_usage.ts";
import { insertRoutes } from "./route_rows.ts";

/** Time of a start, time of a full comparison and memory of dns on a table of `rows`. */
export async function dnsLoad(rows: number): Promise<Figures> {
  await using fixture = await StoreFixture.start("mysql");
  await insertRoutes(fixture, rows);

  const startMs = await fixture.startService(
    "dns",
    "[feed]\nfull_compare_interval_s = 1",
  );
  const startMb = residentMb(fixture.pid);
  await until(async () => {
    const [comparisons = 0] = await fixture.metrics(
      "lars_dns_comparisons_total",
    );
    return comparisons >= 3;
  });
  const [comparisonSeconds = NaN] = await fixture.metrics(
    "lars_dns_last_comparison_seconds",
  );
  const comparisonMs = comparisonSeconds * 1_000;
  return { startMs, startMb, comparisonMs, afterMb: residentMb(fixture.pid) };
}
