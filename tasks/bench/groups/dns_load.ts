import { LimitsRig } from "./limits_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { residentMb } from "../../local/process_usage.ts";
import { until } from "./services_fixture.ts";
import { fillRoutes } from "./route_rows.ts";

/** Dns on a table of `rows`: from its start until it accepts, and a full comparison. */
export async function dnsLoad(rows: number): Promise<Figures> {
  await using rig = await LimitsRig.start("mysql");
  // The first start creates the tables.
  await rig.startService("dns");
  await rig.stopService();
  await fillRoutes(rig, rows);

  const startMs = await rig.startService(
    "dns",
    "[feed]\nfull_compare_interval_s = 1",
  );
  const startMb = residentMb(rig.pid);
  await until(async () => {
    const [comparisons = 0] = await rig.metrics("lars_dns_comparisons_total");
    return comparisons >= 3;
  });
  const [comparisonMs = NaN] = await rig.metrics("lars_dns_last_comparison_ms");
  return { startMs, startMb, comparisonMs, afterMb: residentMb(rig.pid) };
}
