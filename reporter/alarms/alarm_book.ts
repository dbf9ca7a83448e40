import type { Clock } from "../../net/mod.ts";
import type { Alarm, AlarmRow } from "../../store/mod.ts";
import { fingerprintOf } from "./fingerprint.ts";
import {
  type AlarmRules,
  type Condition,
  FLEET_RULES,
  OWN_RULES,
  type RuleName,
  TEST_RULE,
} from "./rules.ts";

/** Time after which a test that is not delivered ends. */
const TEST_MS_MAX = 120_000;

/** Time for which receivers are tried to be told that an alarm has ended. */
const RESOLVED_MS_MAX = 3_600_000;

/** When something is looked at. */
export interface Moment {
  /** The clock's milliseconds. */
  nowMs: number;
  /** Unix time in seconds, for people. */
  nowS: number;
}

/** The present moment. */
export function momentOf(clock: Clock): Moment {
  return { nowMs: clock.nowMs(), nowS: clock.wallSeconds() };
}

/** What a receiver was told of an alarm last. */
export interface Told {
  state: "firing" | "resolved";
  /** The clock's milliseconds. */
  atMs: number;
}

/** A condition that holds or has held, and what has come of it. */
export interface AlarmEntry extends Omit<Alarm, "since" | "rule"> {
  rule: RuleName | typeof TEST_RULE;
  /** Unix time in seconds since which it fires; undefined: it does not yet. */
  since: number | undefined;
  /** Unix time in seconds until which it is silenced. */
  silencedUntil: number;
  /** Since when the condition has held, in the clock's milliseconds. */
  heldFromMs: number;
  /** Since when it has not held; undefined: it holds. */
  clearFromMs: number | undefined;
  /** When it ended. */
  resolvedMs: number;
  /** What each receiver was told last, by its URL. */
  told: Map<string, Told>;
  /** What all of them were told by the reporter that had the alarm before. */
  toldBefore: Told | undefined;
  /** Whether the store lacks something of it. */
  isChanged: boolean;
}

/** The alarms of one reporter: conditions that hold become alarms, which fire and end. */
export class AlarmBook {
  readonly #rules: AlarmRules;
  readonly #entries = new Map<string, AlarmEntry>();

  /** Begins without alarms. */
  constructor(rules: AlarmRules) {
    this.#rules = rules;
  }

  /** Alarms that fire, or have ended and are not closed. */
  get open(): AlarmEntry[] {
    return [...this.#entries.values()]
      .filter(({ since }) => since !== undefined);
  }

  /**
   * Takes over alarms of the store, also their silences. The condition of one that
   * is not known is taken to hold until it is seen that it does not.
   */
  adopt(rows: readonly AlarmRow[], moment: Moment): void {
    for (const row of rows) {
      const known = this.#entries.get(row.fingerprint);
      if (known?.since !== undefined) {
        known.silencedUntil = row.silencedUntil ?? 0;
        continue;
      }
      const { resolvedAt, lastSent = 0, sends } = row;
      const isOver = resolvedAt !== undefined &&
        (lastSent >= resolvedAt || sends === 0);
      if (!isOver && isRule(row.rule)) {
        this.#entries.set(row.fingerprint, entryOf(row, row.rule, moment));
      }
    }
  }

  /** Forgets the alarms of rules that another reporter looks after. */
  forget(rules: readonly string[]): void {
    for (const entry of [...this.#entries.values()]) {
      if (rules.includes(entry.rule)) this.close(entry);
    }
  }

  /** Takes all conditions of some rules that hold now. Returns the alarms that begin or end by that. */
  update(
    conditions: readonly Condition[],
    { rules, ...moment }: Moment & { rules: readonly string[] },
  ): AlarmEntry[] {
    const changed: AlarmEntry[] = [];
    const holding = new Set<AlarmEntry>();
    for (const condition of conditions) {
      const entry = this.#hold(condition, moment);
      holding.add(entry);
      const heldMs = moment.nowMs - entry.heldFromMs;
      const { forSeconds } = this.#rules[condition.rule];
      if (entry.since !== undefined || heldMs < forSeconds * 1_000) continue;
      entry.since = moment.nowS;
      changed.push(entry);
    }
    for (const entry of [...this.#entries.values()]) {
      if (!rules.includes(entry.rule) || holding.has(entry)) continue;
      if (this.#clear(entry, moment)) changed.push(entry);
    }
    for (const entry of changed) entry.isChanged = true;
    return changed;
  }

  /** Forgets an alarm. */
  close({ fingerprint }: AlarmEntry): void {
    this.#entries.delete(fingerprint);
  }

  #hold({ rule, labels, ...reading }: Condition, moment: Moment): AlarmEntry {
    const fingerprint = fingerprintOf({ alertname: rule, ...labels });
    let entry = this.#entries.get(fingerprint);
    // One that has ended begins anew; who was told of it is to be told of this.
    if (entry === undefined || entry.resolvedAt !== undefined) {
      const { silencedUntil = 0, told = new Map() } = entry ?? {};
      entry = {
        fingerprint,
        rule,
        labels,
        ...reading,
        ...NEW,
        heldFromMs: moment.nowMs,
        silencedUntil,
        told,
      };
      this.#entries.set(fingerprint, entry);
    }
    Object.assign(entry, reading);
    entry.clearFromMs = undefined;
    return entry;
  }

  /** The condition does not hold now. Returns whether the alarm ends by that. */
  #clear(entry: AlarmEntry, { nowMs, nowS }: Moment): boolean {
    if (entry.since === undefined) this.close(entry);
    if (entry.resolvedAt !== undefined) {
      if (nowMs - entry.resolvedMs >= RESOLVED_MS_MAX) this.close(entry);
      return false;
    }
    entry.clearFromMs ??= nowMs;
    const isOver = entry.rule === TEST_RULE
      // A test is over as soon as it has arrived.
      ? entry.sends > 0 || nowMs - entry.heldFromMs >= TEST_MS_MAX
      : nowMs - entry.clearFromMs >=
        this.#rules[entry.rule].keepSeconds * 1_000;
    if (entry.since === undefined || !isOver) return false;
    entry.resolvedAt = nowS;
    entry.resolvedMs = nowMs;
    return true;
  }
}

/** What an alarm begins with. */
const NEW = {
  clearFromMs: undefined,
  since: undefined,
  resolvedAt: undefined,
  resolvedMs: 0,
  lastSent: undefined,
  sends: 0,
  toldBefore: undefined,
  isChanged: false,
} as const satisfies Partial<AlarmEntry>;

/** An alarm of the store as one of a book. */
function entryOf(
  row: AlarmRow,
  rule: AlarmEntry["rule"],
  { nowMs, nowS }: Moment,
): AlarmEntry {
  const { silencedUntil = 0, silencedBy: _, ...alarm } = row;
  // Wall clocks of two reporters may differ: nothing was sent in times to come.
  const msSince = (unixS = nowS) => Math.max(0, nowS - unixS) * 1_000;
  return {
    ...alarm,
    rule,
    silencedUntil,
    heldFromMs: nowMs,
    clearFromMs: undefined,
    resolvedMs: nowMs - msSince(row.resolvedAt),
    told: new Map(),
    toldBefore: row.sends === 0
      ? undefined
      : { state: "firing", atMs: nowMs - msSince(row.lastSent) },
    isChanged: false,
  };
}

/** An alarm that fires, or has, as the store keeps it. */
export function toAlarm(entry: AlarmEntry): Alarm {
  const { fingerprint, rule, labels, summary, value, resolvedAt } = entry;
  const { since = 0, lastSent, sends } = entry;
  return {
    fingerprint,
    rule,
    labels,
    summary,
    value,
    since,
    lastSent,
    resolvedAt,
    sends,
  };
}

function isRule(name: string): name is AlarmEntry["rule"] {
  return [...FLEET_RULES, ...OWN_RULES, TEST_RULE].includes(name);
}
