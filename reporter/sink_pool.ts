import { type Clock, type Logger, WorkerPool } from "../net/mod.ts";
import { type StatusStore, StoreError } from "../store/mod.ts";
import {
  type SinkAnswer,
  type SinkRequest,
  SinkWorker,
  WorkerSink,
} from "./worker_sink.ts";

/** How long a pool that is disposed waits for its worker to close its stores. */
const CLOSE_MS_MAX = 500;

/** A request to one of the sinks that a worker serves, by its number. */
export interface PooledRequest<Target> {
  sink: number;
  request: SinkRequest<Target>;
}

/** The answer of a sink, by its number. */
export interface PooledAnswer {
  sink: number;
  answer: SinkAnswer;
}

/**
 * Sinks that each write through a connection of their own, all in one worker
 * thread: they mostly wait for the database, and a thread costs some 35 MB.
 */
export class SinkPool<Target> implements AsyncDisposable {
  readonly sinks: readonly WorkerSink<Target>[];
  readonly #worker: WorkerPool<PooledRequest<Target>, PooledAnswer>;
  readonly #clock: Clock;

  private constructor(
    options: {
      sinks: readonly WorkerSink<Target>[];
      worker: WorkerPool<PooledRequest<Target>, PooledAnswer>;
      clock: Clock;
    },
  ) {
    this.sinks = options.sinks;
    this.#worker = options.worker;
    this.#clock = options.clock;
  }

  /**
   * Starts the worker and has its sinks open the store. One that is away is opened
   * as soon as it is back, and statuses wait until then.
   *
   * @throws {StoreError} If the store cannot be used and trying again cannot help.
   */
  static async open<Target>(
    options: {
      /** The module of the worker, which hands what it is sent to a {@linkcode PoolWorker}. */
      entry: string;
      /** Number of sinks. */
      count: number;
      target: Target;
      clock: Clock;
      logger: Logger;
      /** The worker is gone, and what it had to write with it. */
      onFailure: (error: Error) => void;
    },
  ): Promise<SinkPool<Target>> {
    const { entry, count, target, clock, logger, onFailure } = options;
    const worker = await WorkerPool.start<
      PooledRequest<Target>,
      PooledAnswer
    >({
      entry,
      count: 1,
      onMessage: (_index, { sink, answer }) => sinks[sink]?.answered(answer),
      onFailure: (_index, error) => onFailure(error),
    });
    const sinks = Array.from(
      { length: count },
      (_, sink) =>
        new WorkerSink<Target>((request) => worker.post(0, { sink, request })),
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
      worker.terminate();
      throw error;
    }
    return new SinkPool({ sinks, worker, clock });
  }

  /** Closes the stores, and ends the worker whether or not it could. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      Promise.allSettled(this.sinks.map((sink) => sink.close())),
      this.#clock.sleep(CLOSE_MS_MAX, late.signal),
    ]);
    late.abort();
    this.#worker.terminate();
  }
}

/** The worker's side of a {@linkcode SinkPool}. */
export class PoolWorker<Target> {
  readonly #open: (target: Target) => Promise<StatusStore>;
  readonly #post: (answer: PooledAnswer) => void;
  /** By number; made at the first request. */
  readonly #sinks = new Map<number, SinkWorker<Target>>();

  constructor(
    options: {
      open: (target: Target) => Promise<StatusStore>;
      post: (answer: PooledAnswer) => void;
    },
  ) {
    this.#open = options.open;
    this.#post = options.post;
  }

  /** Serves a request; those of one sink in order. What is no StoreError is a bug, and ends the worker. */
  handle({ sink, request }: PooledRequest<Target>): Promise<void> {
    let worker = this.#sinks.get(sink);
    if (worker === undefined) {
      const post = (answer: SinkAnswer) => this.#post({ sink, answer });
      worker = new SinkWorker({ open: this.#open, post });
      this.#sinks.set(sink, worker);
    }
    return worker.handle(request);
  }
}
