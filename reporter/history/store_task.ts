import { Backoff, type Clock, type Random } from "../../net/mod.ts";
import { StoreError } from "../../store/mod.ts";

/** Shortest and longest pause after a failure. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 5_000;

/** Signals that end a {@linkcode StoreTask}. */
export interface TaskSignals {
  /** No more comes: what waits is to be written at once. */
  stop: AbortSignal;
  /** What waits is lost. */
  giveUp: AbortSignal;
}

/** Options of a {@linkcode StoreTask}. */
export interface StoreTaskOptions {
  /** Times the work. */
  clock: Clock;
  /** Spreads pauses. */
  random: Random;
  /** When there is something to do, in the clock's milliseconds; Infinity: nothing waits for time. */
  dueMs: () => number;
  /** Does it; what is left of it stays due. */
  work: () => Promise<void>;
  /** Whether something would be lost if the task ended now. */
  isPending: () => boolean;
  /** Called after work that failed. */
  onFailed: (error: StoreError) => void;
  /** Called after work that succeeded. */
  onDone: () => void;
}

/** One kind of work on the store, done when it is due, and again after growing pauses if it fails. */
export class StoreTask {
  readonly #options: StoreTaskOptions;
  readonly #backoff: Backoff;
  /** End of the present wait. */
  #untilMs = -Infinity;
  #wake = new AbortController();

  /** Works while it runs. */
  constructor(options: StoreTaskOptions) {
    this.#options = options;
    this.#backoff = new Backoff({
      minMs: RETRY_MIN_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    });
  }

  /** To be called when something may be due sooner than before. */
  update(): void {
    if (this.#options.dueMs() < this.#untilMs) this.#wake.abort();
  }

  /** Works until `stop` is aborted, then until nothing is pending or `giveUp` is aborted. */
  async run({ stop, giveUp }: TaskSignals): Promise<void> {
    const { clock, dueMs, isPending } = this.#options;
    const wake = () => this.#wake.abort();
    stop.addEventListener("abort", wake);
    while (!giveUp.aborted) {
      if (stop.aborted) {
        if (!isPending()) break;
      } else if (dueMs() > clock.nowMs()) {
        this.#wake = new AbortController();
        this.#untilMs = dueMs();
        await clock.sleep(this.#untilMs - clock.nowMs(), this.#wake.signal);
        this.#untilMs = -Infinity;
        continue;
      }
      const isLast = stop.aborted;
      const pauseMs = await this.#attempt();
      if (pauseMs > 0) await clock.sleep(pauseMs, stop.aborted ? giveUp : stop);
      else if (isLast && isPending()) await clock.sleep(RETRY_MIN_MS, giveUp);
    }
    stop.removeEventListener("abort", wake);
  }

  /** Works once; returns the pause that is to follow, in milliseconds. */
  async #attempt(): Promise<number> {
    try {
      await this.#options.work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.onFailed(error);
      const waitMs = this.#backoff.nextMs();
      return error.retry ? waitMs : RETRY_MAX_MS;
    }
    this.#backoff.reset();
    this.#options.onDone();
    return 0;
  }
}
