import { client } from "./client.ts";
import { dnsLoad } from "./dns_load.ts";
import { editLatency } from "./edit_latency.ts";
import { embedded } from "./embedded.ts";
import { fanOut } from "./fan_out.ts";
import { type Group, groupOf } from "./group.ts";
import { manyRoutes } from "./many_routes.ts";
import type { Figures } from "./measurement.ts";
import { pick } from "./pick.ts";
import { reporterRate } from "./reporter_rate.ts";
import { soak } from "./soak.ts";
import { tcpEcho } from "./tcp_echo.ts";
import { udpLatency, udpOnePort, udpThreePorts } from "./udp.ts";

/** Everything that can be measured, in the order in which it is. */
export const GROUPS: readonly Group[] = [
  udpOnePort,
  udpThreePorts,
  udpLatency,
  client,
  embedded,
  pick,
  manyRoutes,
  tcpEcho,
  onMariadb("edit-latency", {
    title: "An edit by hand, from its COMMIT until the agent answers with it",
    measure: editLatency,
    goals: [{
      text: "p99 of an edit by hand, ms",
      of: { variant: "edit-latency", figure: "p99Ms" },
      atMost: 150,
    }],
  }),
  onMariadb("fan-out", {
    title: "One edit to 1,000 subscribers",
    measure: fanOut,
  }),
  groupOf({
    name: "reporter-rate",
    title: "Rows that a reporter writes",
    needsMariadb: true,
    goals: ["SQLite", "MariaDB"].map((variant) => ({
      text: `${variant}: rows a second`,
      of: { variant, figure: "rowsPerSecond" },
      atLeast: 50_000,
    })),
    variants: () => [
      { name: "SQLite", measure: () => reporterRate("sqlite") },
      { name: "MariaDB", measure: () => reporterRate("mysql") },
    ],
  }),
  onMariadb("dns-load-100k", {
    title: "dns on 100,000 rows",
    measure: () => dnsLoad(100_000),
  }),
  onMariadb("dns-load-1m", {
    title: "dns on 1,000,000 rows",
    measure: () => dnsLoad(1_000_000),
  }),
  soak,
];

/** A group of one measurement that needs a private MariaDB. */
function onMariadb(
  name: string,
  { measure, ...rest }:
    & { measure: () => Promise<Figures> }
    & Pick<Group, "title" | "goals">,
): Group {
  const variants = () => [{ name, measure }];
  return groupOf({ ...rest, name, needsMariadb: true, variants });
}
