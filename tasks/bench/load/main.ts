/**
 * `deno task load --agent IP:PORT`: keeps any agent busy, also one of the
 * original system, and prints rate, latencies and CPU time.
 *
 * @module
 */
import { print, printError } from "../../../net/client.ts";
import { parseArgs } from "node:util";
import { parseRoutes } from "./routes.ts";
import {
  AGENT_SERVERS,
  isIp,
  parseDecimal,
  parseEndpoint,
  parseWhole,
} from "../../../proto/mod.ts";
import { LoadCounts, type LoadPlan, LoadRun } from "./run.ts";
import { LoadBatchSocket } from "./batch_socket.ts";
import { LoadDatagramSocket } from "./datagram_socket.ts";
import type { LoadSocket } from "./socket.ts";
import { type LoadFigures, toFigures } from "./figures.ts";
import { cpuNs } from "../../local/process_usage.ts";

const USAGE = `usage: deno task load --agent IP:PORT
  --ports N          how many of the agent's three ports: 1 to 3 (3)
  --window N         requests outstanding at each port (16)
  --rate N           or this many a second in all, whatever comes back;
                     latency counts from when a request was due
  --sockets N        sockets that they come from, with batch (1)
  --report           a report after each answer
  --routes LIST      modid/cmdid, also as ranges: 1/1,5-9/0-99 (1-3/1)
  --seconds N        how long (10), after
  --warm-up N        this long, which does not count (1)
  --sample N         figures also every N seconds, one JSON line each
  --pid PID          the agent's process: its CPU time for each answer
  --transport NAME   batch or datagram (batch where FFI is permitted)
  --json             one line of JSON`;

interface LoadOptions {
  hostname: string;
  plan: LoadPlan;
  sockets: number;
  seconds: number;
  warmUpSeconds: number;
  sampleSeconds: number | undefined;
  pid: number | undefined;
  transport: string | undefined;
  json: boolean;
}

if (import.meta.main) {
  let options: LoadOptions;
  try {
    options = parseOptions(Deno.args);
  } catch (error) {
    printError(`error: ${(error as Error).message}\n${USAGE}`);
    Deno.exit(64);
  }
  await load(options);
}

async function load(options: LoadOptions): Promise<void> {
  using socket = openSocket(options);
  const nowUs = () => performance.now() * 1_000;
  const run = new LoadRun({ socket, plan: options.plan, nowUs });
  await run.until(nowUs() + options.warmUpSeconds * 1_000_000);

  const { seconds, sampleSeconds = options.seconds, pid } = options;
  const total = new LoadCounts();
  const first = readUsage(pid);
  let before = first;
  // Reading /proc costs time: the span begins after it.
  const startUs = nowUs();
  run.counts = new LoadCounts();
  for (let second = 0; second < seconds; second += sampleSeconds) {
    const spanSeconds = Math.min(sampleSeconds, seconds - second);
    await run.until(startUs + (second + spanSeconds) * 1_000_000);
    const counts = run.counts;
    const usage = readUsage(pid);
    run.counts = new LoadCounts();
    total.add(counts);
    if (options.sampleSeconds !== undefined) {
      const elapsedSeconds = second + spanSeconds;
      const figures = toFigures(counts, { before, after: usage });
      print(JSON.stringify({ elapsedSeconds, ...figures }));
    }
    before = usage;
  }
  // Requests that are still in flight at the end count, too.
  await run.drain();
  total.add(run.counts);
  const figures = toFigures(total, { before: first, after: before });
  const { transport } = socket;
  if (options.json) print(JSON.stringify({ transport, ...figures }));
  else printFigures(transport, figures);
}

function openSocket(
  { hostname, transport, sockets }: LoadOptions,
): LoadSocket {
  if (transport === "datagram") return new LoadDatagramSocket(hostname);
  try {
    return new LoadBatchSocket(hostname, { sockets });
  } catch (error) {
    if (transport === "batch") throw error;
    return new LoadDatagramSocket(hostname);
  }
}

function readUsage(pid: number | undefined) {
  return {
    atMs: performance.now(),
    serverNs: pid === undefined ? NaN : cpuNs(pid),
    loadNs: Deno.build.os === "linux" ? cpuNs(Deno.pid) : NaN,
  };
}

function printFigures(transport: string, figures: LoadFigures): void {
  print(`transport ${transport}`);
  for (const [name, value] of Object.entries(figures)) {
    if (value !== null) print(`${name} ${Number(value.toFixed(3))}`);
  }
}

/** @throws {Error} If they cannot be used. */
function parseOptions(args: string[]): LoadOptions {
  const { values } = parseArgs({
    args,
    options: {
      agent: { type: "string" },
      ports: { type: "string", default: "3" },
      window: { type: "string" },
      rate: { type: "string" },
      sockets: { type: "string", default: "1" },
      report: { type: "boolean", default: false },
      routes: { type: "string", default: "1-3/1" },
      seconds: { type: "string", default: "10" },
      "warm-up": { type: "string", default: "1" },
      sample: { type: "string" },
      pid: { type: "string" },
      transport: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { hostname, port } = parseEndpoint(values.agent ?? "") ?? {};
  if (hostname === undefined || port === undefined || !isIp(hostname)) {
    throw new Error("Cannot load an agent as --agent must be IP:PORT");
  }
  const perSecond = optional("--rate", values.rate);
  const window = values.window === undefined
    ? undefined
    : whole("--window", values.window);
  return {
    hostname,
    plan: {
      routes: parseRoutes(values.routes),
      firstPort: port,
      ports: Math.min(AGENT_SERVERS, whole("--ports", values.ports)),
      window: perSecond === undefined ? window ?? 16 : undefined,
      perSecond,
      reports: values.report,
    },
    sockets: whole("--sockets", values.sockets),
    seconds: positive("--seconds", values.seconds),
    warmUpSeconds: values["warm-up"] === "0"
      ? 0
      : positive("--warm-up", values["warm-up"]),
    sampleSeconds: optional("--sample", values.sample),
    pid: optional("--pid", values.pid),
    transport: values.transport,
    json: values.json,
  };
}

function optional(name: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : positive(name, text);
}

function whole(name: string, text: string): number {
  const value = parseWhole(text);
  if (value !== undefined && value > 0) return value;
  throw new Error(
    `Cannot load an agent as ${name} must be a whole number > 0: current value is "${text}"`,
  );
}

function positive(name: string, text: string): number {
  const value = parseDecimal(text);
  if (value !== undefined && value > 0) return value;
  throw new Error(
    `Cannot load an agent as ${name} must be a number > 0: current value is "${text}"`,
  );
}
