import { eachLine } from "../../../tasks/local/service_process.ts";
import { nowMs, sleep } from "../../support/wait.ts";

/** Lines of a process that are kept. */
const LINES_MAX = 400;

/** Longest time from a start to "ready", while nothing is in its way. */
const READY_MS_MAX = 60_000;

/** Longest time from SIGTERM to the end; services say 4.5 s. */
const STOP_MS_MAX = 8_000;

/** Pause before a start that was refused is tried again. */
const RETRY_MS = 500;

export interface MemberOptions {
  /** Such as "dns 0". */
  name: string;
  /** Arguments of `deno` for its next start. */
  arguments: () => Promise<string[]>;
  /** Whether it may refuse to start since this time, as its store or port is not there. */
  mayRefuse: (sinceMs: number) => boolean;
  /** Whether the machine has stood still since this time. */
  isStalled: (sinceMs: number) => boolean;
  /** Takes what is wrong: it ended by itself, or does not end, or does not start. */
  onWrong: (text: string) => void;
}

/** A service process that only faults may end. */
export class Member {
  readonly name: string;
  /** Its newest lines, over all its lives. */
  readonly lines: string[] = [];
  /** Most memory that it was seen to hold. */
  peakMb = 0;
  readonly #options: MemberOptions;
  #life: Life | undefined;

  constructor(options: MemberOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Starts it; resolves when it is ready. Tries again as long as it may refuse. */
  async start(): Promise<void> {
    const startedMs = nowMs();
    for (;;) {
      const bornMs = nowMs();
      const args = await this.#options.arguments();
      const life = this.#life = new Life(args, (line) => this.#note(line));
      life.ended.then((code) => this.#onEnd(life, code));
      const outcome = await Promise.race([
        life.ready,
        life.ended,
        sleep(READY_MS_MAX).then(() => "late" as const),
      ]);
      if (outcome === "ready") return;
      if (outcome === "late") {
        if (this.#options.mayRefuse(bornMs)) continue;
        this.#options.onWrong(
          `${this.name} is not ready after ${READY_MS_MAX} ms`,
        );
        return;
      }
      if (!this.#options.mayRefuse(bornMs)) {
        this.#options.onWrong(
          `${this.name} refused to start ${
            Math.round(nowMs() - startedMs)
          } ms after the first try, code ${outcome}: ${this.lines.at(-1)}`,
        );
        if (nowMs() - startedMs > READY_MS_MAX) return;
      }
      await sleep(RETRY_MS);
    }
  }

  /** Starts it where it must refuse; returns its code and what it says. */
  async startRefused(): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const life = new Life(await this.#options.arguments(), (line) => {
      lines.push(line);
      this.#note(line);
    });
    life.isEnding = true;
    const late = sleep(READY_MS_MAX).then(() => {});
    const outcome = await Promise.race([life.ready, late, life.ended]);
    if (typeof outcome !== "number") life.signal("SIGKILL");
    const code = await life.ended;
    return {
      code: typeof outcome === "number" ? code : 0,
      text: lines.join("\n"),
    };
  }

  /** Ends it. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    const wasReady = life.isReady;
    life.isEnding = true;
    life.signal(signal);
    const startMs = nowMs();
    let code: number | "late" = "late";
    do {
      const late = sleep(STOP_MS_MAX).then(() => "late" as const);
      code = await Promise.race([life.ended, late]);
    } while (code === "late" && this.#options.isStalled(startMs));
    if (code === "late") {
      this.#options.onWrong(
        `${this.name} has not ended ${STOP_MS_MAX} ms after ${signal}`,
      );
      life.signal("SIGKILL");
      await life.ended;
    } else if (signal === "SIGTERM" && wasReady && code !== 0) {
      this.#options.onWrong(`${this.name} ended with code ${code} at SIGTERM`);
    }
  }

  /** Sends a signal that it outlives. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGHUP"): void {
    // One that does not listen for it yet would end.
    if (signal !== "SIGHUP" || this.#life?.isReady) this.#life?.signal(signal);
  }

  /** Whether it serves. */
  get isReady(): boolean {
    return this.#life !== undefined && this.#life.isReady &&
      !this.#life.isEnding;
  }

  /** Process id, while it runs. */
  get pid(): number | undefined {
    return this.#life?.pid;
  }

  #onEnd(life: Life, code: number): void {
    if (life.isEnding || !life.isReady) return;
    this.#options.onWrong(
      `${this.name} ended by itself with code ${code}: ${this.lines.at(-1)}`,
    );
    // So that the run goes on.
    this.start();
  }

  #note(line: string): void {
    this.lines.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
    if (this.lines.length > LINES_MAX) this.lines.shift();
  }
}

/** One process, from its start to its end. */
class Life {
  /** Resolves to "ready" when it serves. */
  readonly ready: Promise<"ready">;
  /** Resolves to its exit code. */
  readonly ended: Promise<number>;
  isReady = false;
  /** Whether somebody ends it on purpose. */
  isEnding = false;
  readonly #child: Deno.ChildProcess;
  #hasEnded = false;

  constructor(args: readonly string[], onLine: (line: string) => void) {
    // It ends with this process, however that ends, as it holds its input open.
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...args, "--until-stdin-ends"],
      env: { NO_COLOR: "1" },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { promise, resolve } = Promise.withResolvers<"ready">();
    this.ready = promise;
    const take = (line: string) => {
      if (/ ready at=/.test(line)) {
        this.isReady = true;
        resolve("ready");
      }
      onLine(line);
    };
    this.ended = this.#run(take);
  }

  get pid(): number | undefined {
    return this.#hasEnded ? undefined : this.#child.pid;
  }

  signal(signal: Deno.Signal): void {
    if (!this.#hasEnded) this.#child.kill(signal);
  }

  async #run(onLine: (line: string) => void): Promise<number> {
    const reading = [this.#child.stdout, this.#child.stderr].map((stream) =>
      eachLine(stream, onLine)
    );
    const { code } = await this.#child.status;
    this.#hasEnded = true;
    await Promise.all(reading);
    await this.#child.stdin.close().catch(() => {});
    return code;
  }
}
