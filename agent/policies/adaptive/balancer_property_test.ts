import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { seededRandom } from "../../../net/testing/mod.ts";
import type { CallReport, RouteHost } from "../../../proto/mod.ts";
import { HostTable } from "../../routes/host_table.ts";
import { RouteHosts } from "../../routes/route_hosts.ts";
import { NO_HOST } from "../balancer.ts";
import { DEFAULT_POLICY_SETTINGS } from "../settings.ts";
import { NO_HISTORY } from "./host_history.ts";
import { EJECTED, SERVING, SLOW_START, SUSPECT } from "./hosts.ts";
import { AdaptivePolicy } from "./policy.ts";
import { AdaptiveShared } from "./adaptive_shared.ts";

type Step =
  | { kind: "pick"; count: number }
  | { kind: "report"; host: number; fails: boolean; us: number; count: number }
  | { kind: "unused"; host: number }
  | { kind: "check"; host: number; alive: boolean }
  | {
    kind: "update" | "exchange";
    hosts: number[];
    weight: number;
    zone: string;
  }
  | { kind: "wait"; ms: number };

const host = fc.integer({ min: 1, max: 6 });
const count = fc.integer({ min: 1, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pick"), count }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("report"),
      host,
      fails: fc.boolean(),
      us: fc.constantFrom(0, 1, 10_000, 4_294_967_295),
      count,
    }),
  },
  fc.record({ kind: fc.constant("unused"), host }),
  fc.record({ kind: fc.constant("check"), host, alive: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom("update", "exchange"),
    hosts: fc.array(host, { minLength: 1, maxLength: 6 }),
    weight: fc.constantFrom(1, 100, 10_000),
    zone: fc.constantFrom("here", "there"),
  }),
  fc.record({
    kind: fc.constant("wait"),
    ms: fc.constantFrom(0, 1, 150, 1_000, 70_000, 86_400_000),
  }),
) as fc.Arbitrary<Step>;

const KEY = { modId: 1, cmdId: 1 };

Deno.test("AdaptiveBalancer keeps its invariants in any order of events", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 80 }),
      fc.boolean(),
      (steps, healthChecks) => new Run(healthChecks).run(steps),
    ),
    { numRuns: 300 },
  );
});

class Run {
  readonly #healthChecks: boolean;
  readonly #shared: AdaptiveShared;
  readonly #policy: AdaptivePolicy;
  readonly #table = new HostTable();
  readonly #route: RouteHosts;
  #members = new Set<number>();
  #nowMs = 5;

  constructor(healthChecks: boolean) {
    this.#healthChecks = healthChecks;
    const options = {
      settings: { ...DEFAULT_POLICY_SETTINGS, zone: "here" },
      random: seededRandom(1),
      outbox: {
        healthCheck: () => {},
        decided: () => {},
        changed: () => {},
      },
    };
    this.#shared = new AdaptiveShared(options);
    this.#policy = new AdaptivePolicy(options, this.#shared);
    this.#route = new RouteHosts(
      this.#table,
      this.#policy.createBalancer(KEY),
    );
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) {
      this.#do(step);
      this.#check();
    }
    this.#route.release();
    const { checking, hosts } = this.#shared;
    assertEquals([this.#table.size, checking.size, hosts.history.size], [
      0,
      0,
      0,
    ]);
  }

  #do(step: Step): void {
    switch (step.kind) {
      case "pick":
        for (let call = 0; call < step.count; call++) {
          const row = this.#route.balancer.pick(this.#nowMs);
          assertEquals(row === NO_HOST, this.#members.size === 0);
          if (row !== NO_HOST) {
            assert(this.#members.has(this.#table.ip[row]!));
          }
        }
        break;
      case "report":
        for (let call = 0; call < step.count; call++) {
          this.#report(step.host, {
            returnCode: step.fails ? 1 : 0,
            durationUs: step.us,
          });
        }
        break;
      case "unused":
        this.#report(step.host, { unused: true });
        break;
      case "check":
        this.#route.onHealthCheck(
          { ip: step.host, port: 80 },
          step.alive,
          this.#nowMs,
        );
        break;
      case "update":
      case "exchange":
        this.#update(step);
        break;
      case "wait":
        this.#nowMs += step.ms;
        this.#policy.tick(this.#nowMs);
    }
  }

  #report(ip: number, changes: Partial<CallReport>): void {
    const call = { ip, port: 80, returnCode: 0, durationUs: 0, unused: false };
    const known = this.#route.report({ ...call, ...changes }, this.#nowMs);
    assertEquals(known, this.#members.has(ip));
  }

  #update(step: Step & { kind: "update" | "exchange" }): void {
    const { kind, hosts, weight, zone } = step;
    const stay = this.#members.intersection(new Set(hosts));
    const ejected = this.#ejected().intersection(stay);
    this.#members = new Set(hosts);
    const routeHosts: RouteHost[] = hosts.map((ip) => ({
      ip,
      port: 80,
      weight: ip % 2 === 0 ? 100 : weight,
      zone: ip % 3 === 0 ? "here" : zone,
    }));
    this.#route.update(routeHosts, {
      healthChecks: this.#healthChecks,
      nowMs: this.#nowMs,
      ...(kind === "exchange" &&
        { balancer: this.#policy.createBalancer(KEY) }),
    });
    assertEquals(this.#ejected(), ejected);
  }

  #ejected(): Set<number> {
    return new Set(
      this.#route.status().flatMap(({ ip, overload }) => overload ? [ip] : []),
    );
  }

  #check(): void {
    const { hosts } = this.#shared;
    const { history } = hosts;
    const places = this.#route.rows.map((row) => hosts.placeOf(row))
      .filter((place) => place !== NO_HISTORY);
    assertEquals([new Set(places).size, history.size], [
      places.length,
      places.length,
    ]);
    for (const place of [NO_HISTORY, ...places]) {
      assert(history.failingCusum[place]! >= 0);
      assert(history.ratioCusum[place]! >= 0);
      assert(Number.isFinite(history.latencyMs[place]!));
    }
    assertEquals(history.latencyMs[NO_HISTORY], 0);
    assertEquals(this.#table.size, this.#members.size);
    assertEquals(
      new Set(this.#route.status().map(({ ip }) => ip)),
      this.#members,
    );
    for (const row of this.#route.rows) {
      assert(hosts.inFlightOf(row) >= 0);
      assert(hosts.costAt(row, this.#nowMs) >= 0);
      const percent = hosts.slowStartPercentOf(row);
      assert(percent >= 0 && percent <= 100);
      const states = [SERVING, SLOW_START, SUSPECT, EJECTED];
      assert(states.includes(hosts.state[row]!));
    }
  }
}
