import { type Clock, type Logger, WorkerPool } from "../net/mod.ts";
import { StoreError } from "../store/mod.ts";
import {
  type SinkAnswer,
  type SinkRequest,
  WorkerSink,
} from "./worker_sink.ts";

/** How long a pool that is disposed waits for its workers to close their stores. */
const CLOSE_MS_MAX = 500;

/** Worker threads that each write to a store of their own. */
export class SinkPool<Target> implements AsyncDisposable {
  readonly sinks: readonly WorkerSink<Target>[];
  readonly #workers: WorkerPool<SinkRequest<Target>, SinkAnswer>;
  readonly #clock: Clock;

  private constructor(
    options: {
      sinks: readonly WorkerSink<Target>[];
      workers: WorkerPool<SinkRequest<Target>, SinkAnswer>;
      clock: Clock;
    },
  ) {
    this.sinks = options.sinks;
    this.#workers = options.workers;
    this.#clock = options.clock;
  }

  /**
   * Starts the workers and has them open the store. One that is away is opened
   * as soon as it is back, and statuses wait until then.
   *
   * @throws {StoreError} If the store cannot be used and trying again cannot help.
   */
  static async open<Target>(
    options: {
      /** The module of the workers, which hands what it is sent to a SinkWorker. */
      entry: string;
      count: number;
      target: Target;
      clock: Clock;
      logger: Logger;
      /** A worker is gone, and what it had to write with it. */
      onFailure: (error: Error) => void;
    },
  ): Promise<SinkPool<Target>> {
    const { entry, count, target, clock, logger, onFailure } = options;
    const workers = await WorkerPool.start<SinkRequest<Target>, SinkAnswer>({
      entry,
      count,
      onMessage: (index, answer) => sinks[index]?.answered(answer),
      onFailure: (_index, error) => onFailure(error),
    });
    const sinks = Array.from(
      { length: count },
      (_, index) =>
        new WorkerSink<Target>((request) => workers.post(index, request)),
    );
    const results = await Promise.allSettled(
      sinks.map((sink) => sink.open(target)),
    );
    const failed = results.find((result) => result.status === "rejected");
    const error: unknown = failed?.reason;
    if (error instanceof StoreError && error.retry) {
      logger.warn("cannot open store now, keeping statuses until then", {
        error,
      });
    } else if (failed !== undefined) {
      workers.terminate();
      throw error;
    }
    return new SinkPool({ sinks, workers, clock });
  }

  /** Closes the stores, and ends the workers whether or not they could. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      Promise.allSettled(this.sinks.map((sink) => sink.close())),
      this.#clock.sleep(CLOSE_MS_MAX, late.signal),
    ]);
    late.abort();
    this.#workers.terminate();
  }
}
