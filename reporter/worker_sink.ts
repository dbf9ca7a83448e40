import type { WorkerPort } from "../net/mod.ts";
import {
  type StatusRow,
  type StatusStore,
  StoreError,
} from "../store/types.ts";
import type { StatusSink } from "./status_writer.ts";

/** What a worker is asked. Each request is answered, in order. */
export type SinkRequest =
  | { kind: "open" }
  | { kind: "write"; rows: readonly StatusRow[] }
  | { kind: "close" };

/** The worker's answer; `error` is a StoreError taken apart, as errors lose their class on the way. */
export interface SinkAnswer {
  error?: { message: string; retry: boolean };
}

/**
 * A sink whose store lives in a worker: an embedded store stands still while it
 * writes, and the network must not.
 */
export class WorkerSink implements StatusSink {
  readonly #post: (request: SinkRequest) => void;
  /** Requests not answered yet, first first; a writer has one at a time. */
  readonly #pending: PromiseWithResolvers<void>[] = [];

  /** `post` sends a request to the worker; its answers must come to {@linkcode answered}. */
  constructor(post: (request: SinkRequest) => void) {
    this.#post = post;
  }

  /**
   * Opens the store. Without it the first write does; so the rows that a store
   * which is away cannot take are simply tried again.
   *
   * @throws {StoreError} If it cannot be opened now.
   */
  open(): Promise<void> {
    return this.#ask({ kind: "open" });
  }

  write(rows: readonly StatusRow[]): Promise<void> {
    return this.#ask({ kind: "write", rows });
  }

  /** Closes the store; resolves when it is closed. */
  close(): Promise<void> {
    return this.#ask({ kind: "close" });
  }

  /** Takes the next answer of the worker. */
  answered({ error }: SinkAnswer): void {
    const request = this.#pending.shift();
    if (error === undefined) request?.resolve();
    else request?.reject(new StoreError(error.message, { retry: error.retry }));
  }

  #ask(request: SinkRequest): Promise<void> {
    const answer = Promise.withResolvers<void>();
    this.#pending.push(answer);
    this.#post(request);
    return answer.promise;
  }
}

/** The worker's side of a {@linkcode WorkerSink}: opens a store when it is first needed. */
export class SinkWorker {
  readonly #open: () => Promise<StatusStore>;
  readonly #post: WorkerPort<SinkRequest, SinkAnswer>["post"];
  #store: StatusStore | undefined;
  /** Requests are served one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    options: {
      open: () => Promise<StatusStore>;
      post: (answer: SinkAnswer) => void;
    },
  ) {
    this.#open = options.open;
    this.#post = options.post;
  }

  /** Serves a request. What is no StoreError is a bug, and ends the worker. */
  handle(request: SinkRequest): Promise<void> {
    this.#last = this.#last.then(() => this.#serve(request));
    return this.#last;
  }

  async #serve(request: SinkRequest): Promise<void> {
    try {
      if (request.kind === "close") {
        await this.#store?.[Symbol.asyncDispose]();
        this.#store = undefined;
      } else {
        this.#store ??= await this.#open();
        if (request.kind === "write") await this.#store.write(request.rows);
      }
      this.#post({});
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#post({ error: { message: error.message, retry: error.retry } });
    }
  }
}
