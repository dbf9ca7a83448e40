/** Columns and rows of a terminal that does not tell its own. */
const SIZE = { columns: 80, rows: 24 };

/** Another screen than that of the shell, no cursor, and lines that are not wrapped; and back. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/** Signals that end what a person looks at. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Size of a terminal. */
export interface TerminalSize {
  /** Characters of a line. */
  columns: number;
  /** Lines. */
  rows: number;
}

/** The terminal that a command prints to. */
export interface Terminal {
  /** Whether it may show colours. */
  readonly hasColors: boolean;
  /** Its size now. */
  size(): TerminalSize;
  /**
   * Takes the whole screen and all keys, until the result is disposed of; undefined
   * if keys cannot be read.
   */
  takeOver(): Screen | undefined;
}

/** A terminal that a command has for itself. */
export interface Screen extends Disposable {
  /** Bytes of keys, as they are typed. */
  readonly keys: ReadableStreamDefaultReader<Uint8Array>;
  /** Aborted when the process is to end. */
  readonly ended: AbortSignal;
  /** Is called when the size has changed. */
  onResize: () => void;
}

/** The terminal that standard output is; undefined if it is none. */
export function openTerminal(
  write: (text: string) => void,
): Terminal | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  return {
    hasColors: !Deno.noColor,
    size: readSize,
    takeOver: () => Deno.stdin.isTerminal() ? new DenoScreen(write) : undefined,
  };
}

function readSize(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || SIZE.columns, rows: rows || SIZE.rows };
  } catch {
    return SIZE;
  }
}

class DenoScreen implements Screen {
  readonly keys = Deno.stdin.readable.getReader();
  readonly #ended = new AbortController();
  readonly ended = this.#ended.signal;
  onResize = () => {};
  readonly #end = () => this.#ended.abort();
  readonly #resized = () => this.onResize();
  // Whatever ends the process.
  readonly #restore = () => {
    try {
      Deno.stdin.setRaw(false);
      Deno.stdout.writeSync(new TextEncoder().encode(LEAVE));
    } catch {
      // The terminal has gone.
    }
  };

  constructor(write: (text: string) => void) {
    // Not cbreak: Ctrl-Z would leave the screen as it is.
    Deno.stdin.setRaw(true);
    globalThis.addEventListener("unload", this.#restore);
    for (const signal of ENDING) Deno.addSignalListener(signal, this.#end);
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGWINCH", this.#resized);
    }
    write(ENTER);
  }

  [Symbol.dispose](): void {
    globalThis.removeEventListener("unload", this.#restore);
    this.#restore();
    for (const signal of ENDING) Deno.removeSignalListener(signal, this.#end);
    if (Deno.build.os !== "windows") {
      Deno.removeSignalListener("SIGWINCH", this.#resized);
    }
    this.keys.cancel().catch(() => {});
  }
}
