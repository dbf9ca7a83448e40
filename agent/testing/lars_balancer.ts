import { assert } from "@std/assert";
import { type HostAddress, parseAddress } from "../../proto/mod.ts";
import { type Balancer, type Decision, NO_HOST } from "../policies/balancer.ts";
import { type LarsBalancer, LarsPolicy } from "../policies/lars/balancer.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
  type LoadBalanceSettings,
} from "../policies/settings.ts";

export const A = parseAddress("10.0.0.1:1001");
export const B = parseAddress("10.0.0.2:1002");
export const C = parseAddress("10.0.0.3:1003");

/** A balancer with these hosts at time 0. */
export function balancerOf(
  hosts: readonly HostAddress[],
  settings: Partial<LoadBalanceSettings> = {},
  decisions: Decision[] = [],
): LarsBalancer {
  const policy = new LarsPolicy({
    settings: {
      ...DEFAULT_POLICY_SETTINGS,
      loadBalance: { ...DEFAULT_SETTINGS, ...settings },
    },
    random: () => 0,
    outbox: {
      check: () => {},
      decided: (decision) => decisions.push(decision),
    },
  });
  const balancer = policy.createBalancer({ modId: 1, cmdId: 2 });
  balancer.update(hosts, 0);
  return balancer;
}

/** The host to call now, or undefined. */
export function pickFrom(
  balancer: Balancer,
  nowMs = 0,
): HostAddress | undefined {
  const slot = balancer.pick(nowMs);
  return slot === NO_HOST ? undefined : balancer.hosts.address(slot);
}

/** Reports a run such as "+++-": a success for each +, a failure for each −. */
export function report(
  balancer: LarsBalancer,
  calls: { host: HostAddress; run: string; nowMs?: number },
): void {
  for (const sign of calls.run) {
    const returnCode = sign === "+" ? 0 : 1;
    assert(
      balancer.report(
        { ...calls.host, returnCode, durationUs: 0, unused: false },
        calls.nowMs ?? 0,
      ),
    );
  }
}

/** The state of a host and its real counts, as in "idle 3/1". */
export function stateOf(balancer: LarsBalancer, host: HostAddress): string {
  const status = balancer.status().find((status) => status.ip === host.ip);
  assert(status);
  return `${
    status.overload ? "overloaded" : "idle"
  } ${status.succ}/${status.err}`;
}

/** Makes an idle host overloaded, by 15 failures in a row. */
export function overload(balancer: LarsBalancer, host: HostAddress): void {
  report(balancer, { host, run: "-".repeat(15) });
}
