import {
  MemoryNetwork,
  seededRandom,
  VirtualClock,
} from "../../../net/testing/mod.ts";
import type { ByteStream } from "../../../net/mod.ts";
import type { Endpoint } from "../../../proto/mod.ts";
import { FakeAgent } from "../../testing/mod.ts";
import type { EndSignal, Environment, RunningProgram } from "../environment.ts";
import type { FakeTerminal } from "./fake_terminal.ts";

/** A program that ends when a test says so. */
export class FakeProgram implements RunningProgram {
  readonly line: readonly string[];
  readonly signals: string[] = [];
  readonly #ended = Promise.withResolvers<number>();
  readonly ended = this.#ended.promise;
  /** What a signal does; by default it ends the program, as it would most. */
  onSignal = (signal: string) => this.end(128 + SIGNAL_NUMBERS[signal]!);

  constructor(line: readonly string[]) {
    this.line = line;
  }

  signal(signal: string): void {
    this.signals.push(signal);
    this.onSignal(signal);
  }

  end(code: number): void {
    this.#ended.resolve(code);
  }
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** An environment that keeps what was written, with an agent that runs on demand. */
export class FakeEnvironment implements Environment {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly transport;
  readonly agent: FakeAgent;
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  output = "";
  errors = "";
  input = "";
  /** Where a test has one, what is written shows there. */
  terminal: FakeTerminal | undefined;
  /** Whether commands that need no files may look at some. */
  hasFiles = false;
  /** Variables of the environment. */
  readonly variables = new Map<string, string>();
  /** What answers over HTTP. */
  server: (request: Request) => Promise<Response> = () =>
    Promise.reject(new TypeError("connection refused"));
  /** Which rights commands kept. */
  readonly rights: string[] = [];
  readonly random = seededRandom(1);
  /** Programs that were run; there is none that is called "missing". */
  readonly programs: FakeProgram[] = [];
  mayRunPrograms = true;
  /** What a signal that ends programs does. */
  endSignal: (signal: EndSignal) => void = () => {};

  constructor() {
    const { clock, random } = this;
    this.network = new MemoryNetwork({ clock, random });
    this.transport = this.network.machine("10.0.0.1");
    this.agent = new FakeAgent({
      transport: this.transport,
      clock: this.clock,
    });
  }

  connect(to: Endpoint, signal: AbortSignal): Promise<ByteStream> {
    return this.transport.connect(to, signal);
  }

  write(text: string): void {
    this.output += text;
    this.terminal?.show(text);
  }

  printError(text: string): void {
    this.errors += `${text}\n`;
  }

  readInput(): Promise<string> {
    return Promise.resolve(this.input);
  }

  user(): string {
    return "alice@ops";
  }

  mayReadFiles(): boolean {
    return this.hasFiles;
  }

  keepOnly(right: "network" | "files"): void {
    this.rights.push(right);
  }

  dropPrograms(): void {
    this.mayRunPrograms = false;
  }

  runProgram(command: string, parameters: readonly string[]): RunningProgram {
    if (!this.mayRunPrograms || command === "missing") {
      throw new Deno.errors.NotFound(`no program "${command}"`);
    }
    const program = new FakeProgram([command, ...parameters]);
    this.programs.push(program);
    return program;
  }

  onEndSignal(action: (signal: EndSignal) => void): () => void {
    this.endSignal = action;
    return () => this.endSignal = () => {};
  }

  variable(name: string): string | undefined {
    return this.variables.get(name);
  }

  fetch(request: Request): Promise<Response> {
    return this.server(request);
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#stop.abort();
  }

  /** Lets time pass until `promise` settles. */
  async finish<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false;
    const done = () => settled = true;
    promise.then(done, done);
    while (!settled) await this.clock.advance(1);
    return promise;
  }

  /** Runs `body` while the agent answers. */
  async withAgent<Value>(body: () => Promise<Value>): Promise<Value> {
    const stop = new AbortController();
    const serving = this.agent.run(stop.signal);
    try {
      return await this.finish(body());
    } finally {
      stop.abort();
      await serving;
    }
  }
}
