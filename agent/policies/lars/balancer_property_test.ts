import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { HostStatus } from "../../../proto/mod.ts";
import { larsRoute, pickFrom } from "../../testing/lars_fixture.ts";
import { DEFAULT_SETTINGS, type LoadBalanceSettings } from "../settings.ts";

/** A host of the model, with the names of README.md. */
interface ModelHost {
  ip: number;
  vsucc: number;
  verr: number;
  rsucc: number;
  rerr: number;
  contin_succ: number;
  contin_err: number;
  overload: boolean;
  ts: number;
}

/** README.md again, written with arrays and nothing shared with the balancer. */
class Model {
  idle: ModelHost[] = [];
  overloaded: ModelHost[] = [];
  access = 0;

  constructor(readonly settings: LoadBalanceSettings) {}

  pick(): number | undefined {
    const { idle, overloaded } = this;
    if (idle.length === 0 && overloaded.length === 0) return undefined;
    if (overloaded.length === 0) return rotate(idle);
    if (this.access >= this.settings.probeNum) {
      this.access = 0;
      return rotate(overloaded);
    }
    this.access++;
    return idle.length === 0 ? undefined : rotate(idle);
  }

  report(ip: number, retcode: number, now: number): boolean {
    const host = [...this.idle, ...this.overloaded].find((h) => h.ip === ip);
    if (!host) return false;
    const s = this.settings;
    if (retcode === 0) {
      host.vsucc++, host.rsucc++, host.contin_succ++, host.contin_err = 0;
    } else {
      host.verr++, host.rerr++, host.contin_err++, host.contin_succ = 0;
    }
    if (!host.overload && retcode !== 0) {
      const rate = host.verr / (host.vsucc + host.verr);
      if (rate > s.errorRate || host.contin_err >= s.continuousErrorLimit) {
        this.move(host, now);
        return true;
      }
    } else if (host.overload && retcode === 0) {
      const rate = host.vsucc / (host.vsucc + host.verr);
      if (
        rate > s.successRate || host.contin_succ >= s.continuousSuccessLimit
      ) {
        this.move(host, now);
        return true;
      }
    }
    if (!host.overload && now - host.ts >= s.idleTimeoutMs) {
      if (host.rerr / (host.rsucc + host.rerr) >= s.windowErrorRate) {
        this.move(host, now);
      } else {
        Object.assign(host, this.fresh(host.ip, false, now));
      }
    } else if (host.overload && now - host.ts >= s.overloadTimeoutMs) {
      this.move(host, now);
    }
    return true;
  }

  update(ips: number[], now: number): void {
    this.idle = this.idle.filter((host) => ips.includes(host.ip));
    this.overloaded = this.overloaded.filter((host) => ips.includes(host.ip));
    for (const ip of ips) {
      const known = [...this.idle, ...this.overloaded].some((h) => h.ip === ip);
      if (!known) this.idle.push(this.fresh(ip, false, now));
    }
  }

  status(): HostStatus[] {
    return [...this.idle, ...this.overloaded].map((host) => ({
      ip: host.ip,
      port: 80,
      succ: host.rsucc,
      err: host.rerr,
      overload: host.overload,
    })).sort((a, b) => a.ip - b.ip);
  }

  fresh(ip: number, overload: boolean, ts: number): ModelHost {
    const { initSuccessCount, initErrorCount } = this.settings;
    const zero = { rsucc: 0, rerr: 0, contin_succ: 0, contin_err: 0 };
    return overload
      ? { ip, ...zero, vsucc: 0, verr: initErrorCount, overload, ts }
      : { ip, ...zero, vsucc: initSuccessCount, verr: 0, overload, ts };
  }

  move(host: ModelHost, now: number): void {
    const from = host.overload ? this.overloaded : this.idle;
    const to = host.overload ? this.idle : this.overloaded;
    from.splice(from.indexOf(host), 1);
    to.push(this.fresh(host.ip, !host.overload, now));
  }
}

function rotate(queue: ModelHost[]): number {
  const host = queue.shift()!;
  queue.push(host);
  return host.ip;
}

type Step =
  | { kind: "pick"; count: number }
  | { kind: "report"; ip: number; retcode: number; count: number }
  | { kind: "update"; ips: number[] }
  | { kind: "wait"; ms: number };

const ip = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("pick" as const),
    count: fc.integer({ min: 1, max: 25 }),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      ip,
      retcode: fc.constantFrom(0, 1),
      count: fc.integer({ min: 1, max: 18 }),
    }),
  },
  fc.record({ kind: fc.constant("update" as const), ips: fc.array(ip) }),
  fc.record({
    kind: fc.constant("wait" as const),
    ms: fc.constantFrom(1, 999, 5_000, 14_999, 15_000, 40_000),
  }),
);

const settings = fc.constantFrom<Partial<LoadBalanceSettings>>(
  {},
  { probeNum: 0 },
  { initSuccessCount: 3, continuousErrorLimit: 4, probeNum: 2 },
  { continuousErrorLimit: 1000, initErrorCount: 30 },
  { idleTimeoutMs: 1, overloadTimeoutMs: 1, windowErrorRate: 0.5 },
);

Deno.test("LarsBalancer does what a naive model of the rule does", () => {
  fc.assert(
    fc.property(
      settings,
      fc.array(step, { minLength: 5, maxLength: 60 }),
      (changes, steps) => {
        const all = { ...DEFAULT_SETTINGS, ...changes };
        const route = larsRoute([], all);
        const model = new Model(all);
        let nowMs = 1_000;
        update([1, 2, 3, 4]);
        for (const step of steps) {
          if (step.kind === "wait") nowMs += step.ms;
          if (step.kind === "update") update(step.ips);
          if (step.kind === "pick") {
            for (let i = 0; i < step.count; i++) {
              assertEquals(pickFrom(route, nowMs)?.ip, model.pick());
            }
          }
          if (step.kind === "report") {
            const { ip, retcode } = step;
            for (let i = 0; i < step.count; i++) {
              assertEquals(
                route.hosts.report({
                  ip,
                  port: 80,
                  returnCode: retcode,
                  durationUs: 0,
                  unused: false,
                }, nowMs),
                model.report(ip, retcode, nowMs),
              );
            }
          }
          assertEquals(
            route.hosts.status().sort((a, b) => a.ip - b.ip),
            model.status(),
          );
        }

        function update(ips: number[]): void {
          const hosts = ips.map((ip) => ({ ip, port: 80 }));
          route.hosts.update(hosts, { healthChecks: false, nowMs });
          model.update(ips, nowMs);
        }
      },
    ),
    { numRuns: 300 },
  );
});
