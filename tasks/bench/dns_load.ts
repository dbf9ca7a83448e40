import { freeTcpPort } from "../free_ports.ts";
import type { Figures } from "./measurement.ts";
import { Rig, until } from "./rig.ts";

const ROWS_PER_INSERT = 10_000;
const HOSTS_PER_ROUTE = 5;

/** Dns on a table of `rows`: from its start until it accepts, and a full comparison. */
export async function dnsLoad(rows: number): Promise<Figures> {
  await using rig = await Rig.start();
  // The first start creates the tables.
  await rig.startService("dns", `[reactor]\nport = 0\n${rig.storeConf}`);
  await rig.stopService("dns");
  await fill(rig, rows);

  const metricsPort = freeTcpPort();
  const { startMs } = await rig.startService(
    "dns",
    `[reactor]
port = 0
[feed]
full_compare_interval_s = 1
[metrics]
port = ${metricsPort}
${rig.storeConf}`,
  );
  const startMb = await rig.residentMb("dns");
  await until(async () =>
    await metric(metricsPort, "lars_dns_comparisons_total") >= 3
  );
  return {
    startMs,
    startMb,
    comparisonMs: await metric(metricsPort, "lars_dns_last_comparison_ms"),
    afterMb: await rig.residentMb("dns"),
  };
}

async function fill(rig: Rig, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += ROWS_PER_INSERT) {
    const values = Array.from(
      { length: Math.min(ROWS_PER_INSERT, rows - first) },
      (_, index) => {
        const route = Math.floor((first + index) / HOSTS_PER_ROUTE);
        const host = (first + index) % HOSTS_PER_ROUTE;
        const ip = 0x0a000000 + (route % 65_536) * 8 + host;
        return `(${Math.floor(route / 100)},${route % 100},${ip},7777)`;
      },
    );
    await rig.sql.run(
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES ${
        values.join(",")
      }`,
    );
  }
}

/** The value of one metric of a service. */
export async function metric(port: number, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}
