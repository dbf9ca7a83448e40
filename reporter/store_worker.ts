import { type Clock, WorkerPool, type WorkerPort } from "../net/mod.ts";
import {
  type AdminStore,
  HistoryOffError,
  type HistoryStore,
  type LeaseStore,
  type RouteStore,
  type StatusStore,
  StoreError,
} from "../store/mod.ts";
import {
  type HistoryCall,
  historySink,
  HistoryThread,
} from "./history/history_thread.ts";
import type { AlarmSink } from "./alarms/alarm_sink.ts";
import type { HistorySink } from "./history/history_sink.ts";
import { KnownHosts } from "./hosts/known_hosts.ts";
import { RowUnpacker } from "./status_rows.ts";
import { StatusSweep, type SweepResult } from "./hosts/status_sweep.ts";
import type { StatusSink, WriteResult } from "./status_writer.ts";

/** Time in which a worker that is disposed of closes its stores. */
const CLOSE_MS_MAX = 500;

/** Time between two attempts to open a store that was away at the start. */
export const OPEN_INTERVAL_MS = 5_000;

/** Time that a probe of the store may take: whoever asks for it waits. */
const PROBE_MS_MAX = 2_000;

/** A store that is away at the start. */
export interface Opening {
  /** Why it could not be opened. */
  error: StoreError;
  /** Resolves when it is open; never if the worker is disposed of before. */
  opened: Promise<void>;
}

/** What the thread does. `Target` says which store to open, and is cloned on the way. */
type StoreAction<Target> =
  | { kind: "open"; target: Target }
  | { kind: "write"; words: Uint32Array }
  /** Looks for what is to be removed. */
  | { kind: "sweep" }
  /** Looks whether the store can be read. */
  | { kind: "probe" }
  | { kind: "history"; call: HistoryCall }
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
  /** What became of a batch, if one was to be written. */
  result?: WriteResult;
  /** What a step of the sweep came to. */
  sweep?: SweepResult;
  /** What a call of the history returned. */
  value?: unknown;
  error?: { message: string; retry: boolean; isHistoryOff: boolean };
}

/** Opens the stores of the thread. */
export interface StoreOpener<Target> {
  /** Opens the statuses, for one connection. */
  statuses: (target: Target) => Promise<StatusStore>;
  /** Opens the routes, once for all. */
  routes: (target: Target) => Promise<RouteStore>;
  /** Opens who may do what, once for all. */
  admin: (target: Target) => Promise<AdminStore>;
  /** Opens the leases, once for all. */
  leases: (target: Target) => Promise<LeaseStore>;
  /** Opens the history, once for all. */
  history: (target: Target) => Promise<HistoryStore>;
  /** Times looks at the routes. */
  clock: Clock;
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
  /** The history of the store. */
  readonly history: HistorySink & AlarmSink;
  readonly #thread: StoreThread<Target>;
  readonly #clock: Clock;
  readonly #pending = new Map<number, PromiseWithResolvers<StoreAnswer>>();
  readonly #stop = new AbortController();
  #opening: Opening | undefined;
  /** The one that is under way. */
  #probe: Promise<string | undefined> | undefined;
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
        write: async (words) => {
          const { result } = await this.#ask(connection, {
            kind: "write",
            words,
          });
          return result!;
        },
      }),
    );
    this.history = historySink(async (call) => {
      const { value } = await this.#ask(0, { kind: "history", call });
      return value;
    });
  }

  /** The store that was away at the start, if it was. */
  get opening(): Opening | undefined {
    return this.#opening;
  }

  /**
   * Starts the thread and opens the store; one that is away is opened when it is
   * back.
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
      /** Called when the thread has failed, and what it had to write is lost. */
      onFailure: (error: Error) => void;
    },
  ): Promise<StoreWorker<Target>> {
    const { entry, target, onFailure } = options;
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
      pool.terminate();
      throw error;
    }
    return worker;
  }

  /**
   * Opens the store for every connection; one that is away is opened when it is
   * back, by a write or an attempt of this worker.
   *
   * @throws {StoreError} If it cannot be used and trying again cannot help.
   */
  async open(target: Target): Promise<void> {
    try {
      await this.#askAll({ kind: "open", target });
    } catch (error) {
      if (!(error instanceof StoreError && error.retry)) throw error;
      this.#opening = { error, opened: this.#openLater(target) };
    }
  }

  async #openLater(target: Target): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#clock.sleep(OPEN_INTERVAL_MS, signal);
      if (signal.aborted) return await new Promise(() => {});
      try {
        return await this.#askAll({ kind: "open", target });
      } catch (error) {
        // Whatever it is by now, a later moment may mend it.
        if (!(error instanceof StoreError)) throw error;
      }
    }
  }

  /**
   * Looks at the next statuses, and removes those of hosts that no route has had
   * for long.
   *
   * @throws {StoreError} If the store failed.
   */
  async sweep(): Promise<SweepResult> {
    const { sweep } = await this.#ask(0, { kind: "sweep" });
    return sweep!;
  }

  /** Reads something of the store: why that cannot be, or undefined if it can. */
  async probe(): Promise<string | undefined> {
    this.#probe ??= this.#ask(0, { kind: "probe" }).then(
      () => undefined,
      (error: StoreError) => error.message,
    ).finally(() => this.#probe = undefined);
    const answered = new AbortController();
    const late = this.#clock.sleep(PROBE_MS_MAX, answered.signal)
      .then(() => `the store has not answered for ${PROBE_MS_MAX} ms`);
    const reason = await Promise.race([this.#probe, late]);
    answered.abort();
    return reason;
  }

  /** Takes an answer of the thread. */
  answered(answer: StoreAnswer): void {
    const { id, error } = answer;
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) request?.resolve(answer);
    else if (error.isHistoryOff) {
      request?.reject(new HistoryOffError(error.message));
    } else {
      request?.reject(new StoreError(error.message, { retry: error.retry }));
    }
  }

  /** Closes the connections and ends the thread, at the latest after {@linkcode CLOSE_MS_MAX}. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
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

  #ask(
    connection: number,
    action: StoreAction<Target>,
  ): Promise<StoreAnswer> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<StoreAnswer>();
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
  opener: StoreOpener<Target>,
): void {
  const connections: StoreConnection<Target>[] = [];
  const { clock } = opener;
  let shared: Shared | undefined;
  const sharedOf = (target: Target) => {
    if (shared !== undefined) return shared;
    const hosts = new KnownHosts({ open: () => opener.routes(target), clock });
    return shared = {
      hosts,
      sweep: new StatusSweep({ hosts, clock }),
      history: new HistoryThread({
        open: () => opener.history(target),
        openRoutes: () => opener.routes(target),
        openAdmin: () => opener.admin(target),
        openLeases: () => opener.leases(target),
        hosts,
        clock,
      }),
    };
  };
  port.listen((request) => {
    const { connection } = request;
    connections[connection] ??= new StoreConnection(opener, sharedOf);
    connections[connection].serve(request, port.post);
  });
}

/** What the connections of a thread share. */
interface Shared {
  hosts: KnownHosts;
  sweep: StatusSweep;
  history: HistoryThread;
}

/** A connection to the store, in the thread. */
class StoreConnection<Target> {
  readonly #opener: StoreOpener<Target>;
  readonly #sharedOf: (target: Target) => Shared;
  readonly #unpacker = new RowUnpacker();
  #target: Target | undefined;
  #store: StatusStore | undefined;
  /** Resolves when all actions so far are done. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    opener: StoreOpener<Target>,
    sharedOf: (target: Target) => Shared,
  ) {
    this.#opener = opener;
    this.#sharedOf = sharedOf;
  }

  serve(
    { id, action }: StoreRequest<Target>,
    post: (answer: StoreAnswer) => void,
  ): void {
    const answer = async () => post({ id, ...await this.#answer(action) });
    // History waits for no statuses, and they for none of it.
    if (action.kind === "history") answer();
    else this.#last = this.#last.then(answer);
  }

  async #answer(action: StoreAction<Target>): Promise<Omit<StoreAnswer, "id">> {
    try {
      return await this.#do(action);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { message, retry } = error;
      const isHistoryOff = error instanceof HistoryOffError;
      return { error: { message, retry, isHistoryOff } };
    }
  }

  async #do(action: StoreAction<Target>): Promise<Omit<StoreAnswer, "id">> {
    if (action.kind === "open") {
      this.#target = action.target;
      await this.#opened(action.target);
    } else if (action.kind === "write") {
      return { result: await this.#write(action.words) };
    } else if (action.kind === "probe") {
      const store = await this.#opened(this.#named());
      await store.list({ modId: 0, cmdId: 0 });
    } else if (action.kind === "sweep") {
      const target = this.#named();
      const store = await this.#opened(target);
      return { sweep: await this.#sharedOf(target).sweep.step(store) };
    } else if (action.kind === "history") {
      const { history } = this.#sharedOf(this.#named());
      return { value: await history.do(action.call) };
    } else {
      if (this.#target !== undefined) {
        const { hosts, history } = this.#sharedOf(this.#target);
        await history[Symbol.asyncDispose]();
        await hosts[Symbol.asyncDispose]();
      }
      await this.#store?.[Symbol.asyncDispose]();
      this.#store = undefined;
    }
    return {};
  }

  #named(): Target {
    if (this.#target !== undefined) return this.#target;
    throw new TypeError("Cannot use statuses as no store was named");
  }

  async #write(words: Uint32Array): Promise<WriteResult> {
    const target = this.#named();
    const store = await this.#opened(target);
    const rows = this.#unpacker.unpack(words);
    const { hosts } = this.#sharedOf(target);
    const { rows: known, onlyIn } = await hosts.filter(rows);
    try {
      if (known.length > 0) await store.write(known, { onlyIn });
    } catch (error) {
      // Both may be away for the same cause, and come back together.
      hosts.retry();
      throw error;
    }
    const refused = rows.length - known.length;
    return { refused, unjudged: hosts.failure?.message };
  }

  async #opened(target: Target): Promise<StatusStore> {
    return this.#store ??= await this.#opener.statuses(target);
  }
}
