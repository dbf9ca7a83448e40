import { seededRandom } from "../../../net/testing/seeded_random.ts";
import { assert, assertEquals } from "@std/assert";
import type { Candidate, CandidateOptions } from "../world/candidate.ts";
import { sameHosts } from "../world/scenario.ts";
import { Envoy } from "./envoy.ts";
import { PeakEwma } from "./peak_ewma.ts";
import { LeastInFlight } from "./simple.ts";
import { Sketch } from "./sketch.ts";

function optionsOf(hosts: number): CandidateOptions {
  return {
    scenario: {
      name: "test",
      title: "test",
      durationMs: 1_000,
      hosts: sameHosts(hosts),
      callsPerSecond: 1,
    },
    random: seededRandom(1, "test"),
    check: () => {},
    servers: [],
    constants: {},
  };
}

function withHosts<Made extends Candidate>(
  Policy: new (options: CandidateOptions) => Made,
  hosts: number,
): Made {
  const candidate = new Policy(optionsOf(hosts));
  candidate.update(Array.from({ length: hosts }, (_, host) => host), 0);
  return candidate;
}

function fail(candidate: Candidate, host: number, times: number): void {
  for (let time = 0; time < times; time++) {
    candidate.report(host, { ok: false, durationUs: 1_000 }, 100);
  }
}

function resting(candidate: Candidate, hosts: number): number[] {
  const flags = new Uint8Array(hosts);
  candidate.markResting(flags);
  return [...flags.keys()].filter((host) => flags[host] === 1);
}

Deno.test("Envoy ejects after five failures in a row, for 30 s, at a sweep", () => {
  const envoy = withHosts(Envoy, 10);
  fail(envoy, 3, 4);
  envoy.report(3, { ok: true, durationUs: 1_000 }, 100);
  fail(envoy, 3, 4);
  assertEquals(resting(envoy, 10), []);
  fail(envoy, 3, 1);
  assertEquals(resting(envoy, 10), [3]);
  envoy.tick(10_000);
  envoy.tick(20_000);
  envoy.tick(30_000);
  assertEquals(resting(envoy, 10), [3]);
  envoy.tick(40_000);
  assertEquals(resting(envoy, 10), []);
});

Deno.test("Envoy ejects a tenth of the hosts at most, but always one", () => {
  for (const [hosts, most] of [[3, 1], [10, 1], [30, 3]] as const) {
    const envoy = withHosts(Envoy, hosts);
    for (let host = 0; host < hosts; host++) fail(envoy, host, 5);
    assertEquals(resting(envoy, hosts).length, most);
  }
});

Deno.test("Envoy ejects a host whose share of successes is far below the others'", () => {
  const envoy = withHosts(Envoy, 10);
  for (let call = 0; call < 1_000; call++) {
    const ok = call % 10 !== 0 || Math.floor(call / 10) % 2 === 0;
    envoy.report(call % 10, { ok, durationUs: 1_000 }, 100);
  }
  assertEquals(resting(envoy, 10), []);
  envoy.tick(10_000);
  assertEquals(resting(envoy, 10), [0]);
});

Deno.test("LeastInFlight spreads calls that do not end", () => {
  const least = withHosts(LeastInFlight, 5);
  const picks = Array.from({ length: 10 }, () => least.pick(0)).sort();
  assertEquals(picks, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("PeakEwma avoids a host after one slow answer", () => {
  const ewma = withHosts(PeakEwma, 2);
  ewma.report(0, { ok: true, durationUs: 100_000 }, 100);
  ewma.report(1, { ok: true, durationUs: 1_000 }, 100);
  const picks = Array.from({ length: 20 }, () => ewma.pick(100));
  assert(picks.every((host) => host === 1));
});

Deno.test("Sketch rests a host after five failures, then risks one call", () => {
  const sketch = withHosts(Sketch, 3);
  fail(sketch, 1, 5);
  assertEquals(resting(sketch, 3), [1]);
  const during = Array.from({ length: 50 }, () => sketch.pick(500));
  assert(!during.includes(1));
  const after = Array.from({ length: 50 }, () => sketch.pick(1_200));
  assertEquals(after.filter((host) => host === 1).length, 1);
});
