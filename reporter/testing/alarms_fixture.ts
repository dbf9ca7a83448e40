import { loggerOf } from "../../net/mod.ts";
import { seededRandom } from "../../net/testing/mod.ts";
import { Alarms, type OwnState } from "../alarms/alarms.ts";
import type { Receiver } from "../alarms/receivers.ts";
import type { AlarmRules } from "../alarms/rules.ts";
import type { FakeReporter, HistoryFixture } from "./history_fixture.ts";

const PAGE = {
  severity: "page",
  forSeconds: 0,
  keepSeconds: 60,
  limits: {},
} as const;

/** Rules with the numbers that tests count on. */
const RULES = {
  RouteFailing: {
    ...PAGE,
    forSeconds: 120,
    keepSeconds: 300,
    limits: { failingShare: 0.05, timesUsual: 10, callsPerSecondMin: 1 },
  },
  RouteAllOut: {
    ...PAGE,
    forSeconds: 30,
    keepSeconds: 120,
    limits: { outShare: 0.8, callersShare: 0.5 },
  },
  RouteEmptied: { ...PAGE, keepSeconds: 0 },
  HostOut: {
    severity: "ticket",
    forSeconds: 300,
    keepSeconds: 60,
    limits: { callersShare: 0.5 },
  },
  HostFlapping: {
    severity: "ticket",
    forSeconds: 0,
    keepSeconds: 600,
    limits: { ejections: 4, withinSeconds: 600, callersShare: 0.5 },
  },
  DrainForgotten: { ...PAGE, severity: "ticket", keepSeconds: 0 },
  TokenExpiring: {
    severity: "ticket",
    forSeconds: 0,
    keepSeconds: 0,
    limits: { withinSeconds: 1_209_600, lifeShare: 0.25 },
  },
  ExpirySuspended: {
    ...PAGE,
    limits: { overdueShare: 0.15, overdueMin: 3 },
  },
  AgentsSilent: { ...PAGE, limits: { silentShare: 0.05, silentMin: 2 } },
  StoreAway: { ...PAGE, forSeconds: 30 },
  ReporterBehind: { ...PAGE, limits: { waitingShare: 0.5, lagSeconds: 60 } },
  Watchdog: { severity: "none", forSeconds: 0, keepSeconds: 0, limits: {} },
} as const satisfies AlarmRules;

/** A request that a receiver got. */
export interface Received {
  url: string;
  headers: Record<string, string>;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Time after which alarms are sent again. */
export const REPEAT_MS = 900_000;

/** The alarms of one reporter, with receivers in memory. */
export class AlarmsFixture implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly alarms: Alarms;
  readonly stop = new AbortController();
  readonly running: Promise<void>;
  readonly own: OwnState = {
    storeFailure: undefined,
    waitingShare: 0,
    lagSeconds: 0,
  };
  /** What receivers answer. */
  status = 200;
  readonly #fixture: HistoryFixture;

  constructor(
    fixture: HistoryFixture,
    { reporter, receivers = [WEBHOOK], secret = "" }: {
      reporter: Pick<FakeReporter, "sink">;
      receivers?: readonly Receiver[];
      secret?: string;
    },
  ) {
    this.#fixture = fixture;
    const { clock } = fixture;
    this.alarms = new Alarms({
      sink: reporter.sink,
      rules: RULES,
      receivers,
      secret,
      post: ({ body, ...request }) => {
        if (this.status === 0) return Promise.reject(new Error("refused"));
        if (this.status < 300) {
          this.received.push({ ...request, body: JSON.parse(body) });
        }
        return Promise.resolve(this.status);
      },
      runbookOf: (rule) => `ALARMS.md#${rule}`,
      clock,
      // Each has another, for names that no other has.
      random: seededRandom(fixture.clock.nowMs() + 1),
      logger: loggerOf("reporter"),
      instance: () => "here:1",
      own: () => this.own,
    });
    this.running = this.alarms.run(this.stop.signal);
  }

  /** Rules of which an alarm fires, but the Watchdog. */
  get firing(): string[] {
    return [...this.alarms.counters.alarmsFiring]
      .filter(([rule, count]) => count > 0 && rule !== "Watchdog")
      .map(([rule]) => rule);
  }

  /** What was received, as "RULE status" of each alarm. */
  get texts(): string[] {
    return this.received.flatMap(({ body }) =>
      body.alerts.map((
        alert: { labels: { alertname: string }; status: string },
      ) => `${alert.labels.alertname} ${alert.status}`)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.#fixture.clock.advance(20_000);
    await this.running;
  }
}

/** A webhook. */
export const WEBHOOK: Receiver = {
  kind: "webhook",
  url: "http://10.0.0.9/hook?token=secret",
  repeatMs: REPEAT_MS,
};
