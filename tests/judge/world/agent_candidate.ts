import {
  DEFAULT_POLICY_SETTINGS,
  type PolicySettings,
  SingleRoute,
} from "../../../agent/mod.ts";
import type { CallReport, RouteHost } from "../../../proto/mod.ts";
import {
  type CallResult,
  type Candidate,
  type CandidateOptions,
  NO_HOST,
} from "./candidate.ts";
import type { HostPlan } from "./scenario.ts";

const KEY = { modId: 1, cmdId: 1 };
const FIRST_IP = 0x0a00_0001;
const PORT = 7_777;
/** Return code of a failed call. */
const FAILURE = 1;

/** An agent has been up for some time when a run begins: no policy may count on 0. */
const STARTED_MS = 1_000_000;

/** One of the agent's own policies, as it runs in the agent. */
export class AgentCandidate implements Candidate {
  readonly #route: SingleRoute;
  readonly #healthChecks: boolean;
  readonly #plans: readonly HostPlan[];
  readonly #report: CallReport = {
    ip: 0,
    port: PORT,
    returnCode: 0,
    durationUs: 0,
    unused: false,
  };

  /** @throws {RangeError} If the agent has no policy of that name. */
  constructor(policyName: string, options: CandidateOptions) {
    const { scenario, random, check, constants } = options;
    this.#plans = scenario.hosts;
    this.#healthChecks = scenario.checks ?? false;
    this.#route = new SingleRoute({
      key: KEY,
      policy: policyName,
      settings: settingsWith(constants, scenario.zone ?? ""),
      random,
      outbox: {
        healthCheck: (_key, { ip }) => check(ip - FIRST_IP),
        decided: () => {},
      },
    });
  }

  pick(nowMs: number): number {
    const row = this.#route.hosts.balancer.pick(nowMs + STARTED_MS);
    return row < 0 ? NO_HOST : this.#route.table.ip[row]! - FIRST_IP;
  }

  report(host: number, { ok, durationUs }: CallResult, nowMs: number): void {
    const report = this.#report;
    report.ip = FIRST_IP + host;
    report.returnCode = ok ? 0 : FAILURE;
    report.durationUs = durationUs;
    this.#route.hosts.report(report, nowMs + STARTED_MS);
  }

  update(hosts: readonly number[], nowMs: number): void {
    const routeHosts = hosts.map((host) => this.#routeHost(host));
    this.#route.hosts.update(routeHosts, {
      healthChecks: this.#healthChecks,
      nowMs: nowMs + STARTED_MS,
    });
  }

  tick(nowMs: number): void {
    this.#route.policy.tick(nowMs + STARTED_MS);
  }

  checked(host: number, alive: boolean, nowMs: number): void {
    const address = { ip: FIRST_IP + host, port: PORT };
    this.#route.hosts.onHealthCheck(address, alive, nowMs + STARTED_MS);
  }

  markResting(resting: Uint8Array): void {
    for (const { ip, overload } of this.#route.hosts.status()) {
      if (overload) resting[ip - FIRST_IP] = 1;
    }
  }

  #routeHost(host: number): RouteHost {
    const { weight, zone } = this.#plans[host]!;
    return {
      ip: FIRST_IP + host,
      port: PORT,
      ...(weight === undefined ? {} : { weight }),
      ...(zone === undefined ? {} : { zone }),
    };
  }
}

/** The names of the constants of `policy = adaptive`, with their defaults. */
export function adaptiveConstants(): Record<string, number> {
  return { ...DEFAULT_POLICY_SETTINGS.adaptive };
}

function settingsWith(
  constants: Readonly<Record<string, number>>,
  zone: string,
): PolicySettings {
  const adaptive = { ...DEFAULT_POLICY_SETTINGS.adaptive, ...constants };
  return { ...DEFAULT_POLICY_SETTINGS, adaptive, zone };
}
