import {
  type Balancer,
  HostColumns,
  type HostCounts,
  NO_HOST,
  type Policy,
  type PolicyOptions,
  type RouteUpdate,
} from "../../../agent/mod.ts";
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";

/** What every baseline keeps of a host. */
export class BaselineHosts extends HostColumns {
  /** Picks without their report. */
  inFlight = new Int32Array(0);
  /** 1: out of use. */
  ejected = new Uint8Array(0);

  /** Forgets what an earlier host left in a row. */
  reset(row: number): void {
    this.ensure(row);
    this.clear(row);
  }
}

/** A balancer for comparison: it counts calls in flight; the rest is up to `choose` and `learn`. */
export abstract class Baseline<Hosts extends BaselineHosts = BaselineHosts>
  implements Balancer {
  /** The route's hosts. */
  protected rows: readonly number[] = [];
  protected readonly random: Random;
  protected readonly hosts: Hosts;

  constructor(random: Random, hosts: Hosts) {
    this.random = random;
    this.hosts = hosts;
  }

  pick(nowMs: number): number {
    if (this.rows.length === 0) return NO_HOST;
    const row = this.choose(nowMs);
    if (row !== NO_HOST) this.hosts.inFlight[row]! += 1;
    return row;
  }

  report(row: number, report: CallReport, nowMs: number): void {
    const { inFlight } = this.hosts;
    inFlight[row] = Math.max(0, inFlight[row]! - 1);
    if (!report.unused) this.learn(row, report, nowMs);
  }

  update({ rows, added }: RouteUpdate, _nowMs: number): void {
    this.rows = rows;
    for (const row of added) this.hosts.reset(row);
  }

  onHealthCheck(): void {}

  status(row: number): HostCounts {
    return { succ: 0, err: 0, overload: this.hosts.ejected[row] === 1 };
  }

  explain(row: number): string {
    return `${this.hosts.inFlight[row]} calls in flight`;
  }

  /** Does what time has made due. */
  tick(_nowMs: number): void {}

  /** One of `rows`, of which there is at least one. */
  protected abstract choose(nowMs: number): number;

  protected learn(_row: number, _report: CallReport, _nowMs: number): void {}
}

/** A policy whose balancers share nothing. */
export function policyOf(
  create: (random: Random) => Baseline,
): (options: PolicyOptions) => Policy {
  return ({ random }) => {
    const balancers: Baseline[] = [];
    return {
      createBalancer() {
        const balancer = create(random);
        balancers.push(balancer);
        return balancer;
      },
      // At every tick: their own intervals are not known here.
      dueMs: () => -Infinity,
      tick(nowMs) {
        for (const balancer of balancers) balancer.tick(nowMs);
      },
    };
  };
}
