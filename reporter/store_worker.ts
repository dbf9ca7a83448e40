import {
  type Clock,
  type Logger,
  WorkerPool,
  type WorkerPort,
} from "../net/mod.ts";
import { type StatusStore, StoreError } from "../store/mod.ts";
import { RowUnpacker } from "./status_rows.ts";
import type { StatusSink } from "./status_writer.ts";

/** Time in which a worker that is disposed of closes its stores. */
const CLOSE_MS_MAX = 500;

/** What the thread does. `Target` says which store to open, and is cloned on the way. */
type StoreAction<Target> =
  | { kind: "open"; target: Target }
  | { kind: "write"; words: Uint32Array }
  | { kind: "close" };

/** A request to the thread, for one of its connections to the store. */
export interface StoreRequest<Target> {
  id: number;
  /** From 0. Actions of one connection are done in order. */
  connection: number;
  action: StoreAction<Target>;
}

/** The answer to a request; a StoreError is taken apart, as errors lose their class on the way. */
export interface StoreAnswer {
  id: number;
  error?: { message: string; retry: boolean };
}

/** The thread as a {@linkcode StoreWorker} sees it. */
interface StoreThread<Target> {
  post(request: StoreRequest<Target>): void;
  terminate(): void;
}

/**
 * A worker thread that writes to a store, so that the network does not stand
 * still during a write. One thread serves all connections to the store: they
 * mostly wait for the database, and a thread costs some 35 MB.
 */
export class StoreWorker<Target> implements AsyncDisposable {
  /** One for each connection to the store. */
  readonly sinks: readonly StatusSink[];
  readonly #thread: StoreThread<Target>;
  readonly #clock: Clock;
  readonly #pending = new Map<number, PromiseWithResolvers<void>>();
  #nextId = 0;

  /** Pass every answer of the thread to {@linkcode answered}. */
  constructor(
    thread: StoreThread<Target>,
    options: { connections: number; clock: Clock },
  ) {
    this.#thread = thread;
    this.#clock = options.clock;
    this.sinks = Array.from(
      { length: options.connections },
      (_, connection) => ({
        write: (words) => this.#ask(connection, { kind: "write", words }),
      }),
    );
  }

  /**
   * Starts the thread and opens the store. A store that is away is opened by the
   * first write after it is back.
   *
   * @throws {StoreError} If the store cannot be used and trying again cannot help.
   */
  static async start<Target>(
    options: {
      /** Module of the thread, which calls {@linkcode serveStore}. */
      entry: string;
      /** Number of connections to the store. */
      connections: number;
      target: Target;
      clock: Clock;
      logger: Logger;
      /** Called when the thread has failed, and what it had to write is lost. */
      onFailure: (error: Error) => void;
    },
  ): Promise<StoreWorker<Target>> {
    const { entry, target, logger, onFailure } = options;
    const pool = await WorkerPool.start<StoreRequest<Target>, StoreAnswer>({
      entry,
      count: 1,
      onMessage: (_index, answer) => worker.answered(answer),
      onFailure: (_index, error) => onFailure(error),
    });
    const thread = {
      post: (request: StoreRequest<Target>) => pool.post(0, request),
      terminate: () => pool.terminate(),
    };
    const worker = new StoreWorker(thread, options);
    try {
      await worker.open(target);
    } catch (error) {
      if (!(error instanceof StoreError && error.retry)) {
        pool.terminate();
        throw error;
      }
      logger.warn("cannot open store now, keeping statuses until then", {
        error,
      });
    }
    return worker;
  }

  /**
   * Opens the store for every connection. Those that fail are opened by their
   * next write.
   *
   * @throws {StoreError} If one of them cannot be opened now.
   */
  async open(target: Target): Promise<void> {
    await this.#askAll({ kind: "open", target });
  }

  /** Takes an answer of the thread. */
  answered({ id, error }: StoreAnswer): void {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) request?.resolve();
    else request?.reject(new StoreError(error.message, { retry: error.retry }));
  }

  /** Closes the connections and ends the thread, at the latest after {@linkcode CLOSE_MS_MAX}. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new AbortController();
    await Promise.race([
      this.#askAll({ kind: "close" }).catch(() => {}),
      this.#clock.sleep(CLOSE_MS_MAX, closed.signal),
    ]);
    closed.abort();
    this.#thread.terminate();
  }

  async #askAll(action: StoreAction<Target>): Promise<void> {
    await Promise.all(
      this.sinks.map((_, connection) => this.#ask(connection, action)),
    );
  }

  #ask(connection: number, action: StoreAction<Target>): Promise<void> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<void>();
    this.#pending.set(id, answer);
    this.#thread.post({ id, connection, action });
    return answer.promise;
  }
}

/**
 * Serves a {@linkcode StoreWorker} in its thread. An error other than a
 * StoreError is a bug and ends the thread.
 */
export function serveStore<Target>(
  port: Pick<WorkerPort<StoreRequest<Target>, StoreAnswer>, "post" | "listen">,
  open: (target: Target) => Promise<StatusStore>,
): void {
  const connections: StoreConnection<Target>[] = [];
  port.listen((request) => {
    connections[request.connection] ??= new StoreConnection(open);
    connections[request.connection]!.serve(request, port.post);
  });
}

/** A connection to the store, in the thread. */
class StoreConnection<Target> {
  readonly #open: (target: Target) => Promise<StatusStore>;
  readonly #unpacker = new RowUnpacker();
  #target: Target | undefined;
  #store: StatusStore | undefined;
  /** Resolves when all actions so far are done. */
  #last: Promise<void> = Promise.resolve();

  constructor(open: (target: Target) => Promise<StatusStore>) {
    this.#open = open;
  }

  serve(
    { id, action }: StoreRequest<Target>,
    post: (answer: StoreAnswer) => void,
  ): void {
    this.#last = this.#last.then(async () => {
      try {
        await this.#do(action);
        post({ id });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        const { message, retry } = error;
        post({ id, error: { message, retry } });
      }
    });
  }

  async #do(action: StoreAction<Target>): Promise<void> {
    if (action.kind === "open") {
      this.#target = action.target;
      await this.#opened();
    } else if (action.kind === "write") {
      const store = await this.#opened();
      await store.write(this.#unpacker.unpack(action.words));
    } else {
      await this.#store?.[Symbol.asyncDispose]();
      this.#store = undefined;
    }
  }

  async #opened(): Promise<StatusStore> {
    if (this.#target === undefined) {
      throw new TypeError("Cannot write statuses as no store was named");
    }
    return this.#store ??= await this.#open(this.#target);
  }
}
