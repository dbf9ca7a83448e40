import { loggerOf } from "../../net/mod.ts";
import { seededRandom } from "../../net/testing/mod.ts";
import { ALARM_RULES } from "../../conf/mod.ts";
import { Alarms, type OwnState } from "../alarms/alarms.ts";
import type { Receiver } from "../alarms/receivers.ts";
import type { FakeReporter, HistoryFixture } from "./history_fixture.ts";

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
      reporter: FakeReporter;
      receivers?: readonly Receiver[];
      secret?: string;
    },
  ) {
    this.#fixture = fixture;
    const { clock } = fixture;
    this.alarms = new Alarms({
      sink: reporter.sink,
      rules: ALARM_RULES,
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
