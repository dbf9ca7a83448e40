import { phasesOf } from "../world/host_server.ts";
import type { Scenario } from "../world/scenario.ts";
import { jain } from "./statistics.ts";
import { BIN_MS, type Judged, type Trace } from "./trace.ts";
import { measureReturns, type ReturnMeasures } from "./returns.ts";

/** What one run came to. A measure that has no meaning in it is not there. */
export interface Measures extends ReturnMeasures {
  /** Share of calls that failed for their caller, for whatever reason. */
  failures: number;
  /** Waits of callers, in milliseconds. */
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  /** Times that an agent ejected a host that was well and had been for a while. */
  falseEjections: number;
  /** Share of calls that a bad host was given while there was one. */
  badShare?: number;
  /** From the beginning of a fault until half the agents have ejected the host. */
  ejectSeconds?: number;
  /** Share of faults after which they did. */
  ejected?: number;
  /** Jain's fairness of the calls of hosts that were well all the time, by capacity. */
  jain?: number;
  /** Share of calls that stayed in the agents' zone, where they have one. */
  nearShare?: number;
}

/** A host is only well again, for false ejections, after calls of before have ended. */
const SETTLED_MS_MIN = 1_000;

/** A run's measures. */
export function measure(scenario: Scenario, trace: Trace): Measures {
  const sound = soundBins(scenario, trace.bins);
  const failed = trace.failed.reduce((sum, count) => sum + count, 0);
  return {
    failures: trace.calls === 0 ? 0 : failed / trace.calls,
    p50Ms: trace.latencyMs(0.5),
    p99Ms: trace.latencyMs(0.99),
    p999Ms: trace.latencyMs(0.999),
    falseEjections: falseEjections({ scenario, trace, sound }),
    ...faultMeasures({ scenario, trace, sound }),
    ...fairness({ scenario, trace, sound }),
    ...nearness(scenario, trace),
    ...measureReturns({ scenario, trace, sound }),
  };
}

/** For each host, whether it is well in each bin from beginning to end. */
function soundBins(scenario: Scenario, bins: number): Uint8Array[] {
  return scenario.hosts.map((plan) => {
    const phases = phasesOf(plan, scenario.failLevel);
    const sound = new Uint8Array(bins).fill(1);
    phases.forEach((phase, index) => {
      if (phase.sound) return;
      const untilMs = phases[index + 1]?.fromMs ?? Infinity;
      sound.fill(
        0,
        Math.floor(phase.fromMs / BIN_MS),
        Math.min(bins, Math.ceil(untilMs / BIN_MS)),
      );
    });
    return sound;
  });
}

function falseEjections({ scenario, trace, sound }: Judged): number {
  const settledMs = Math.max(SETTLED_MS_MIN, 2 * (scenario.timeoutMs ?? 500));
  const settledBins = settledMs / BIN_MS;
  let count = 0;
  for (let host = 0; host < trace.hosts; host++) {
    let soundFor = settledBins;
    let ejectedBefore = 0;
    for (let bin = 0; bin < trace.bins; bin++) {
      soundFor = sound[host]![bin] === 1 ? soundFor + 1 : 0;
      const ejected = trace.ejected[bin * trace.hosts + host]!;
      if (soundFor > settledBins && ejected > ejectedBefore) {
        count += ejected - ejectedBefore;
      }
      ejectedBefore = ejected;
    }
  }
  return count;
}

function faultMeasures({ scenario, trace, sound }: Judged): Partial<Measures> {
  const { hosts, bins } = trace;
  const half = (scenario.agents ?? 1) / 2;
  let toBad = 0;
  let all = 0;
  const ejectSeconds: number[] = [];
  let faults = 0;
  for (let bin = 0; bin < bins; bin++) {
    let bad = false;
    for (let host = 0; host < hosts; host++) {
      if (sound[host]![bin] === 1) continue;
      bad = true;
      toBad += trace.sent[bin * hosts + host]!;
    }
    if (!bad) continue;
    for (let host = 0; host < hosts; host++) {
      all += trace.sent[bin * hosts + host]!;
    }
  }
  for (let host = 0; host < hosts; host++) {
    for (let bin = 0; bin < bins; bin++) {
      const begins = sound[host]![bin] === 0 &&
        (bin === 0 || sound[host]![bin - 1] === 1);
      if (!begins) continue;
      faults += 1;
      let end = bin;
      while (end < bins && sound[host]![end] === 0) {
        if (trace.ejected[end * hosts + host]! >= half) {
          ejectSeconds.push((end + 1 - bin) * BIN_MS / 1_000);
          break;
        }
        end += 1;
      }
    }
  }
  if (faults === 0 || all === 0) return {};
  return {
    badShare: toBad / all,
    ejected: ejectSeconds.length / faults,
    ...(ejectSeconds.length === 0 ? {} : {
      ejectSeconds: ejectSeconds.reduce((sum, s) => sum + s, 0) /
        ejectSeconds.length,
    }),
  };
}

function fairness({ scenario, trace, sound }: Judged): Partial<Measures> {
  // With hosts that come and go, shares over the whole run mean nothing.
  if (scenario.members !== undefined) return {};
  const shares: number[] = [];
  for (let host = 0; host < trace.hosts; host++) {
    if (sound[host]!.includes(0)) continue;
    let sent = 0;
    for (let bin = 0; bin < trace.bins; bin++) {
      sent += trace.sent[bin * trace.hosts + host]!;
    }
    shares.push(sent / capacityOf(scenario, host));
  }
  return shares.length < 2 ? {} : { jain: jain(shares) };
}

function nearness(scenario: Scenario, trace: Trace): Partial<Measures> {
  if (scenario.zone === undefined) return {};
  let near = 0;
  let all = 0;
  trace.sent.forEach((sent, cell) => {
    all += sent;
    const { zone } = scenario.hosts[cell % trace.hosts]!;
    if (zone === scenario.zone) near += sent;
  });
  return { nearShare: near / Math.max(1, all) };
}

/** Calls a host can take, against others of its world. */
function capacityOf(scenario: Scenario, host: number): number {
  const { workers = 16, speed = 1 } = scenario.hosts[host]!;
  return workers * speed;
}
