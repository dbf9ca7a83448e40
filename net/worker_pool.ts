/** First message of a worker: it is ready for messages. */
interface Ready {
  ready: true;
}

/**
 * Workers that all run one module, with typed messages to and from them. The
 * module is usually the entry file itself, so that one bundled or compiled file
 * is the whole service.
 */
export class WorkerPool<ToWorker, FromWorker> {
  readonly #workers: Worker[] = [];

  private constructor() {}

  /**
   * Starts `count` workers, named by their index, and waits until all are ready.
   *
   * @throws {Error} If a worker fails before it is ready; all are terminated then.
   */
  static async start<ToWorker, FromWorker>(options: {
    entry: string;
    count: number;
    onMessage: (index: number, message: FromWorker) => void;
    /** Called when a worker that was ready has thrown and ended. */
    onFailure: (index: number, error: Error) => void;
  }): Promise<WorkerPool<ToWorker, FromWorker>> {
    const pool = new WorkerPool<ToWorker, FromWorker>();
    const ready = [];
    for (let index = 0; index < options.count; index++) {
      const worker = new Worker(options.entry, {
        type: "module",
        name: String(index),
      });
      pool.#workers.push(worker);
      ready.push(
        new Promise<void>((resolve, reject) => {
          let isStarted = false;
          worker.onmessage = (event: MessageEvent<FromWorker | Ready>) => {
            if (!isReady(event.data)) {
              return options.onMessage(index, event.data);
            }
            isStarted = true;
            resolve();
          };
          worker.onerror = (event) => {
            event.preventDefault();
            const error = new Error(`Worker ${index} failed: ${event.message}`);
            if (isStarted) options.onFailure(index, error);
            else reject(error);
          };
        }),
      );
    }
    try {
      await Promise.all(ready);
    } catch (error) {
      pool.terminate();
      throw error;
    }
    return pool;
  }

  /** Sends a message to one worker. */
  post(index: number, message: ToWorker): void {
    this.#workers[index]?.postMessage(message);
  }

  /** Ends the workers at once. Tell them to stop first. */
  terminate(): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

/** The worker's end of a {@linkcode WorkerPool}. */
export interface WorkerPort<ToWorker, FromWorker> {
  /** Index of the worker, from 0. */
  readonly index: number;
  /** Sends a message to the main thread. */
  post(message: FromWorker): void;
  /** Reports that the worker is ready, and begins to take messages. */
  listen(onMessage: (message: ToWorker) => void): void;
}

/** The port to the main thread, or undefined in the main thread itself. */
export function workerPort<ToWorker, FromWorker>():
  | WorkerPort<ToWorker, FromWorker>
  | undefined {
  const scope = globalThis as unknown as WorkerScope<ToWorker>;
  if (scope.DedicatedWorkerGlobalScope === undefined) return undefined;
  return {
    index: Number(scope.name),
    post: (message) => scope.postMessage(message),
    listen: (onMessage) => {
      scope.onmessage = (event) => onMessage(event.data);
      scope.postMessage({ ready: true } satisfies Ready);
    },
  };
}

interface WorkerScope<ToWorker> {
  DedicatedWorkerGlobalScope?: unknown;
  name: string;
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: unknown): void;
}

function isReady(message: unknown): message is Ready {
  return typeof message === "object" && message !== null && "ready" in message;
}
