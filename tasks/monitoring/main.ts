/**
 * `deno run -A tasks/monitoring/main.ts [--check]`: writes what Prometheus and
 * Grafana are given, and the page of all metrics. With `--check` it writes
 * nothing, and exits 1 if one of them is stale.
 *
 * @module
 */
import { generatePage } from "../generated_page.ts";
import { alertsFile } from "./alerts.ts";
import { dashboardFile } from "./dashboard.ts";
import { metricsPage } from "./metrics_page.ts";

if (import.meta.main) {
  const texts = {
    "conf/alerts.yml": alertsFile(),
    "conf/dashboard.json": dashboardFile(),
    "net/metrics/README.md": metricsPage(),
  };
  const codes = await Promise.all(
    Object.entries(texts).map(([path, text]) =>
      generatePage(path, { text, args: Deno.args })
    ),
  );
  Deno.exit(Math.max(...codes));
}
