/**
 * `deno task bench [NAME…] [--rounds N]`: measures, on a private MariaDB and
 * with real processes, and prints the median of five rounds.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { whyNoMariadb } from "../store/testing/mariadb.ts";
import { dnsLoad } from "./bench/dns_load.ts";
import { editLatency } from "./bench/edit_latency.ts";
import { fanOut } from "./bench/fan_out.ts";
import { type Figures, formatFigures, medians } from "./bench/measurement.ts";
import { reporterRate } from "./bench/reporter_rate.ts";

const BENCHES: ReadonlyMap<string, () => Promise<Figures>> = new Map([
  ["edit-latency", editLatency],
  ["fan-out", fanOut],
  ["reporter-rate", reporterRate],
  ["dns-load-100k", () => dnsLoad(100_000)],
  ["dns-load-1m", () => dnsLoad(1_000_000)],
]);

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" } },
  });
  const names = positionals.length > 0 ? positionals : [...BENCHES.keys()];
  const unknown = names.find((name) => !BENCHES.has(name));
  const rounds = Number(values.rounds);
  if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
    console.error(`usage: deno task bench [NAME…] [--rounds N]
names: ${[...BENCHES.keys()].join(", ")}`);
    Deno.exit(64);
  }
  const reason = await whyNoMariadb();
  if (reason !== undefined) {
    console.error(`error: Cannot measure as ${reason}`);
    Deno.exit(1);
  }
  for (const name of names) await measure(name, rounds);
}

async function measure(name: string, rounds: number): Promise<void> {
  const figures: Figures[] = [];
  for (let round = 1; round <= rounds; round++) {
    const result = await BENCHES.get(name)!();
    figures.push(result);
    console.log(`${name} round ${round}: ${formatFigures(result)}`);
  }
  console.log(
    `${name} median of ${rounds}: ${formatFigures(medians(figures))}`,
  );
}
