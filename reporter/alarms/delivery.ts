import { createHmac } from "node:crypto";
import {
  Backoff,
  type Clock,
  type Logger,
  type Random,
  StandingCondition,
} from "../../net/mod.ts";
import {
  type AlarmEntry,
  type Moment,
  momentOf,
  type Told,
} from "./alarm_book.ts";
import {
  type AlarmPost,
  postsFor,
  type Receiver,
  type RuleInfo,
  takesRule,
} from "./receivers.ts";

/** Shortest and longest time after which a receiver that failed is tried again. */
const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 300_000;

/** Header with the HMAC-SHA256 of a body, in hexadecimal digits behind "sha256=". */
const SIGNATURE_HEADER = "x-lars-signature";

/** Sends a body of JSON; resolves to the status of the answer. */
export type Post = (
  request: { url: string; body: string; headers: Record<string, string> },
) => Promise<number>;

/** Options of {@linkcode Delivery}. */
export interface DeliveryOptions extends RuleInfo {
  receivers: readonly Receiver[];
  /** Key of signatures; empty: nothing is signed. */
  secret: string;
  post: Post;
  clock: Clock;
  /** Spreads retries. */
  random: Random;
  logger: Logger;
}

/** A receiver, and how it goes with it. */
interface Line {
  readonly receiver: Receiver;
  readonly backoff: Backoff;
  readonly failing: StandingCondition;
  /** Before when it is not tried again, in the clock's milliseconds. */
  notBeforeMs: number;
  isBusy: boolean;
}

/** Tells receivers of alarms: of each when it begins, again as long as it fires, and when it ends. */
export class Delivery {
  /** Requests so far. */
  readonly counters = { deliveriesSent: 0, deliveriesFailed: 0 };
  readonly #options: DeliveryOptions;
  readonly #lines: readonly Line[];

  /** Nothing is sent yet. */
  constructor(options: DeliveryOptions) {
    const { logger, random } = options;
    this.#options = options;
    this.#lines = options.receivers.map((receiver) => ({
      receiver,
      backoff: new Backoff({
        minMs: RETRY_MIN_MS,
        maxMs: RETRY_MAX_MS,
        random,
      }),
      failing: new StandingCondition({
        logger,
        level: "error",
        begins: "cannot deliver alarms, trying again",
        ends: "delivering alarms again",
      }),
      notBeforeMs: -Infinity,
      isBusy: false,
    }));
  }

  /** Sends what is due of these alarms. Receivers that have not answered yet are left alone. */
  async send(entries: readonly AlarmEntry[]): Promise<void> {
    await Promise.all(this.#lines.map((line) => this.#sendTo(line, entries)));
  }

  /** Whether an alarm has ended and all who heard of it know. */
  isDone(entry: AlarmEntry): boolean {
    return entry.resolvedAt !== undefined &&
      this.#lines.every(({ receiver }) =>
        !takesRule(receiver, entry.rule) ||
        toldOf(entry, receiver)?.state !== "firing"
      );
  }

  async #sendTo(line: Line, entries: readonly AlarmEntry[]): Promise<void> {
    const { receiver } = line;
    const moment = momentOf(this.#options.clock);
    if (line.isBusy || moment.nowMs < line.notBeforeMs) return;
    const due = entries.filter((entry) => isDue(entry, receiver, moment));
    if (due.length === 0) return;
    line.isBusy = true;
    const { nowS } = moment;
    for (const post of postsFor(receiver, due, { ...this.#options, nowS })) {
      // What is said of an alarm may have changed when the answer comes.
      const states = post.entries.map(stateOf);
      if (!await this.#post(line, post)) break;
      for (const [index, entry] of post.entries.entries()) {
        this.#told(entry, { receiver, state: states[index]! });
      }
    }
    line.isBusy = false;
  }

  async #post(line: Line, { url, body }: AlarmPost): Promise<boolean> {
    const { post, secret, clock } = this.#options;
    const headers: Record<string, string> = {};
    if (secret !== "") headers[SIGNATURE_HEADER] = sign(body, secret);
    let failure: unknown;
    try {
      const status = await post({ url, body, headers });
      if (status < 200 || status > 299) failure = `it answered ${status}`;
    } catch (error) {
      failure = error;
    }
    if (failure === undefined) {
      this.counters.deliveriesSent += 1;
      line.backoff.reset();
      line.failing.end();
      return true;
    }
    this.counters.deliveriesFailed += 1;
    line.notBeforeMs = clock.nowMs() + line.backoff.nextMs();
    // The rest of a URL may hold a token.
    line.failing.begin({ to: new URL(url).origin, error: failure });
    return false;
  }

  #told(
    entry: AlarmEntry,
    { receiver, state }: { receiver: Receiver; state: Told["state"] },
  ): void {
    const { nowMs, nowS } = momentOf(this.#options.clock);
    const isNews = toldOf(entry, receiver)?.state !== state;
    entry.told.set(receiver.url, { state, atMs: nowMs });
    // An Alertmanager hears everything each minute.
    if (!isNews && receiver.kind === "alertmanager") return;
    entry.lastSent = nowS;
    entry.sends += 1;
    entry.isChanged = true;
  }
}

function isDue(
  entry: AlarmEntry,
  receiver: Receiver,
  { nowMs, nowS }: Moment,
): boolean {
  if (!takesRule(receiver, entry.rule)) return false;
  const told = toldOf(entry, receiver);
  if (stateOf(entry) === "resolved") return told?.state === "firing";
  if (entry.silencedUntil > nowS) return false;
  return told?.state !== "firing" || nowMs - told.atMs >= receiver.repeatMs;
}

function stateOf({ resolvedAt }: AlarmEntry): Told["state"] {
  return resolvedAt === undefined ? "firing" : "resolved";
}

function toldOf(entry: AlarmEntry, { url }: Receiver): Told | undefined {
  return entry.told.get(url) ?? entry.toldBefore;
}

function sign(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}
