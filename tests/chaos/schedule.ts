import { Choices } from "../support/choices.ts";
import type { Fault, FaultKind } from "./faults/fault.ts";

/** Pause between the beginnings of two faults. */
const PAUSE_MS_MIN = 150;
const PAUSE_MS_MAX = 1_100;

/** How long a fault lasts. */
const LASTS_MS_MIN = 300;
const LASTS_MS_MAX = 6_000;

/** Faults of a kind that are drawn: the one that can begin first does. */
const DRAWS = 3;

/** A fault in a schedule. */
export interface PlannedFault {
  /** From the beginning of the round. */
  atMs: number;
  lastsMs: number;
  fault: Fault;
  /** What it draws itself. */
  choices: Choices;
}

/**
 * The faults of a round, in order of time: the same for the same seed, round and
 * kinds. Kinds come as from a pack of cards, so that each comes before one comes
 * again; a fault waits for those before it that take the same.
 */
export function planRound(
  kinds: readonly FaultKind[],
  { seed, round, lengthMs }: { seed: number; round: number; lengthMs: number },
): PlannedFault[] {
  const choices = new Choices(seed * 1_000 + round);
  const planned: PlannedFault[] = [];
  const freeAtMs = new Map<string, number>();
  let pack: FaultKind[] = [];
  for (let drawnMs = 0;;) {
    drawnMs += choices.between(PAUSE_MS_MIN, PAUSE_MS_MAX);
    if (drawnMs > lengthMs) break;
    if (pack.length === 0) pack = shuffled(kinds, choices);
    const { faults } = pack.shift()!;
    const atOf = ({ takes }: Fault) =>
      Math.max(drawnMs, ...takes.map((what) => freeAtMs.get(what) ?? 0));
    const drawn = Array.from({ length: DRAWS }, () => choices.pick(faults));
    const fault = drawn.reduce((a, b) => atOf(b) < atOf(a) ? b : a);
    const atMs = atOf(fault);
    const lastsMs = choices.between(LASTS_MS_MIN, LASTS_MS_MAX);
    for (const what of fault.takes) freeAtMs.set(what, atMs + lastsMs);
    planned.push({ atMs, lastsMs, fault, choices: choices.fork() });
  }
  return planned.filter(({ atMs }) => atMs <= lengthMs)
    .sort((a, b) => a.atMs - b.atMs);
}

function shuffled<Item>(items: readonly Item[], choices: Choices): Item[] {
  const left = [...items];
  return Array.from(items, () => {
    const item = choices.pick(left);
    left.splice(left.indexOf(item), 1);
    return item;
  });
}
