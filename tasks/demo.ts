/**
 * `deno task demo --web`: the console over thirty routes, with a deploy that went
 * wrong and a slow host, until Ctrl-C.
 *
 * `deno task demo [--seconds N]`: the whole of Lars on ports and folders of its
 * own, ten local backends, and programs that call them: half of them by
 * `policy = lars`, half by `policy = adaptive`. One backend begins to fail, and
 * is well again later; the picks are shown live, and what was seen at the end.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { LarsClient } from "../api/mod.ts";
import { LineWriter, outputFailure, print, printError } from "../net/mod.ts";
import { formatAddress, type HostAddress, parseDecimal } from "../proto/mod.ts";
import { Backends } from "./demo/backends.ts";
import {
  type Column,
  drawFrame,
  formatShare,
  FRAME_MS,
  Tally,
} from "./demo/board.ts";
import { ConsoleDemo } from "./demo/console.ts";
import { LocalLars } from "./local/local_lars.ts";

const BACKENDS = 10;

/** The backend that fails, and the parts of the demo between which it does. */
const SICK_BACKEND = 2;
const SICK_FROM = 0.2;
const SICK_TO = 0.4;

/** Programs of each policy, and their pause between two calls. */
const CALLERS = 8;
const CALL_PAUSE_MS = 5;

/** The last part of the failure, over which what goes on for ever is counted. */
const LATE_SHARE = 0.5;

/** Two routes with the same backends: a route can name its policy. */
const ROUTES = [
  { modId: 1, cmdId: 1, policy: "lars" },
  { modId: 1, cmdId: 2, policy: "adaptive" },
] as const;

type DemoRoute = typeof ROUTES[number];

async function demo(seconds: number): Promise<void> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  let failure: unknown;
  const lines = new LineWriter({
    sink: Deno.stdout,
    onFailure: (error) => {
      failure ??= error;
      stop.abort();
    },
  });
  await using backends = new Backends({
    count: BACKENDS,
    sickIndex: SICK_BACKEND,
  });
  lines.write("starting dns, reporter and agent");
  await using lars = await LocalLars.start({
    routes: ROUTES.flatMap(({ modId, cmdId }) =>
      backends.addresses.map((address) => ({ modId, cmdId, ...address }))
    ),
    settings: ROUTES.map(({ modId, cmdId, policy }) => ({
      modId,
      cmdId,
      policy,
    })),
    print: (line) => / (warning|error|fatal) /.test(line) && lines.write(line),
  });
  await using client = LarsClient.open({ agent: lars.agent });
  const columns = ROUTES.map((route) => ({ route, tally: new Tally() }));
  for (const { route } of columns) {
    await client.register(route.modId, route.cmdId);
  }
  const scene = new Scene({ backends, client, seconds, columns, lines });
  await scene.play(stop.signal);
  lines.write(scene.summary().join("\n"));
  await lines.flushed();
  if (failure === undefined || failure instanceof Deno.errors.BrokenPipe) {
    return;
  }
  throw new Error(outputFailure(failure));
}

/** The programs, the board, and what becomes of the sick backend. */
class Scene {
  readonly #backends: Backends;
  readonly #client: LarsClient;
  readonly #durationMs: number;
  readonly #columns: readonly { route: DemoRoute; tally: Tally }[];
  readonly #lines: LineWriter;
  readonly #startedMs = performance.now();
  /** Height of the frame that is shown. */
  #height = 0;

  constructor(options: {
    backends: Backends;
    client: LarsClient;
    seconds: number;
    columns: readonly { route: DemoRoute; tally: Tally }[];
    lines: LineWriter;
  }) {
    this.#lines = options.lines;
    this.#backends = options.backends;
    this.#client = options.client;
    this.#durationMs = options.seconds * 1_000;
    this.#columns = options.columns;
  }

  /** Runs to its end, or until `signal` is aborted. */
  async play(signal: AbortSignal): Promise<void> {
    const end = AbortSignal.any([
      signal,
      AbortSignal.timeout(this.#durationMs),
    ]);
    const callers = this.#columns.flatMap(({ route, tally }) =>
      Array.from({ length: CALLERS }, () => this.#call(route, tally, end))
    );
    while (!end.aborted) {
      this.#backends.setSick(this.#part >= SICK_FROM && this.#part < SICK_TO);
      await pause(FRAME_MS, end);
      if (end.aborted) break;
      for (const { tally } of this.#columns) tally.endFrame();
      await this.#show();
    }
    await Promise.all(callers);
  }

  /** What was seen, in a few lines. */
  summary(): string[] {
    const hosts = this.#backends.addresses.map(formatAddress);
    const sick = hosts[SICK_BACKEND]!;
    const lines = this.#columns.flatMap(({ route, tally }) => [
      `  policy = ${route.policy}`,
      `    failed    ${formatShare(tally.sickFailures, tally.sickCalls)}`,
      `    at last   ${formatShare(tally.lateFailures, tally.lateCalls)}`,
      `    at the end the backend has ${
        Math.round(tally.rateOf(sick))
      } calls/s, the others ${
        Math.round(meanRate(tally, hosts.filter((host) => host !== sick)))
      } on average`,
    ]);
    const seconds = (SICK_TO - SICK_FROM) * this.#durationMs / 1_000;
    return [
      `One of ${BACKENDS} backends was down for ${
        seconds.toFixed(0)
      } s. In that time, and in its second half:`,
      ...lines,
      "The rule of the original goes on giving it calls for as long as it fails;",
      "adaptive ejects it after one or two, and brings it back step by step.",
    ];
  }

  /** How far the demo is, from 0 to 1. */
  get #part(): number {
    return (performance.now() - this.#startedMs) / this.#durationMs;
  }

  /** A program that does nothing but pick, call, report. */
  async #call(
    { modId, cmdId }: DemoRoute,
    tally: Tally,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const { sick } = this.#backends;
      const lateFrom = SICK_TO - (SICK_TO - SICK_FROM) * LATE_SHARE;
      const late = sick && this.#part >= lateFrom;
      const failed = await this.#client.call(modId, cmdId, async (host) => {
        tally.count(host);
        await callBackend(host);
      }).then(() => 0, () => 1);
      tally.calls += 1;
      tally.failures += failed;
      if (sick) {
        tally.sickCalls += 1;
        tally.sickFailures += failed;
      }
      if (late) {
        tally.lateCalls += 1;
        tally.lateFailures += failed;
      }
      await pause(CALL_PAUSE_MS, signal);
    }
  }

  async #show(): Promise<void> {
    const hosts = this.#backends.addresses.map(formatAddress);
    const columns: Column[] = [];
    for (const { route, tally } of this.#columns) {
      const { policy } = route;
      columns.push({ policy, tally, out: await this.#outOf(route) });
    }
    const colors = Deno.stdout.isTerminal() && !Deno.noColor;
    const sick = this.#backends.sick ? hosts[SICK_BACKEND] : undefined;
    const lines = drawFrame({ columns, hosts, sick, colors });
    const back = Deno.stdout.isTerminal() && this.#height > 0
      ? `\x1b[${this.#height}A\x1b[J`
      : "";
    this.#lines.write(`${back}${lines.join("\n")}\n`);
    this.#height = lines.length + 1;
  }

  /** Hosts of a route that the agent has out of use. */
  async #outOf({ modId, cmdId }: DemoRoute): Promise<Set<string>> {
    const route = await this.#client.getRoute(modId, cmdId, {
      withState: true,
    });
    const hosts = route.state === "found" ? route.hosts : [];
    return new Set(
      hosts.filter(({ overload }) => overload).map(formatAddress),
    );
  }
}

function meanRate(tally: Tally, hosts: readonly string[]): number {
  const rates = hosts.map((host) => tally.rateOf(host));
  return rates.reduce((sum, rate) => sum + rate, 0) / hosts.length;
}

/** One call: connect and read the answer. */
async function callBackend({ port }: HostAddress): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.read(new Uint8Array(16));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/** The console, to be looked at. */
async function demoConsole(): Promise<void> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  print("starting dns, reporter, agent and web, and six programs");
  await using console = await ConsoleDemo.start(print);
  print(`
Open ${console.origin}/ and log in as ${console.user}, password ${console.password}

In twenty seconds a deploy goes wrong: one of its hosts refuses. Ctrl-C stops everything.
`);
  await console.run(stop.signal);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "40" },
      web: { type: "boolean", default: false },
    },
  });
  const seconds = parseDecimal(values.seconds);
  if (seconds === undefined || seconds < 5) {
    printError(
      `usage: deno task demo [--web | --seconds N], N at least 5: current value is "${values.seconds}"`,
    );
    Deno.exit(64);
  }
  try {
    await (values.web ? demoConsole() : demo(seconds));
  } catch (error) {
    printError(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
