import { type AdaptiveHosts, DOUBTED, RESTING, RETURNING } from "./hosts.ts";

/** Why a host is where it is, with its numbers, in a sentence. */
export function explainHost(
  slot: number,
  route: {
    hosts: AdaptiveHosts;
    usualMs: number;
    level: number;
    panic: boolean;
    /** When the next step of a host out of use is due. */
    dueMs: number;
    nowMs: number;
  },
): string {
  const { hosts, usualMs, level, panic, dueMs, nowMs } = route;
  const seconds = formatSeconds(nowMs - hosts.sinceMs[slot]!);
  const due = formatSeconds(Math.max(0, dueMs - nowMs));
  const numbers = `${hosts.failures[slot]} of ${
    hosts.successes[slot]! + hosts.failures[slot]!
  } calls failed in this window where others fail ${
    (level * 100).toFixed(2)
  } %, evidence against it is ${
    hosts.failing[slot]!.toFixed(1)
  } nats (failing), ${hosts.worse[slot]!.toFixed(1)} (worse), ${
    hosts.slow[slot]!.toFixed(1)
  } (slow), latency ${hosts.latencyMs[slot]!.toFixed(1)} ms (usual ${
    usualMs.toFixed(1)
  }), ${hosts.inFlight[slot]!.toFixed(1)} calls in flight`;
  if (panic) return `Used as no host is left: ${numbers}`;
  switch (hosts.state[slot]) {
    case DOUBTED:
      return `In doubt for ${seconds}, asked again in ${due}: ${numbers}`;
    case RESTING:
      return `Resting for ${seconds}, next step in ${due}, rest ${
        hosts.rests[slot]
      } in a row: ${numbers}`;
    case RETURNING:
      return `Returning for ${seconds} with ${
        (hosts.share[slot]! * 100).toFixed(0)
      } % of its share: ${numbers}`;
    default:
      return `Serving for ${seconds}: ${numbers}`;
  }
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
