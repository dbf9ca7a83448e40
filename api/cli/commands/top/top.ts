import { StoreError } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { CommandError } from "../../exit_code.ts";
import type { OpenedHistory } from "../../options/history.ts";
import type { Screen, Terminal } from "../../terminal.ts";
import { readKeys } from "./keys.ts";
import type { TopModel } from "./model.ts";
import { drawScreen } from "./screen.ts";

/** Time between two readings. */
const READ_INTERVAL_MS = 2_000;

/** Time between two pictures: ages grow, also while the store does not answer. */
const DRAW_INTERVAL_MS = 1_000;

/** What a {@linkcode Top} works with. */
export interface TopContext {
  model: TopModel;
  history: OpenedHistory;
  terminal: Terminal;
  screen: Screen;
  where: string;
}

/** Reads, draws and obeys keys, each at its own pace. */
export class Top {
  readonly #environment: Environment;
  readonly #context: TopContext;
  readonly #stop = new AbortController();
  #wake = new AbortController();

  constructor(environment: Environment, context: TopContext) {
    this.#environment = environment;
    this.#context = context;
  }

  /** Resolves when a key or a signal ends it; fails on what is no failure of the store. */
  async run(): Promise<void> {
    const { screen } = this.#context;
    const ended = Promise.withResolvers<void>();
    this.#stop.signal.addEventListener("abort", () => ended.resolve());
    for (const signal of [this.#environment.signal, screen.ended]) {
      if (signal.aborted) return;
      signal.addEventListener("abort", () => this.#stop.abort());
    }
    screen.onResize = () => this.#draw();
    this.#draw();
    try {
      // A reading that stands still is not waited for.
      await Promise.race([
        ended.promise,
        Promise.all([this.#keepReading(), this.#keepDrawing(), this.#obey()]),
      ]);
    } finally {
      screen.onResize = () => {};
      this.#stop.abort();
    }
  }

  async #keepReading(): Promise<void> {
    const { clock } = this.#environment;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(
        READ_INTERVAL_MS,
        AbortSignal.any([signal, this.#wake.signal]),
      );
      this.#wake = new AbortController();
      if (signal.aborted) return;
      await this.#read();
      if (!signal.aborted) this.#draw();
    }
  }

  /** Reads what is looked at. */
  async #read(): Promise<void> {
    const { model, history } = this.#context;
    const { opened } = model;
    try {
      model.take(
        opened === undefined
          ? { fleet: await history.fleet.read() }
          : { detail: await history.fleet.readRoute(opened) },
      );
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof CommandError)) {
        throw error;
      }
      model.failure = error.message;
    }
  }

  async #keepDrawing(): Promise<void> {
    const { clock } = this.#environment;
    const { signal } = this.#stop;
    for (;;) {
      await clock.sleep(DRAW_INTERVAL_MS, signal);
      if (signal.aborted) return;
      this.#draw();
    }
  }

  async #obey(): Promise<void> {
    const { model, screen } = this.#context;
    const decoder = new TextDecoder();
    while (!this.#stop.signal.aborted) {
      const { value, done } = await screen.keys.read();
      if (done) break;
      for (const key of readKeys(decoder.decode(value, { stream: true }))) {
        const wish = model.press(key);
        if (wish === "quit") return this.#stop.abort();
        if (wish === "read") this.#wake.abort();
      }
      if (!this.#stop.signal.aborted) this.#draw();
    }
    this.#stop.abort();
  }

  #draw(): void {
    const environment = this.#environment;
    const { model, terminal, where } = this.#context;
    environment.write(drawScreen(model, {
      size: terminal.size(),
      where,
      hasColors: terminal.hasColors,
      nowS: environment.clock.wallSeconds(),
    }));
  }
}
