import type { RouteKey } from "../../proto/mod.ts";
import type { AgentMachine } from "./agent_machine.ts";
import { readRouteData } from "./database.ts";
import { differences, keyText, type Ledger } from "./ledger.ts";
import type { Session } from "./session.ts";
import { eventually, nowMs, progress } from "./wait.ts";

/** Parties that must agree, and on what. */
export interface Parties {
  /** Connection to the host of the database that counts. */
  session: Session;
  ledger: Ledger;
  agents: readonly AgentMachine[];
  /** Routes that every agent asks for. */
  keys: readonly RouteKey[];
}

/**
 * Waits until RouteData is what was acknowledged, and every agent has exactly
 * what RouteData says.
 *
 * @throws {Error} After `limitMs`; it shows some of what differs.
 */
export async function settle(
  parties: Parties,
  { limitMs, onFailure }: { limitMs: number; onFailure: () => void },
): Promise<void> {
  const startedMs = nowMs();
  let missing: string[] = [];
  await eventually("what was acknowledged, at every agent", async () => {
    missing = await findDifferences(parties);
    return missing.length === 0;
  }, {
    deadlineMs: limitMs,
    explain: () => {
      onFailure();
      return summarize(missing);
    },
  });
  const tookMs = Math.round(nowMs() - startedMs);
  progress(`settled ${tookMs} ms after the last edit`);
}

/** States that agents held at any time and that were in no committed state. */
export function inventions(
  { ledger, agents, keys }: Omit<Parties, "session">,
): string[] {
  const names = new Set(keys.map(keyText));
  return agents.flatMap(({ observed }, index) =>
    [...observed].filter(([key]) => names.has(key)).flatMap(([key, states]) =>
      // Every route began without hosts, also one that is not edited yet.
      [...states].filter((state) => state !== "" && !ledger.allows(key, state))
        .map((state) => `agent ${index} held (${key}) as "${state}"`)
    )
  );
}

/** "N differ, such as …". */
export function summarize(missing: readonly string[]): string {
  const some = missing.slice(0, 5).join("; ");
  return `${missing.length} differ, such as ${some}`;
}

async function findDifferences(
  { session, ledger, agents, keys }: Parties,
): Promise<string[]> {
  const names = new Set(keys.map(keyText));
  const wanted = (table: ReadonlyMap<string, string>) =>
    new Map([...table].filter(([key]) => names.has(key)));
  const stored = wanted(await readRouteData(session));
  const missing = differences(wanted(ledger.expected), stored)
    .map((each) => `RouteData: ${each}`);
  for (const [index, agent] of agents.entries()) {
    const known = wanted(agent.routes());
    const found = new Set([
      ...differences(stored, known),
      ...differences(known, stored),
    ]);
    missing.push(...[...found].map((each) => `agent ${index}: ${each}`));
  }
  return missing;
}
