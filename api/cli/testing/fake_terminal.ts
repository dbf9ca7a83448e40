import type { Screen, Terminal, TerminalSize } from "../terminal.ts";

/** A terminal that remembers what is on it, as far as the command moves its cursor. */
export class FakeTerminal implements Terminal {
  readonly hasColors: boolean;
  #size: TerminalSize;
  /** Lines of the last picture, without styles. */
  lines: string[] = [];
  /** Whether a command has the screen for itself. */
  isTaken = false;
  #screen: FakeScreen | undefined;

  constructor(
    { columns = 80, rows = 24, hasColors = false }:
      & Partial<TerminalSize>
      & { hasColors?: boolean } = {},
  ) {
    this.#size = { columns, rows };
    this.hasColors = hasColors;
  }

  size(): TerminalSize {
    return this.#size;
  }

  takeOver(): Screen {
    this.isTaken = true;
    this.#screen = new FakeScreen(() => this.isTaken = false);
    return this.#screen;
  }

  /** Types keys. */
  type(text: string): void {
    this.#screen!.sender.enqueue(new TextEncoder().encode(text));
  }

  /** Changes the size, as a person does with a window. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#screen?.onResize();
  }

  /** What SIGTERM does. */
  terminate(): void {
    this.#screen!.end();
  }

  /** Takes what is written: a picture begins at the first line. */
  show(text: string): void {
    if (!text.startsWith("\x1b[H")) return;
    // deno-lint-ignore no-control-regex
    this.lines = text.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, "").split("\r\n")
      .map((line) => line.trimEnd());
  }
}

class FakeScreen implements Screen {
  sender!: ReadableStreamDefaultController<Uint8Array>;
  readonly keys = new ReadableStream<Uint8Array>({
    start: (controller) => {
      this.sender = controller;
    },
  }).getReader();
  readonly #ended = new AbortController();
  readonly ended = this.#ended.signal;
  onResize = () => {};
  readonly #restore: () => void;

  constructor(restore: () => void) {
    this.#restore = restore;
  }

  end(): void {
    this.#ended.abort();
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}
