import { NO_HISTORY } from "./host_history.ts";
import { type AdaptiveHosts, EJECTED, SLOW_START, SUSPECT } from "./hosts.ts";

/** State of a host and the numbers behind it, in a sentence. */
export function explainHost(
  row: number,
  route: {
    hosts: AdaptiveHosts;
    medianMs: number;
    /** The failure rate that is expected of the host. */
    baseline: number;
    panic: boolean;
    /** When the next step of a host out of use is due. */
    dueMs: number;
    nowMs: number;
  },
): string {
  const { hosts, medianMs, baseline, panic, dueMs, nowMs } = route;
  const { history } = hosts;
  const place = hosts.placeOf(row);
  const lasted = formatSeconds(nowMs - hosts.sinceMsOf(row));
  const due = formatSeconds(Math.max(0, dueMs - nowMs));
  const failures = history.failures[place]!;
  const calls = history.successes[place]! + failures;
  const numbers = [
    `${failures} of ${calls} calls failed in this window`,
    `others fail ${(baseline * 100).toFixed(2)} %`,
    `CUSUM ${history.failingCusum[place]!.toFixed(1)} (fails), ${
      history.ratioCusum[place]!.toFixed(1)
    } (fails more than others), ${
      history.latencyCusum[place]!.toFixed(1)
    } (slow)`,
    `latency ${history.latencyMs[place]!.toFixed(1)} ms (median ${
      medianMs.toFixed(1)
    })`,
    `${hosts.inFlightOf(row).toFixed(1)} calls in flight`,
  ].join(", ");
  if (panic) return `Used as no host is left: ${numbers}`;
  switch (hosts.state[row]) {
    case SUSPECT:
      return `Suspect for ${lasted}, next probe in ${due}: ${numbers}`;
    case EJECTED:
      return `Ejected for ${lasted}, next step in ${due}, ejection ${
        history.ejectionCount[place]
      } in a row: ${numbers}`;
    case SLOW_START:
      return `In slow start for ${lasted} with ${
        hosts.slowStartPercentOf(row)
      } % of its calls: ${numbers}`;
    default:
      return place === NO_HISTORY
        ? `Serving, no call was reported: ${numbers}`
        : `Serving for ${lasted}: ${numbers}`;
  }
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
