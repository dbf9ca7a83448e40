import { StoreError } from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { checkStopped, CommandError, ExitCode } from "../exit_code.ts";

/** Time after which a command says whom it waits for, and after which it gives up. */
const TELL_MS = 2_000;
const GIVE_UP_MS = 10_000;

/** Pause between two tries. */
const PAUSE_MS = 100;

/**
 * Waits for a store that stands still, or that another is writing to: says so
 * after 2 s, and gives up after 10 s.
 */
export class Patience {
  readonly #environment: Environment;
  readonly #where: string;
  #gaveUp = false;

  /** `where` is the store, for people. */
  constructor(environment: Environment, where: string) {
    this.#environment = environment;
    this.#where = where;
  }

  /** Whether something was left that has not ended. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /**
   * Runs `body`, and again while trying again can help.
   *
   * @throws {CommandError} If it has not succeeded in time, or Ctrl-C was pressed.
   */
  async retry<Result>(body: () => Promise<Result>): Promise<Result> {
    const { clock, signal } = this.#environment;
    const wait = new Wait(this.#environment, this.#where);
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
    const wait = new Wait(this.#environment, this.#where);
    wait.ended.catch(close);
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
      this.#gaveUp = true;
      await wait.ended;
    } finally {
      wait.stop();
      if (!wait.over) await iterator.return?.();
    }
  }
}

/** A wait for a store, watched beside the work. */
class Wait {
  /** Rejects when the wait has taken too long; never resolves. */
  readonly ended: Promise<never>;
  /** Why the last try failed. */
  reason =
    "it stands still, or another transaction holds a lock; what was asked may be done or not";
  readonly #environment: Environment;
  readonly #where: string;
  readonly #stop = new AbortController();
  #begunMs = 0;
  #over = false;

  constructor(environment: Environment, where: string) {
    this.#environment = environment;
    this.#where = where;
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
      if (waitedMs >= GIVE_UP_MS) break;
      if (waitedMs >= TELL_MS && !told) {
        told = true;
        this.#environment.printError(`Waiting for store ${this.#where}`);
      }
      leftMs = (waitedMs >= TELL_MS ? GIVE_UP_MS : TELL_MS) - waitedMs;
    }
    this.#over = true;
    giveUp(
      new CommandError(
        `Cannot wait longer for store ${this.#where}, which has not answered within ${
          GIVE_UP_MS / 1_000
        } s: ${this.reason}`,
        { exitCode: ExitCode.systemError },
      ),
    );
  }
}
