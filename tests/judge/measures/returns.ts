import type { Scenario } from "../world/scenario.ts";
import { BIN_MS, type Judged } from "./trace.ts";

/** How hosts, and a whole route, came back; without a return a measure is absent. */
export interface ReturnMeasures {
  /** From the first success of a returned host to 90 % of its fair share. */
  backSeconds?: number;
  /** Share of returned hosts that came that far. */
  back?: number;
  /** The most that a returned host got, in fair shares. */
  backMost?: number;
  /** Calls without a host after the first success since all hosts were down. */
  refusedAfter?: number;
  /** From the return of all hosts until 95 % of calls succeed again. */
  fullRateSeconds?: number;
  /** The most any host got after that first success, in fair shares. */
  mostShare?: number;
}

/** Least time over which shares are taken, */
const WINDOW_MS_MIN = 1_000;

/** and least calls of one host in it: fewer are chance. */
const WINDOW_CALLS = 200;

/** Time for which a host that is well again is watched. */
const WATCH_MS = 30_000;

/** Less than this between two faults is flapping: there is no return to judge. */
const WELL_MS_MIN = 15_000;

/** Share of the fair share that counts as being back. */
const BACK_SHARE = 0.9;

/** Share of calls that succeed at full rate. */
const FULL_RATE = 0.95;

/** How returning hosts got their share back, and how a route came back as a whole. */
export function measureReturns(judged: Judged): ReturnMeasures {
  return { ...hostReturns(judged), ...routeReturn(judged) };
}

function hostReturns(judged: Judged): ReturnMeasures {
  const { scenario, trace, sound } = judged;
  if (scenario.members !== undefined) return {};
  const seconds: number[] = [];
  let most = 0;
  let returns = 0;
  for (let host = 0; host < trace.hosts; host++) {
    for (let bin = 1; bin < trace.bins; bin++) {
      if (sound[host]![bin] === 0 || sound[host]![bin - 1] === 1) continue;
      const result = watchReturn(judged, { host, bin });
      if (result === undefined) continue;
      returns += 1;
      if (result.seconds !== undefined) seconds.push(result.seconds);
      most = Math.max(most, result.most);
    }
  }
  if (returns === 0) return {};
  return {
    back: seconds.length / returns,
    backMost: most,
    ...(seconds.length === 0 ? {} : {
      backSeconds: seconds.reduce((sum, s) => sum + s, 0) / seconds.length,
    }),
  };
}

/** A host is well from `bin` on; undefined when it does not stay so. */
function watchReturn(
  judged: Judged,
  { host, bin }: { host: number; bin: number },
): { seconds?: number; most: number } | undefined {
  const { scenario, trace, sound } = judged;
  const { hosts, bins } = trace;
  const faulty = sound[host]!.indexOf(0, bin);
  const end = faulty < 0 ? bins : faulty;
  if ((end - bin) * BIN_MS < WELL_MS_MIN) return undefined;
  let first = bin;
  while (first < end && trace.succeeded[first * hosts + host] === 0) first += 1;
  const window = windowBins(scenario);
  const last = Math.min(end, first + WATCH_MS / BIN_MS);
  let most = 0;
  let back: number | undefined;
  for (let from = first; from + window <= last; from++) {
    const share = fairShares(judged, {
      host,
      from,
      to: from + window,
    });
    most = Math.max(most, share);
    if (back === undefined && share >= BACK_SHARE) back = from + window - first;
  }
  return {
    most,
    ...(back === undefined ? {} : { seconds: back * BIN_MS / 1_000 }),
  };
}

/** What a host got in a span of bins, against its fair share of what was sent. */
function fairShares(
  { trace, sound }: Judged,
  span: { host: number; from: number; to: number },
): number {
  const { hosts } = trace;
  let got = 0;
  let fair = 0;
  for (let bin = span.from; bin < span.to; bin++) {
    let all = 0;
    let well = 0;
    for (let host = 0; host < hosts; host++) {
      all += trace.sent[bin * hosts + host]!;
      well += sound[host]![bin]!;
    }
    got += trace.sent[bin * hosts + span.host]!;
    fair += well === 0 ? 0 : all / well;
  }
  return fair === 0 ? 0 : got / fair;
}

/** After a time in which no host was well: what was refused, and when it was over. */
function routeReturn(judged: Judged): ReturnMeasures {
  const { scenario, trace, sound } = judged;
  const { hosts, bins } = trace;
  const allBad = Array.from(
    { length: bins },
    (_, bin) => sound.every((host) => host[bin] === 0),
  );
  const down = allBad.indexOf(true);
  if (down < 0) return {};
  const up = allBad.indexOf(false, down);
  if (up < 0) return {};
  const succeeded = sumOver(trace.succeeded, hosts);
  let first = up;
  while (first < bins && succeeded[first] === 0) first += 1;
  let refused = 0;
  for (let bin = first + 1; bin < bins; bin++) refused += trace.noHost[bin]!;
  const window = windowBins(scenario);
  let most = 0;
  for (let from = first; from + window <= bins; from++) {
    for (let host = 0; host < hosts; host++) {
      most = Math.max(
        most,
        fairShares(judged, {
          host,
          from,
          to: from + window,
        }),
      );
    }
  }
  const full = firstFullRate(trace.arrived, { failed: trace.failed, up });
  return {
    refusedAfter: refused,
    mostShare: most,
    ...(full === undefined ? {} : { fullRateSeconds: full * BIN_MS / 1_000 }),
  };
}

/** Bins from `up` until the end of the first second in which 95 % of calls went well. */
function firstFullRate(
  arrived: Uint32Array,
  { failed, up }: { failed: Uint32Array; up: number },
): number | undefined {
  const window = WINDOW_MS_MIN / BIN_MS;
  for (let from = up; from + window <= arrived.length; from++) {
    let calls = 0;
    let failures = 0;
    for (let bin = from; bin < from + window; bin++) {
      calls += arrived[bin]!;
      failures += failed[bin]!;
    }
    if (calls > 0 && failures <= (1 - FULL_RATE) * calls) return from - up;
  }
  return undefined;
}

function sumOver(cells: Uint32Array, hosts: number): Uint32Array {
  const sums = new Uint32Array(cells.length / hosts);
  cells.forEach((count, cell) => {
    const bin = Math.floor(cell / hosts);
    sums[bin] = sums[bin]! + count;
  });
  return sums;
}

function windowBins({ callsPerSecond, hosts }: Scenario): number {
  const perHost = callsPerSecond / hosts.length;
  const windowMs = Math.max(WINDOW_MS_MIN, WINDOW_CALLS / perHost * 1_000);
  return Math.ceil(windowMs / BIN_MS);
}
