import {
  type DrainProgress,
  haveStopped,
  type HistoryStore,
  readDrainProgress,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { checkStopped, CommandError, ExitCode } from "../../exit_code.ts";
import { counted, formatCount } from "../../text/quantities.ts";
import { formatInFlight } from "../../text/route_text.ts";
import type { HostPlace } from "./target.ts";

/** Pause between two looks. */
const LOOK_MS = 1_000;

/** Time for which all callers must have stopped: others may be about to tell. */
const SETTLED_MS = 3_000;

/** Likewise while no caller is known of: agents tell of their calls every 10 s. */
const NO_CALLER_MS = 10_000;

/** Time for the first agent to be told of: reporters do so every 10 s. */
const AGENTS_MS = 15_000;

/** What a wait has come to. */
export interface Waited extends DrainProgress {
  /** Whether every caller has stopped. */
  done: boolean;
}

/**
 * Waits until the callers of hosts have stopped, and says how far they are.
 *
 * @throws {CommandError} If no agent reports to this store, or Ctrl-C was pressed.
 */
export async function waitUntilStopped(
  environment: Environment,
  { history, places, waitMs }: {
    history: Pick<HistoryStore, "agents" | "states" | "hostHistory">;
    places: readonly HostPlace[];
    waitMs: number;
  },
): Promise<Waited> {
  const { clock, signal } = environment;
  const atSeconds = clock.wallSeconds();
  const endMs = clock.nowMs() + waitMs;
  const agentsMs = Math.min(endMs, clock.nowMs() + AGENTS_MS);
  let settledMs = clock.nowMs();
  let told = "";
  for (;;) {
    const isAnyThere = (await history.agents()).length > 0;
    if (!isAnyThere && clock.nowMs() >= agentsMs) throw noAgents();
    const progress = await readDrainProgress(history, { places, atSeconds });
    const text = progressText(progress);
    if (isAnyThere && text !== told) {
      environment.printError(text);
      settledMs = clock.nowMs();
    }
    if (isAnyThere) told = text;
    const isOver = isAnyThere && haveStopped(progress);
    const enoughMs = progress.callers === 0 ? NO_CALLER_MS : SETTLED_MS;
    if (isOver && clock.nowMs() - settledMs >= enoughMs) {
      return { ...progress, done: true };
    }
    if (clock.nowMs() >= endMs) return { ...progress, done: false };
    await clock.sleep(Math.min(LOOK_MS, endMs - clock.nowMs()), signal);
    checkStopped(signal);
  }
}

function noAgents(): CommandError {
  return new CommandError(
    "Cannot tell when its callers have stopped as no agent reports to this store: it is drained all the same",
    { exitCode: ExitCode.systemError },
  );
}

/** How far callers have stopped: "62 of 65 callers stopped, 3 calls in flight". */
export function progressText(
  { callers, stopped, inFlight }: DrainProgress,
): string {
  if (callers === 0) return "no caller has used it in the last minute";
  return `${formatCount(stopped)} of ${counted(callers, "caller")} stopped, ${
    formatInFlight(inFlight)
  }`;
}
