/** A service process that died is started again after this long … */
const RESTART_MIN_MS = 50;
/** … and, while it goes on dying, after twice as long each time, up to this. */
const RESTART_MAX_MS = 10_000;

/** A process that lived this long died of something new. */
const STABLE_MS = 30_000;

/** How long a service may take from its start to its "ready" line. */
const READY_MS_MAX = 60_000;

/** How long a service may take to stop before it is killed; it ends by itself half a second earlier. */
const STOP_MS_MAX = 5_000;

export interface ServiceOptions {
  /** Shown before each of its lines. */
  name: string;
  /** Arguments of `deno`: permissions, entry file, options of the service. */
  arguments: readonly string[];
  /** Variables beside those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Takes each line that the service, or its keeper, prints. */
  print: (line: string) => void;
}

/**
 * A child process that is started again when it dies, and that ends when this
 * process does, however that ends: it holds the child's standard input open.
 */
export class ServiceProcess {
  readonly #options: ServiceOptions;
  readonly #ready = Promise.withResolvers<string>();
  readonly #stop = new AbortController();
  #child: Deno.ChildProcess | undefined;
  /** Whether the present child is ready. */
  #isServing = false;
  #reloadWanted = false;
  #running: Promise<void>;

  /** Starts the process. */
  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#running = this.#keep();
    // Whoever awaits ready() learns of it; nobody else has to.
    this.#ready.promise.catch(() => {});
  }

  /** Process id, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves to the address it accepts on, once it does.
   *
   * @throws {StartError} If it ended before, or took too long.
   */
  async ready(): Promise<string> {
    const timer = setTimeout(
      () => this.#ready.reject(this.#startError("did not become ready")),
      READY_MS_MAX,
    );
    try {
      return await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Has the service read its configuration again, once it is ready. */
  reload(): void {
    this.#reloadWanted = !this.#isServing;
    // One that does not listen for the signal yet would end.
    if (this.#isServing) kill(this.#child, "SIGHUP");
  }

  /** Asks the process to stop, and kills it if it does not; with SIGKILL at once. */
  async stop(first: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.#stop.abort();
    kill(this.#child, first);
    const timer = setTimeout(() => kill(this.#child, "SIGKILL"), STOP_MS_MAX);
    await this.#running;
    clearTimeout(timer);
  }

  async #keep(): Promise<void> {
    const { name, print } = this.#options;
    let waitMs = RESTART_MIN_MS;
    let wasReady = false;
    while (!this.#stop.signal.aborted) {
      const startedMs = performance.now();
      const code = await this.#runOnce(() => wasReady = true);
      if (this.#stop.signal.aborted) break;
      if (!wasReady) {
        this.#ready.reject(this.#startError(`ended with code ${code}`));
        return;
      }
      if (performance.now() - startedMs > STABLE_MS) waitMs = RESTART_MIN_MS;
      print(
        `${name} ended with code ${code}, starting it again in ${waitMs} ms`,
      );
      await this.#sleep(waitMs);
      waitMs = Math.min(waitMs * 2, RESTART_MAX_MS);
    }
  }

  async #runOnce(onReady: () => void): Promise<number> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...this.#options.arguments, "--until-stdin-ends"],
      env: { ...this.#options.env },
      // Ctrl-C in a terminal reaches only us, and we stop them in order.
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    const onLine = (line: string) => {
      const at = / ready at=(\S+)/.exec(line)?.[1];
      if (at !== undefined) {
        onReady();
        this.#ready.resolve(at);
        this.#isServing = true;
        if (this.#reloadWanted) this.reload();
      }
      this.#options.print(line);
    };
    await Promise.all([
      eachLine(child.stdout, onLine),
      eachLine(child.stderr, onLine),
    ]);
    const { code } = await child.status;
    this.#child = undefined;
    this.#isServing = false;
    await child.stdin.close();
    return code;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stop.signal.addEventListener("abort", done, { once: true });
    });
  }

  #startError(what: string): StartError {
    return new StartError(
      `Cannot start ${this.#options.name} as it ${what}: see its lines above`,
    );
  }
}

/** A service did not come up. */
export class StartError extends Error {
  override name = "StartError";
}

function kill(
  child: Deno.ChildProcess | undefined,
  name: Deno.Signal,
): void {
  try {
    child?.kill(name);
  } catch {
    // It has ended by itself.
  }
}

/** Calls `take` with each line of a stream of text. */
export async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let tail = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (tail + text).split("\n");
    tail = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  if (tail !== "") take(tail);
}
