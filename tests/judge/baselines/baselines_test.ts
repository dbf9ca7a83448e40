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

  update(hosts: number, nowMs = 0): void {
    this.#route.hosts.update(
      Array.from({ length: hosts }, (_, ip) => ({ ip, port: PORT })),
      { healthChecks: false, nowMs },
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

  report(
    ip: number,
    ok: boolean,
    ...[durationUs = 1_000, nowMs = 100]: number[]
  ): void {
    const returnCode = ok ? 0 : 1;
    const call = { ip, port: PORT, returnCode, durationUs, unused: false };
    this.#route.hosts.report(call, nowMs);
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

Deno.test("Envoy gives a host that joins a share that grows over 10 s", () => {
  const envoy = new Route("envoy", 9);
  envoy.report(0, true);
  envoy.update(10, 60_000);
  const shareAt = (nowMs: number) => {
    let picks = 0;
    for (let call = 0; call < 2_000; call++) {
      const [host] = envoy.pick(1, nowMs);
      envoy.report(host!, true);
      if (host === 9) picks += 1;
    }
    return picks / 200;
  };
  const shares = [60_000, 65_000, 71_000].map(shareAt);
  assert(shares[0]! < 0.2, `${shares}`);
  assert(shares[1]! > 0.3 && shares[1]! < 0.8, `${shares}`);
  assert(shares[2]! > 0.8, `${shares}`);
});

Deno.test("Grpc calls each host in turn, and ejects one that fails 85 % at a sweep", () => {
  const grpc = new Route("grpc", 10);
  const picks = grpc.pick(20);
  assertEquals(new Set(picks.slice(0, 10)).size, 10);
  assertEquals(picks.slice(0, 10), picks.slice(10));
  for (let call = 0; call < 600; call++) {
    grpc.report(call % 10, call % 10 !== 4 || call % 20 === 0);
  }
  assertEquals(grpc.ejected, []);
  grpc.tick(10_000);
  assertEquals(grpc.ejected, [4]);
  assert(!grpc.pick(20).includes(4));
});

Deno.test("Finagle marks a host dead after five failures in a row, then probes it once", () => {
  const finagle = new Route("finagle", 3);
  for (const host of [0, 2]) finagle.report(host, true);
  finagle.fail(1, 5);
  assertEquals(finagle.ejected, [1]);
  // Five draws may all be of the dead host and a busier one.
  assert(finagle.pick(20, 200).filter((host) => host === 1).length <= 4);
  const later = new Route("finagle", 1);
  later.fail(0, 5);
  later.report(0, true, 1_000, 6_000);
  assertEquals(later.ejected, []);
});

Deno.test("Finagle marks a host dead that fails more than a fifth of its calls", () => {
  const finagle = new Route("finagle", 3);
  let calls = 0;
  while (finagle.ejected.length === 0 && calls++ < 100) {
    finagle.report(1, calls % 3 !== 0, 1_000, 1_000 * calls);
  }
  assert(calls < 40, `${calls}`);
});

Deno.test("Brpc draws hosts by throughput over latency", () => {
  const brpc = new Route("brpc", 2);
  for (let call = 1; call <= 100; call++) {
    brpc.report(0, true, 1_000, 100 + call);
    brpc.report(1, true, 10_000, 100 + call);
  }
  const picks = brpc.pick(1_000, 200);
  const slow = picks.filter((host) => host === 1).length;
  assert(slow > 40 && slow < 150, `${slow}`);
});

Deno.test("Brpc isolates a host when its window has a twentieth of failures", () => {
  const brpc = new Route("brpc", 2);
  for (let call = 0; call < 149; call++) brpc.report(1, false);
  assertEquals(brpc.ejected, []);
  brpc.fail(1, 2);
  assertEquals(brpc.ejected, [1]);
  assert(!brpc.pick(50, 150).includes(1));
  assertEquals(brpc.pick(50, 250).includes(1), true);
});
