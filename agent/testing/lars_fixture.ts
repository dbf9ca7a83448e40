import { assert } from "@std/assert";
import { type HostAddress, parseAddress } from "../../proto/mod.ts";
import {
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
  type LoadBalanceSettings,
  NO_HOST,
} from "../policies/mod.ts";
import type { HostDecision } from "../routes/host_table.ts";
import { SingleRoute } from "../routes/single_route.ts";

export const A = parseAddress("10.0.0.1:1001");
export const B = parseAddress("10.0.0.2:1002");
export const C = parseAddress("10.0.0.3:1003");

/** A route of `policy = lars` with these hosts at time 0. */
export function larsRoute(
  hosts: readonly HostAddress[],
  settings: Partial<LoadBalanceSettings> = {},
  decisions: HostDecision[] = [],
): SingleRoute {
  const route = new SingleRoute({
    key: { modId: 1, cmdId: 2 },
    policy: "lars",
    settings: {
      ...DEFAULT_POLICY_SETTINGS,
      loadBalance: { ...DEFAULT_SETTINGS, ...settings },
    },
    random: () => 0,
    outbox: {
      healthCheck: () => {},
      decided: (decision) => decisions.push(decision),
    },
  });
  update(route, hosts);
  return route;
}

/** Makes these the hosts. */
export function update(
  route: SingleRoute,
  hosts: readonly HostAddress[],
  nowMs = 0,
): void {
  route.hosts.update(hosts, { healthChecks: false, nowMs });
}

/** The host to call now, or undefined. */
export function pickFrom(
  { hosts, table }: SingleRoute,
  nowMs = 0,
): HostAddress | undefined {
  const row = hosts.balancer.pick(nowMs);
  return row === NO_HOST ? undefined : table.address(row);
}

/** Reports a run such as "+++-": a success for each +, a failure for each −. */
export function report(
  route: SingleRoute,
  calls: { host: HostAddress; run: string; nowMs?: number },
): void {
  for (const sign of calls.run) {
    const returnCode = sign === "+" ? 0 : 1;
    assert(
      route.hosts.report(
        { ...calls.host, returnCode, durationUs: 0, unused: false },
        calls.nowMs ?? 0,
      ),
    );
  }
}

/** The state of a host and its real counts, as in "idle 3/1". */
export function stateOf({ hosts }: SingleRoute, host: HostAddress): string {
  const status = hosts.status().find((status) => status.ip === host.ip);
  assert(status);
  return `${
    status.overload ? "overloaded" : "idle"
  } ${status.succ}/${status.err}`;
}

/** Makes an idle host overloaded, by 15 failures in a row. */
export function overload(route: SingleRoute, host: HostAddress): void {
  report(route, { host, run: "-".repeat(15) });
}
