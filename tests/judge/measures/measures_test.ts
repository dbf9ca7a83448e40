import { assertAlmostEquals, assertEquals } from "@std/assert";
import { measure } from "./measures.ts";
import { firstHosts, type HostPlan, type Scenario } from "../world/scenario.ts";
import { BIN_MS, Trace } from "./trace.ts";

const HOSTS = 4;
/** Calls that every host gets in a bin: 400 a second. */
const CALLS = 40;

function scenarioOf(plan: HostPlan, durationMs = 60_000): Scenario {
  return {
    name: "test",
    title: "test",
    durationMs,
    callsPerSecond: HOSTS * CALLS * 1_000 / BIN_MS,
    hosts: firstHosts([plan], HOSTS),
  };
}

/** A run in which host 0 is sent what `calls` says, in each bin, and is ejected as `ejected` says. */
function traceOf(
  scenario: Scenario,
  options: {
    calls?: (bin: number) => number;
    ejected?: (bin: number) => boolean;
  },
): Trace {
  const { calls = () => CALLS, ejected = () => false } = options;
  const { durationMs } = scenario;
  const trace = new Trace({ hosts: HOSTS, durationMs, timeoutMs: 500 });
  for (let bin = 0; bin < trace.bins; bin++) {
    for (let host = 0; host < HOSTS; host++) {
      const sent = host === 0 ? calls(bin) : CALLS;
      trace.sent[bin * HOSTS + host] = sent;
      trace.succeeded[bin * HOSTS + host] = sent;
      trace.arrived[bin]! += sent;
    }
    trace.ejected[bin * HOSTS] = ejected(bin) ? 1 : 0;
  }
  return trace;
}

Deno.test("an ejection of a host that is well is a false one, once", () => {
  const scenario = scenarioOf({});
  const trace = traceOf(scenario, {
    ejected: (bin) => bin >= 100 && bin < 150,
  });
  assertEquals(measure(scenario, trace).falseEjections, 1);
});

Deno.test("an ejection that goes on after the fault, or begins within a second of it, is not false", () => {
  const scenario = scenarioOf({
    phases: [{ fromMs: 5_000, reach: "refused" }, { fromMs: 10_000 }],
  });
  for (const from of [52, 105]) {
    const trace = traceOf(scenario, {
      ejected: (bin) => bin >= from && bin < 200,
    });
    assertEquals(measure(scenario, trace).falseEjections, 0);
  }
  const late = traceOf(scenario, { ejected: (bin) => bin >= 115 });
  assertEquals(measure(scenario, late).falseEjections, 1);
});

Deno.test("a fault is measured by the calls it got and the time until the host is ejected", () => {
  const scenario = scenarioOf({
    phases: [{ fromMs: 50_000, speed: 0.5 }],
  });
  const trace = traceOf(scenario, { ejected: (bin) => bin >= 520 });
  const { badShare, ejectSeconds, ejected } = measure(scenario, trace);
  assertAlmostEquals(badShare!, 1 / HOSTS);
  assertAlmostEquals(ejectSeconds!, 2.1);
  assertEquals(ejected, 1);
});

Deno.test("a fault without an ejection has no time to eject", () => {
  const scenario = scenarioOf({ phases: [{ fromMs: 50_000, speed: 0.5 }] });
  const { ejected, ejectSeconds } = measure(scenario, traceOf(scenario, {}));
  assertEquals([ejected, ejectSeconds], [0, undefined]);
});

Deno.test("a host's return begins with its first success and ends at 90 % of its share", () => {
  const scenario = scenarioOf({
    phases: [{ fromMs: 5_000, reach: "refused" }, { fromMs: 10_000 }],
  });
  // First calls at 12 s; full share from 14 s on; twice the share from 20 to 22 s.
  const trace = traceOf(scenario, {
    calls: (bin) => {
      if (bin >= 50 && bin < 120) return 0;
      if (bin < 140) return 1;
      return bin >= 200 && bin < 220 ? 2 * CALLS : CALLS;
    },
  });
  const { back, backSeconds, backMost } = measure(scenario, trace);
  assertEquals(back, 1);
  // The second from 13.9 s on holds 90.25 % of the share.
  assertAlmostEquals(backSeconds!, 2.9);
  // Two of five, where one of four is fair.
  assertAlmostEquals(backMost!, 1.6);
});

Deno.test("a route's return counts refusals after the first success and finds the full rate", () => {
  const down = {
    phases: [{ fromMs: 5_000, reach: "refused" as const }, { fromMs: 10_000 }],
  };
  const scenario = { ...scenarioOf(down), hosts: Array(HOSTS).fill(down) };
  const trace = traceOf(scenario, {});
  for (let cell = 50 * HOSTS; cell < 110 * HOSTS; cell++) {
    trace.succeeded[cell] = 0;
  }
  trace.noHost[105] = 7;
  trace.noHost[115] = 5;
  for (let bin = 50; bin < 130; bin++) trace.failed[bin] = trace.arrived[bin]!;
  const result = measure(scenario, trace);
  assertEquals(result.refusedAfter, 5);
  assertAlmostEquals(result.fullRateSeconds!, 3);
  assertAlmostEquals(result.mostShare!, 1);
});

Deno.test("Jain's fairness is of hosts that were well all the time, by capacity", () => {
  const fair = scenarioOf({ workers: 8 });
  const trace = traceOf(fair, { calls: () => CALLS / 2 });
  assertAlmostEquals(measure(fair, trace).jain!, 1);
  const bad = scenarioOf({ phases: [{ fromMs: 50_000, failShare: 0.5 }] });
  assertAlmostEquals(
    measure(bad, traceOf(bad, { calls: () => 1 })).jain!,
    1,
  );
});

Deno.test("Trace.latencyMs() gives quantiles", () => {
  const trace = new Trace({ hosts: 1, durationMs: 1_000, timeoutMs: 500 });
  for (let ms = 0; ms < 100; ms++) trace.countLatency(ms + 0.025);
  trace.countLatency(500);
  assertAlmostEquals(trace.latencyMs(0.5), 50.5, 0.6);
  assertAlmostEquals(trace.latencyMs(1), 500, 0.1);
});
