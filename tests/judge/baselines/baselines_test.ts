import { assert, assertEquals } from "@std/assert";
import { DEFAULT_POLICY_SETTINGS, SingleRoute } from "../../../agent/mod.ts";
import { seededRandom } from "../../../net/testing/seeded_random.ts";
import { JUDGED } from "../policies.ts";

const PORT = 80;

/** A route of a baseline, whose hosts have the addresses 0, 1, 2 … */
class Route {
  readonly #route: SingleRoute;

  constructor(policy: string, hosts: number) {
    this.#route = new SingleRoute({
      key: { modId: 1, cmdId: 1 },
      policy,
      registry: JUDGED,
      settings: DEFAULT_POLICY_SETTINGS,
      random: seededRandom(1, "test"),
      outbox: { healthCheck: () => {}, decided: () => {} },
    });
    this.update(hosts);
  }

  update(hosts: number): void {
    this.#route.hosts.update(
      Array.from({ length: hosts }, (_, ip) => ({ ip, port: PORT })),
      { healthChecks: false, nowMs: 0 },
    );
  }

  /** The hosts of some picks. */
  pick(count: number, nowMs = 0): number[] {
    const { hosts, table } = this.#route;
    return Array.from(
      { length: count },
      () => table.ip[hosts.balancer.pick(nowMs)]!,
    );
  }

  report(ip: number, ok: boolean, durationUs = 1_000): void {
    const returnCode = ok ? 0 : 1;
    const call = { ip, port: PORT, returnCode, durationUs, unused: false };
    this.#route.hosts.report(call, 100);
  }

  fail(host: number, times: number): void {
    for (let time = 0; time < times; time++) this.report(host, false);
  }

  tick(nowMs: number): void {
    this.#route.policy.tick(nowMs);
  }

  get ejected(): number[] {
    return this.#route.hosts.status()
      .flatMap(({ ip, overload }) => overload ? [ip] : []);
  }
}

Deno.test("every baseline picks among the hosts of its route, also when they change", () => {
  for (const policy of JUDGED.keys()) {
    const route = new Route(policy, 3);
    for (const hosts of [3, 20, 1, 5]) {
      route.update(hosts);
      const picks = route.pick(200);
      assert(picks.every((host) => host < hosts), `${policy}: ${picks}`);
      for (const host of picks) route.report(host, true);
    }
  }
});

Deno.test("Envoy ejects after five failures in a row, for 30 s, at a sweep", () => {
  const envoy = new Route("envoy", 10);
  envoy.fail(3, 4);
  envoy.report(3, true);
  envoy.fail(3, 4);
  assertEquals(envoy.ejected, []);
  envoy.fail(3, 1);
  assertEquals(envoy.ejected, [3]);
  for (const nowMs of [10_000, 20_000, 30_000]) envoy.tick(nowMs);
  assertEquals(envoy.ejected, [3]);
  envoy.tick(40_000);
  assertEquals(envoy.ejected, []);
});

Deno.test("Envoy ejects a tenth of the hosts at most, but always one", () => {
  for (const [hosts, most] of [[3, 1], [10, 1], [30, 3]] as const) {
    const envoy = new Route("envoy", hosts);
    for (let host = 0; host < hosts; host++) envoy.fail(host, 5);
    assertEquals(envoy.ejected.length, most);
  }
});

Deno.test("Envoy ejects a host whose success rate is far below the others'", () => {
  const envoy = new Route("envoy", 10);
  for (let call = 0; call < 1_000; call++) {
    const ok = call % 10 !== 0 || Math.floor(call / 10) % 2 === 0;
    envoy.report(call % 10, ok);
  }
  assertEquals(envoy.ejected, []);
  envoy.tick(10_000);
  assertEquals(envoy.ejected, [0]);
});

Deno.test("LeastInFlight spreads calls that do not end", () => {
  const picks = new Route("least-in-flight", 5).pick(10).sort();
  assertEquals(picks, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("PeakEwma avoids a host after one slow answer", () => {
  const ewma = new Route("peak-ewma", 2);
  ewma.report(0, true, 100_000);
  ewma.report(1, true, 1_000);
  assert(ewma.pick(20, 100).every((host) => host === 1));
});

Deno.test("Sketch ejects a host after five failures, then sends it one call", () => {
  const sketch = new Route("sketch", 3);
  sketch.fail(1, 5);
  assertEquals(sketch.ejected, [1]);
  assert(!sketch.pick(50, 500).includes(1));
  const after = sketch.pick(50, 1_200);
  assertEquals(after.filter((host) => host === 1).length, 1);
});
