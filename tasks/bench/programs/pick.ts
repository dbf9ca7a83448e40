/**
 * Picks and reports of a policy of the judge alone; prints a line of JSON:
 * `pick.ts POLICY HOSTS SECONDS WARM_UP`.
 *
 * @module
 */
import type { CallReport } from "../../../proto/mod.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  NO_HOST,
  SingleRoute,
} from "../../../agent/mod.ts";
import { TICK_MS } from "../../../net/clock.ts";
import { JUDGED } from "../../../tests/judge/policies.ts";
import { spreadOf } from "../report/statistics.ts";
import { hostsFor } from "./fake_dns.ts";

/** Calls in flight: this number of picks is timed at once, then their reports. */
const IN_FLIGHT = 64;

/** Virtual time between two bursts: 64,000 calls a second. */
const BURST_MS = 1;

/**
 * Bursts of a sample. What counts is the median of samples, which stays the same
 * where other programs take the processor for a while.
 */
const SAMPLE_BURSTS = 128;

const KEY = { modId: 1, cmdId: 1 };

/** Times of one call, by sample. */
interface Samples {
  pickNs: number[];
  reportNs: number[];
  pairNs: number[];
  hostless: number;
}

/** One program of the policy, in virtual time. */
class PickLoad {
  readonly #route: SingleRoute;
  readonly #rows = new Int32Array(IN_FLIGHT);
  readonly #report: CallReport = {
    ip: 0,
    port: 0,
    returnCode: 0,
    durationUs: 1_000,
    unused: false,
  };
  #nowMs = 0;

  constructor({ policy, hosts }: { policy: string; hosts: number }) {
    this.#route = new SingleRoute({
      key: KEY,
      policy,
      registry: JUDGED,
      settings: DEFAULT_POLICY_SETTINGS,
      random: Math.random,
      outbox: { healthCheck: () => {}, decided: () => {} },
    });
    const options = { healthChecks: false, nowMs: 0 };
    this.#route.hosts.update(hostsFor(KEY, hosts), options);
  }

  runFor(seconds: number): Samples {
    const samples: Samples = {
      pickNs: [],
      reportNs: [],
      pairNs: [],
      hostless: 0,
    };
    const endMs = performance.now() + seconds * 1_000;
    do this.#sample(samples); while (performance.now() < endMs);
    return samples;
  }

  #sample(samples: Samples): void {
    const spent = { pickMs: 0, reportMs: 0, hostless: 0 };
    for (let burst = 0; burst < SAMPLE_BURSTS; burst++) this.#burst(spent);
    const perCall = (ms: number) => ms * 1e6 / SAMPLE_BURSTS / IN_FLIGHT;
    samples.pickNs.push(perCall(spent.pickMs));
    samples.reportNs.push(perCall(spent.reportMs));
    samples.pairNs.push(perCall(spent.pickMs + spent.reportMs));
    samples.hostless += spent.hostless;
  }

  #burst(
    spent: { pickMs: number; reportMs: number; hostless: number },
  ): void {
    this.#nowMs += BURST_MS;
    const startMs = performance.now();
    this.#pick();
    const pickedMs = performance.now();
    spent.hostless += this.#reportAll();
    spent.pickMs += pickedMs - startMs;
    spent.reportMs += performance.now() - pickedMs;
    if (this.#nowMs % TICK_MS === 0) this.#route.policy.tick(this.#nowMs);
  }

  // Apart from #reportAll(): the engine inlines into each function up to a limit.
  #pick(): void {
    const { balancer } = this.#route.hosts;
    for (let call = 0; call < IN_FLIGHT; call++) {
      this.#rows[call] = balancer.pick(this.#nowMs);
    }
  }

  /** Reports all picks; answers how many had no host. */
  #reportAll(): number {
    const { hosts, table } = this.#route;
    let hostless = 0;
    for (let call = 0; call < IN_FLIGHT; call++) {
      const row = this.#rows[call]!;
      if (row === NO_HOST) hostless += 1;
      else {
        this.#report.ip = table.ip[row]!;
        this.#report.port = table.port[row]!;
        hosts.report(this.#report, this.#nowMs);
      }
    }
    return hostless;
  }
}

if (import.meta.main) {
  const [policy = "", hosts, seconds, warmUpSeconds] = Deno.args;
  const load = new PickLoad({ policy, hosts: Number(hosts) });
  load.runFor(Number(warmUpSeconds));
  const { pickNs, reportNs, pairNs, hostless } = load.runFor(Number(seconds));
  console.log(JSON.stringify({
    pickNs: spreadOf(pickNs).median,
    pairNs: spreadOf(pairNs).median,
    reportNs: spreadOf(reportNs).median,
    hostless,
  }));
}
