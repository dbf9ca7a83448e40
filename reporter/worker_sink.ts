import { type StatusStore, StoreError } from "../store/mod.ts";
import { RowUnpacker } from "./packed_rows.ts";
import type { StatusSink } from "./status_writer.ts";

/**
 * What a worker is asked. Each request is answered, in order. `Target` says
 * which store to open; it must survive `structuredClone`.
 */
export type SinkRequest<Target> =
  | { kind: "open"; target: Target }
  | { kind: "write"; packed: Uint32Array }
  | { kind: "close" };

/** The worker's answer; `error` is a StoreError taken apart, as errors lose their class on the way. */
export interface SinkAnswer {
  error?: { message: string; retry: boolean };
}

/**
 * A sink whose store lives in a worker: an embedded store stands still while it
 * writes, and the network must not.
 */
export class WorkerSink<Target> implements StatusSink {
  readonly #post: (request: SinkRequest<Target>) => void;
  /** Requests not answered yet, first first; a writer has one at a time. */
  readonly #pending: PromiseWithResolvers<void>[] = [];

  /** `post` sends a request to the worker; its answers must come to {@linkcode answered}. */
  constructor(post: (request: SinkRequest<Target>) => void) {
    this.#post = post;
  }

  /**
   * Opens the store. If that fails, each write tries it again: so a store that
   * is away now needs nobody to wait for it.
   *
   * @throws {StoreError} If it cannot be opened now.
   */
  open(target: Target): Promise<void> {
    return this.#ask({ kind: "open", target });
  }

  write(packed: Uint32Array): Promise<void> {
    return this.#ask({ kind: "write", packed });
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

  #ask(request: SinkRequest<Target>): Promise<void> {
    const answer = Promise.withResolvers<void>();
    this.#pending.push(answer);
    this.#post(request);
    return answer.promise;
  }
}

/** The worker's side of a {@linkcode WorkerSink}. */
export class SinkWorker<Target> {
  readonly #open: (target: Target) => Promise<StatusStore>;
  readonly #post: (answer: SinkAnswer) => void;
  readonly #unpacker = new RowUnpacker();
  #target: Target | undefined;
  #store: StatusStore | undefined;
  /** Requests are served one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    options: {
      open: (target: Target) => Promise<StatusStore>;
      post: (answer: SinkAnswer) => void;
    },
  ) {
    this.#open = options.open;
    this.#post = options.post;
  }

  /** Serves a request. What is no StoreError is a bug, and ends the worker. */
  handle(request: SinkRequest<Target>): Promise<void> {
    this.#last = this.#last.then(() => this.#answer(request));
    return this.#last;
  }

  async #answer(request: SinkRequest<Target>): Promise<void> {
    try {
      await this.#serve(request);
      this.#post({});
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#post({ error: { message: error.message, retry: error.retry } });
    }
  }

  async #serve(request: SinkRequest<Target>): Promise<void> {
    switch (request.kind) {
      case "open":
        this.#target = request.target;
        await this.#opened();
        break;
      case "write":
        await (await this.#opened()).write(
          this.#unpacker.unpack(request.packed),
        );
        break;
      case "close":
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
