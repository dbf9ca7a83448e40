import {
  addressKey,
  type HostExplanation,
  type RouteExplanation,
} from "../../../proto/mod.ts";
import type { ExplainOutcome } from "../../mod.ts";

/** The first `max` hosts of a route, of which one answer has some: `ask` gets those after as many. */
export async function explainedHosts(
  { hosts, hostCount }: RouteExplanation,
  { max, ask }: {
    max: number;
    ask: (afterHost: number) => Promise<ExplainOutcome>;
  },
): Promise<HostExplanation[]> {
  // One that has changed its place between two answers counts once.
  const found = new Map(hosts.map((host) => [addressKey(host), host]));
  const wanted = Math.min(max, hostCount);
  for (let asked = hosts.length; asked < wanted;) {
    const outcome = await ask(asked);
    if (outcome.state !== "found" || outcome.hosts.length === 0) break;
    for (const host of outcome.hosts) found.set(addressKey(host), host);
    asked += outcome.hosts.length;
  }
  return [...found.values()].slice(0, max);
}
