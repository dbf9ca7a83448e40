import { whyNoMariadb } from "../../../store/testing/mariadb.ts";
import { dnsLimits } from "./dns_limits.ts";
import { dnsLoad } from "./dns_load.ts";
import { historyLoad } from "../fleet/history_load.ts";
import { editLatency } from "./edit_latency.ts";
import { fanOut } from "./fan_out.ts";
import { type BenchOptions, type Goal, type Group, groupOf } from "./group.ts";
import { history } from "./history.ts";
import type { StoreKind } from "./store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { reporterFlood } from "./reporter_flood.ts";
import { reporterRate } from "./reporter_rate.ts";

/** The stores that dns and reporter are measured on. */
const STORES = [
  // An hour of history is 1.38 million rows, of 53 and 88 bytes.
  { variant: "SQLite", kind: "sqlite", hourMb: 73 },
  { variant: "MariaDB", kind: "mysql", hourMb: 122 },
] as const;

/** What dns and reporter do on a database. */
export const STORE_GROUPS: readonly Group[] = [
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
  onEachStore({
    name: "reporter-rate",
    title: "Rows that a reporter writes",
    goals: eachStore({
      text: "rows a second",
      figure: "rowsPerSecond",
      atLeast: 50_000,
    }),
    charts: [{
      name: "reporter-rate",
      title: "Rows that a reporter writes each second",
      figure: "rowsPerSecond",
      unit: "",
    }],
    measure: reporterRate,
  }),
  onEachStore({
    name: "reporter-flood",
    title: "A reporter flooded with keys that never come again",
    defaultSeconds: 60,
    goals: [
      ...eachStore({
        text: "memory at its peak, MB",
        figure: "peakMb",
        atMost: 300,
      }),
      ...eachStore({
        text: "rows a second",
        figure: "rowsPerSecond",
        atLeast: 50_000,
      }),
    ],
    charts: [{
      name: "reporter-flood-memory",
      title: "Memory of a flooded reporter at its peak",
      figure: "peakMb",
      unit: "MB",
    }],
    measure: (kind, { seconds }) => reporterFlood({ kind, seconds }),
  }),
  onEachStore({
    name: "history",
    title: "History of 1,000 routes of 20 hosts, three hours of it",
    // Each fills three hours.
    roundsMax: 1,
    goals: [
      ...[
        { text: "three hours of a route", figure: "chart" },
        { text: "three hours of each of its hosts", figure: "hosts" },
        { text: "the worst twenty routes of five minutes", figure: "worst" },
      ].flatMap(({ text, figure }) => [
        ...eachStore({
          text: `${text}, ms`,
          figure: `${figure}Ms`,
          atMost: 20,
        }),
        ...eachStore({
          text: `${text}, ms of CPU`,
          figure: `${figure}CpuMs`,
          atMost: 20,
        }),
      ]),
      ...STORES.map(({ variant, hourMb }) => ({
        text: `${variant}: growth in an hour, MB`,
        of: { variant, figure: "hourMb" },
        atMost: hourMb,
      })),
    ],
    measure: (kind, bench) => history(kind, bench),
  }),
  onEachStore({
    name: "history-load",
    title: "A reporter that 500 agents tell of 1,000 hosts each",
    onlyByName: true,
    roundsMax: 1,
    defaultSeconds: 120,
    goals: [
      ...eachStore({
        text: "memory at its peak, MB",
        figure: "peakMb",
        atMost: 300,
      }),
      ...eachStore({
        text: "age of what waits longest, ms",
        figure: "lagMaxMs",
        atMost: 20_000,
      }),
    ],
    measure: (kind, bench) => historyLoad(kind, bench),
  }),
  onMariadb("dns-load-100k", {
    title: "dns on 100,000 rows",
    measure: () => dnsLoad(100_000),
  }),
  onMariadb("dns-load-1m", {
    title: "dns on 1,000,000 rows",
    measure: () => dnsLoad(1_000_000),
  }),
  onEachStore({
    name: "dns-limits",
    title: "dns on 1,000,000 rows, asked every millisecond",
    goals: [
      ...eachStore({
        text: "first answer after start, ms",
        figure: "startMs",
        atMost: 5_000,
      }),
      ...eachStore({
        text: "the longest wait for an answer during full comparisons, ms",
        figure: "comparingMaxMs",
        atMost: 20,
      }),
      ...STORES.map(({ variant }) => ({
        text: `${variant}: that wait over the longest without comparisons`,
        of: { variant, figure: "comparingMaxMs" },
        over: { variant, figure: "quietMaxMs" },
      })),
      ...eachStore({
        text: "memory after full comparisons, MB",
        figure: "comparedMb",
        atMost: 500,
      }),
    ],
    measure: (kind, { quick }) =>
      dnsLimits({ rows: quick ? 10_000 : 1_000_000, kind }),
  }),
];

/** A goal of a figure, on each store. */
function eachStore(
  { text, figure, ...bound }:
    & { text: string; figure: string }
    & Pick<Goal, "atMost" | "atLeast">,
): Goal[] {
  return STORES.map(({ variant }) => ({
    text: `${variant}: ${text}`,
    of: { variant, figure },
    ...bound,
  }));
}

/** A group that measures the same on each store; without a MariaDB, on SQLite. */
function onEachStore(
  { measure, ...group }: Omit<Group, "open"> & {
    measure: (kind: StoreKind, bench: BenchOptions) => Promise<Figures>;
  },
): Group {
  return {
    ...group,
    async open(bench) {
      const noMariadb = await whyNoMariadb();
      if (noMariadb !== undefined) {
        bench.progress(`MariaDB is left out: ${noMariadb}`);
      }
      const stores = STORES.filter(({ kind }) =>
        kind === "sqlite" || noMariadb === undefined
      );
      return {
        variants: stores.map(({ variant, kind }) => ({
          name: variant,
          measure: () => measure(kind, bench),
        })),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

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
