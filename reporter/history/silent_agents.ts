import type { AgentRow } from "../../store/mod.ts";

/** Time for which nothing has been heard of an agent that is taken for gone. */
export const SILENT_MS = 60_000;

/** Time between two looks from which on the looks prove nothing: who looks stood still itself. */
const GAP_MS_MAX = 25_000;

/** What has been seen of an agent. */
interface Seen {
  beat: number;
  sinceMs: number;
  /** Whether it has been named as gone. */
  isNamed: boolean;
}

/**
 * Tells which agents are gone: their beat, which every reporter moves that they are
 * connected to, has stood for {@linkcode SILENT_MS} of looking. No clock but the
 * monotonic one of whoever looks is asked.
 */
export class SilentAgents {
  #seen = new Map<string, Seen>();
  #lookedMs = -Infinity;

  /**
   * Looks at all agents of the store. Returns those that are gone, each once, but
   * again if it came back in between.
   */
  look(agents: readonly AgentRow[], nowMs: number): string[] {
    const before = nowMs - this.#lookedMs > GAP_MS_MAX
      ? new Map<string, Seen>()
      : this.#seen;
    this.#lookedMs = nowMs;
    this.#seen = new Map();
    const gone: string[] = [];
    for (const { agent, beat } of agents) {
      const known = before.get(agent);
      const seen = known?.beat === beat
        ? known
        : { beat, sinceMs: nowMs, isNamed: false };
      this.#seen.set(agent, seen);
      if (seen.isNamed || nowMs - seen.sinceMs < SILENT_MS) continue;
      seen.isNamed = true;
      gone.push(agent);
    }
    return gone;
  }
}
