import { StoreError } from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { checkStopped, CommandError, ExitCode } from "../exit_code.ts";

/** Time after which a command says whom it waits for. */
const TELL_MS = 2_000;

/** Time after which it gives up, unless its user asked for more. */
export const GIVE_UP_MS = 10_000;

/** Pause between two tries. */
const PAUSE_MS = 100;

/** Whom a command waits for. */
export interface PatienceOptions {
  /** Such as "store /data/lars.db". */
  whom: string;
  /** Why it may stand still, if no failure says so. */
  reason: string;
  /** Default: {@linkcode GIVE_UP_MS}. */
  giveUpMs?: number;
}

/**
 * Waits for a store that stands still, or that another is writing to, or for an
 * agent: says so after 2 s, and gives up after 10 s.
 */
export class Patience {
  readonly #environment: Environment;
  readonly #options: PatienceOptions;
  /** Whether something was left that has not ended. */
  #gaveUp = false;

  constructor(environment: Environment, options: PatienceOptions) {
    this.#environment = environment;
    this.#options = options;
  }

  /** Closes what was waited for; what stands still does not close in time either, and is left. */
  async close(opened: AsyncDisposable): Promise<void> {
    const closed = opened[Symbol.asyncDispose]();
    closed.then(() => {}, () => {});
    if (!this.#gaveUp) await closed;
  }

  /**
   * Runs `body`, and again while trying again can help.
   *
   * @throws {CommandError} If it has not succeeded in time, or Ctrl-C was pressed.
   */
  async retry<Result>(body: () => Promise<Result>): Promise<Result> {
    const { clock, signal } = this.#environment;
    const wait = new Wait(this.#environment, this.#options);
    const work = async () => {
      for (;;) {
        try {
          return await body();
        } catch (error) {
          if (!(error instanceof StoreError && error.retry)) throw error;
          wait.reason = error.message;
          if (!wait.over) await clock.sleep(PAUSE_MS, signal);
          if (signal.aborted) throw error;
          if (wait.over) return await wait.ended;
        }
      }
    };
    const working = work();
    working.catch(() => {});
    try {
      return await Promise.race([working, wait.ended]);
    } catch (error) {
      this.#gaveUp ||= wait.over;
      checkStopped(signal);
      throw error;
    } finally {
      wait.stop();
    }
  }

  /**
   * The items of a store, each waited for. Before the first one a failure is tried
   * again; `close` ends a wait for another one.
   */
  async *items<Item>(
    open: () => AsyncIterable<Item>,
    close: () => void,
  ): AsyncGenerator<Item> {
    const first = await this.retry(async () => {
      const iterator = open()[Symbol.asyncIterator]();
      return { iterator, result: await iterator.next() };
    });
    const { iterator } = first;
    const wait = new Wait(this.#environment, this.#options);
    wait.ended.catch(() => {
      this.#gaveUp = true;
      close();
    });
    try {
      for (
        let { result } = first;
        !result.done;
        result = await iterator.next()
      ) {
        // Time that the reader takes is not the store's.
        wait.pause();
        yield result.value;
        wait.begin();
      }
    } catch (error) {
      if (!wait.over) throw error;
      await wait.ended;
    } finally {
      wait.stop();
      if (!wait.over) await iterator.return?.();
    }
  }
}

/** Patience with a store; `where` is its file or database. */
export function storePatience(
  environment: Environment,
  where: string,
): Patience {
  return new Patience(environment, {
    whom: `store ${where}`,
    reason:
      "it stands still, or another transaction holds a lock; what was asked may be done or not",
  });
}

/** A wait, watched beside the work. */
class Wait {
  /** Rejects when the wait has taken too long; never resolves. */
  readonly ended: Promise<never>;
  /** Why the last try failed. */
  reason: string;
  readonly #environment: Environment;
  readonly #whom: string;
  readonly #giveUpMs: number;
  readonly #stop = new AbortController();
  #begunMs = 0;
  #over = false;

  constructor(
    environment: Environment,
    { whom, reason, giveUpMs = GIVE_UP_MS }: PatienceOptions,
  ) {
    this.#environment = environment;
    this.#whom = whom;
    this.reason = reason;
    this.#giveUpMs = giveUpMs;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.ended = promise;
    this.begin();
    this.#watch(reject);
  }

  /** Whether it has taken too long. */
  get over(): boolean {
    return this.#over;
  }

  /** Begins anew, as there was an answer. */
  begin(): void {
    this.#begunMs = this.#environment.clock.nowMs();
  }

  /** Counts no time until it begins anew. */
  pause(): void {
    this.#begunMs = Infinity;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #watch(giveUp: (error: CommandError) => void): Promise<void> {
    const { clock } = this.#environment;
    const { signal } = this.#stop;
    let told = false;
    for (let leftMs = TELL_MS; !signal.aborted;) {
      await clock.sleep(leftMs, signal);
      if (signal.aborted) return;
      const waitedMs = Math.max(0, clock.nowMs() - this.#begunMs);
      if (waitedMs >= this.#giveUpMs) break;
      if (waitedMs >= TELL_MS && !told) {
        told = true;
        this.#environment.printError(`Waiting for ${this.#whom}`);
      }
      leftMs = (waitedMs >= TELL_MS ? this.#giveUpMs : TELL_MS) - waitedMs;
    }
    this.#over = true;
    giveUp(
      new CommandError(
        `Cannot wait longer for ${this.#whom}, which has not answered within ${
          this.#giveUpMs / 1_000
        } s: ${this.reason}`,
        { exitCode: ExitCode.systemError },
      ),
    );
  }
}
