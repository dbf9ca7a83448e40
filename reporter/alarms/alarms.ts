import { untilBeat } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { type AlarmRow, StoreError } from "../../store/mod.ts";
import {
  AlarmBook,
  type AlarmEntry,
  type Moment,
  momentOf,
  toAlarm,
} from "./alarm_book.ts";
import type { AlarmSink } from "./alarm_sink.ts";
import { Delivery, type DeliveryOptions } from "./delivery.ts";
import {
  type AlarmRules,
  type Condition,
  FLEET_RULES,
  OWN_RULES,
  TEST_RULE,
} from "./rules.ts";

/** Interval at which alarms are looked at, and the duty is asked for. */
export const TICK_MS = 5_000;

/** Interval at which the fleet is looked at by who has the duty, which is renewed with it. */
const FLEET_MS = 10_000;

/** Time for which alarms that have ended stay in the store, in seconds. */
const KEPT_S = 86_400;

/** The duty whose holder looks at the fleet. */
const DUTY = "alarms";

/** How a reporter does. */
export interface OwnState {
  /** Why it cannot use its store; undefined: it can. */
  storeFailure: string | undefined;
  /** Share of the statuses that may wait which do. */
  waitingShare: number;
  /** Age of the call totals that wait longest, in seconds. */
  lagSeconds: number;
}

/** Options of {@linkcode Alarms}. */
export interface AlarmsOptions extends Omit<DeliveryOptions, "severityOf"> {
  sink: AlarmSink;
  rules: AlarmRules;
  /** Name of this reporter. */
  instance: () => string;
  /** How this reporter does. */
  own: () => OwnState;
}

/** Finds what a person is to be told of, and tells. */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #book: AlarmBook;
  readonly #delivery: Delivery;
  /** Name that no other process has. */
  readonly #holder: string;
  #isHolder = false;
  #fleetDueMs = -Infinity;
  #watchdogAt = 0;

  /** Looks while it runs. */
  constructor(options: AlarmsOptions) {
    const { rules, random } = options;
    this.#options = options;
    this.#book = new AlarmBook(rules);
    this.#delivery = new Delivery({
      ...options,
      severityOf: (rule) =>
        rule === TEST_RULE ? "none" : rules[rule as keyof AlarmRules].severity,
    });
    this.#holder = Math.floor(random() * 2 ** 53).toString(16);
  }

  /** Totals so far, and what is so now. */
  get counters(): AlarmCounters {
    const alarmsFiring = new Map(
      [...OWN_RULES, ...FLEET_RULES].map((rule) => [rule, 0]),
    );
    for (const { rule, resolvedAt } of this.#book.open) {
      const count = alarmsFiring.get(rule);
      if (resolvedAt !== undefined || count === undefined) continue;
      alarmsFiring.set(rule, count + 1);
    }
    return {
      ...this.#delivery.counters,
      alarmsFiring,
      watchdogAt: this.#watchdogAt,
    };
  }

  /** Looks again and again until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, sink } = this.#options;
    while (!signal.aborted) {
      await this.#tick();
      await clock.sleep(untilBeat(clock.nowMs(), TICK_MS), signal);
    }
    if (!this.#isHolder) return;
    await untilStoreFails(sink.releaseDuty(DUTY, this.#holder));
  }

  async #tick(): Promise<void> {
    this.#log(this.#book.update(this.#ownConditions(), {
      ...momentOf(this.#options.clock),
      rules: OWN_RULES,
    }));
    await untilStoreFails(this.#lookAtFleet());
    await untilStoreFails(this.#write());
    // A receiver may take long to answer.
    this.#delivery.send(this.#book.open).then(async () => {
      await untilStoreFails(this.#write());
      for (const entry of this.#book.open) {
        if (this.#delivery.isDone(entry) && !entry.isChanged) {
          this.#book.close(entry);
        }
      }
    });
  }

  async #lookAtFleet(): Promise<void> {
    const { sink, rules, clock } = this.#options;
    const wasHolder = this.#isHolder;
    // Nothing is due: a renewal that failed is tried again at the next tick.
    if (wasHolder && clock.nowMs() < this.#fleetDueMs) return;
    // Asked for at once: each answer wakes two threads.
    const [isHolder, rows] = await Promise.all([
      sink.takeDuty(DUTY, this.#holder),
      sink.alarms(),
    ]);
    this.#isHolder = isHolder;
    if (wasHolder && !isHolder) this.#book.forget(FLEET_RULES);
    const moment = momentOf(clock);
    this.#book.adopt(rows.filter((row) => this.#isOurs(row)), moment);
    if (!isHolder) return;
    await this.#removeOld(rows, moment);
    const emptied = this.#book.open.filter(({ rule }) =>
      rule === "RouteEmptied"
    ).map(routeOf);
    const conditions = await sink.conditions({ rules, emptied });
    this.#log(this.#book.update([...conditions, WATCHDOG], {
      ...moment,
      rules: FLEET_RULES,
    }));
    this.#watchdogAt = moment.nowS;
    // On a beat as the ticks are: one that comes a little sooner behind it would wait for the next.
    this.#fleetDueMs = moment.nowMs + untilBeat(moment.nowMs, FLEET_MS);
  }

  /** Whether this reporter looks after an alarm of the store. */
  #isOurs({ rule, labels }: AlarmRow): boolean {
    return OWN_RULES.includes(rule)
      ? labels.instance === this.#options.instance()
      : this.#isHolder;
  }

  async #removeOld(
    rows: readonly AlarmRow[],
    { nowS }: Moment,
  ): Promise<void> {
    const old = rows.filter(({ resolvedAt }) =>
      resolvedAt !== undefined && nowS - resolvedAt > KEPT_S
    ).map(({ fingerprint }) => fingerprint);
    if (old.length > 0) await this.#options.sink.removeAlarms(old);
  }

  async #write(): Promise<void> {
    const changed = this.#book.open.filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return;
    for (const entry of changed) entry.isChanged = false;
    try {
      await this.#options.sink.writeAlarms(changed.map(toAlarm));
    } catch (error) {
      for (const entry of changed) entry.isChanged = true;
      throw error;
    }
  }

  #ownConditions(): Condition[] {
    const { own, rules, instance } = this.#options;
    const { storeFailure, waitingShare, lagSeconds } = own();
    const labels = { instance: instance() };
    const { limits } = rules.ReporterBehind;
    const conditions: Condition[] = [];
    if (storeFailure !== undefined) {
      conditions.push({
        rule: "StoreAway",
        labels,
        value: 1,
        summary:
          `Reporter ${labels.instance} cannot use its store: ${storeFailure}`,
      });
    } else if (
      waitingShare > limits.waitingShare || lagSeconds > limits.lagSeconds
    ) {
      const percent = Math.round(waitingShare * 100);
      conditions.push({
        rule: "ReporterBehind",
        labels,
        value: waitingShare,
        summary:
          `Reporter ${labels.instance} takes results faster than its store: ${percent} % of its room is full, call totals are ${
            Math.round(lagSeconds)
          } s old`,
      });
    }
    return conditions;
  }

  /** Logs alarms that have begun or ended. */
  #log(changed: readonly AlarmEntry[]): void {
    const { logger } = this.#options;
    for (const { rule, summary, resolvedAt } of changed) {
      if (rule === "Watchdog") continue;
      if (resolvedAt === undefined) logger.warn("alarm", { rule, summary });
      else logger.info("alarm is over", { rule, summary });
    }
  }
}

const WATCHDOG: Condition = {
  rule: "Watchdog",
  labels: {},
  value: 1,
  summary: "Alarms are looked at and delivered",
};

/** Counters of {@linkcode Alarms}. */
export interface AlarmCounters {
  /** Requests that receivers took. */
  deliveriesSent: number;
  /** Those that they did not. */
  deliveriesFailed: number;
  /** Alarms that fire, by the names of their rules. */
  alarmsFiring: ReadonlyMap<string, number>;
  /** Unix time in seconds at which this reporter looked at the fleet last; 0: it never did. */
  watchdogAt: number;
}

/** Does work on the store as far as that goes: of one that cannot be used an alarm tells. */
async function untilStoreFails(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

function routeOf({ labels }: AlarmEntry): RouteKey {
  return { modId: Number(labels.modid), cmdId: Number(labels.cmdid) };
}
