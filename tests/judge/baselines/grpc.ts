// grpc/proposal: A50-xds-outlier-detection.md; grpc/grpc-go: balancer/outlierdetection/, balancer/roundrobin/.
import type { Random } from "../../../net/mod.ts";
import { OutlierSweeps } from "./outlier_sweeps.ts";
import { anyOf } from "./random_choice.ts";

/** Share of failures that ejects a host … */
const FAILURE_SHARE = 0.85;
/** … of at least so many hosts that had at least so many calls since the last sweep. */
const FAILURE_HOSTS_MIN = 5;
const FAILURE_CALLS_MIN = 50;

/**
 * gRPC's outlier detection over round robin, with both of its algorithms and their
 * defaults: the sweeps by success rate, and 85 % of failures. In gRPC a host whose
 * connection ends is left out at once; there are no connections here.
 */
export class Grpc extends OutlierSweeps {
  #turn: number;

  constructor(random: Random) {
    super(random);
    this.#turn = anyOf(1_000, random);
  }

  protected override choose(): number {
    const used = this.healthy.length > 0 ? this.healthy : this.rows;
    this.#turn = (this.#turn + 1) % used.length;
    return used[this.#turn]!;
  }

  protected override judge(nowMs: number): void {
    super.judge(nowMs);
    const { calls, successes } = this.hosts;
    const rated = this.healthy.filter((row) =>
      calls[row]! >= FAILURE_CALLS_MIN
    );
    if (rated.length < FAILURE_HOSTS_MIN) return;
    for (const row of rated) {
      const failures = calls[row]! - successes[row]!;
      if (failures > FAILURE_SHARE * calls[row]!) this.eject(row, nowMs);
    }
  }
}
