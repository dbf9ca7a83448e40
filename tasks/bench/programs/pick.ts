/**
 * Picks and reports of a policy alone; prints a line of JSON:
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
import { hostsFor } from "./fake_dns.ts";

/** Calls in flight: this number of picks is timed at once, then their reports. */
const IN_FLIGHT = 64;

/** Virtual time between two bursts: 64,000 calls a second. */
const BURST_MS = 1;

const KEY = { modId: 1, cmdId: 1 };

interface Spent {
  pickMs: number;
  reportMs: number;
  calls: number;
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
      settings: DEFAULT_POLICY_SETTINGS,
      random: Math.random,
      outbox: { healthCheck: () => {}, decided: () => {} },
    });
    const options = { healthChecks: false, nowMs: 0 };
    this.#route.hosts.update(hostsFor(KEY, hosts), options);
  }

  runFor(seconds: number): Spent {
    const spent = { pickMs: 0, reportMs: 0, calls: 0, hostless: 0 };
    const endMs = performance.now() + seconds * 1_000;
    while (performance.now() < endMs) this.#burst(spent);
    return spent;
  }

  #burst(spent: Spent): void {
    this.#nowMs += BURST_MS;
    const startMs = performance.now();
    this.#pick();
    const pickedMs = performance.now();
    spent.hostless += this.#reportAll();
    spent.pickMs += pickedMs - startMs;
    spent.reportMs += performance.now() - pickedMs;
    spent.calls += IN_FLIGHT;
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
  const { pickMs, reportMs, calls, hostless } = load.runFor(Number(seconds));
  console.log(JSON.stringify({
    pickNs: pickMs * 1e6 / calls,
    pairNs: (pickMs + reportMs) * 1e6 / calls,
    reportNs: reportMs * 1e6 / calls,
    hostless,
  }));
}
