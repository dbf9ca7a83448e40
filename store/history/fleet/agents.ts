import type { AgentRow } from "../types.ts";

/** Time without a word after which an agent is silent, in seconds: a reporter says each 10 s that it is there. */
export const SILENT_S = 60;

/** Time after which a silent one is taken as gone for good, in seconds: machines are taken away. */
export const GONE_S = 86_400;

/** Agents that report to a store. */
export interface Agents {
  /** Those that are there, and those that have fallen silent. */
  count: number;
  /** What to call all that are known, by identity: their names, or else their addresses. */
  names: ReadonlyMap<string, string>;
  /** Addresses of all that are known. */
  addresses: ReadonlySet<string>;
  /** Silent ones, those silent for the shortest first. */
  silent: AgentRow[];
  /** Unix time in seconds at which the first of them was heard last; undefined: none is silent. */
  silentSince: number | undefined;
  /** The zone of all silent ones; undefined: they stand in several, or in none. */
  silentZone: string | undefined;
}

/** What the agents of a store are at a time, in Unix seconds by the reporters' clocks. */
export function viewAgents(rows: readonly AgentRow[], asOf: number): Agents {
  const known = rows.filter(({ seenAt }) => seenAt >= asOf - GONE_S);
  const silent = known.filter(({ seenAt }) => seenAt < asOf - SILENT_S)
    .sort((a, b) => b.seenAt - a.seenAt);
  const zones = new Set(silent.map(({ zone }) => zone));
  return {
    count: known.length,
    names: new Map(
      rows.map(({ agent, name, address }) => [agent, name || address]),
    ),
    addresses: new Set(rows.map(({ address }) => address)),
    silent,
    silentSince: silent.at(-1)?.seenAt,
    silentZone: zones.size === 1 ? [...zones][0] || undefined : undefined,
  };
}
