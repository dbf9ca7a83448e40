/** Text that waits for a slow reader; lines over that are lost. */
const WAITING_CHARACTERS_MAX = 256 * 1024;

/** What takes the bytes: standard output or standard error. */
export interface ByteSink {
  /** Writes some of `bytes`, at least one. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Options of a {@linkcode LineWriter}. */
export interface LineWriterOptions {
  /** Takes the bytes. */
  sink: ByteSink;
  /** Told of each write that failed; its lines are lost. */
  onFailure?: (error: unknown) => void;
}

/**
 * Writes lines in order without ever waiting for them: a terminal that is
 * stopped, a pipe that is not read or a disk that is full costs lines, and not
 * the service that writes them. How many were lost is written as soon as lines
 * can be again.
 */
export class LineWriter {
  /** Lines that could not be written. */
  lost = 0;
  readonly #options: LineWriterOptions;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  /** Lines lost since the last line that told of them. */
  #untold = 0;
  #writing: Promise<void> | undefined;

  /** Writes to the sink from the first line on. */
  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /** Queues a line, which has no line feed of its own. */
  write(line: string): void {
    if (this.#waitingCharacters >= WAITING_CHARACTERS_MAX) {
      this.#lose(1);
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length + 1;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when nothing waits, whether written or lost. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    let failed = false;
    while (this.#waiting.length > 0 || (this.#untold > 0 && !failed)) {
      const lines = this.#waiting;
      const untold = this.#untold;
      this.#waiting = [];
      this.#waitingCharacters = 0;
      const notice = untold > 0 ? [`${untold} lines could not be written`] : [];
      try {
        await this.#write([...notice, ...lines, ""].join("\n"));
        this.#untold -= untold;
        failed = false;
      } catch (error) {
        this.#lose(lines.length);
        failed = true;
        this.#options.onFailure?.(error);
      }
    }
    this.#writing = undefined;
  }

  async #write(text: string): Promise<void> {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) {
      bytes = bytes.subarray(await this.#options.sink.write(bytes));
    }
  }

  #lose(lines: number): void {
    this.lost += lines;
    this.#untold += lines;
  }
}
