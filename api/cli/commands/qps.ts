import type { Command } from "commander";
import type { RouteKey } from "../../../proto/mod.ts";
import { type HostOutcome, LarsClient } from "../../mod.ts";
import {
  addAgentOptions,
  type AgentOptions,
  askPatiently,
  explainNoHost,
  openClient,
} from "../options/agent.ts";
import { integer, numberOption, parseWireId } from "../options/arguments.ts";
import { type Environment, print, printJson } from "../output.ts";
import { ExitCode, exitCodeOf } from "../exit_code.ts";
import { LatencyHistogram } from "./latency_histogram.ts";
import { addCommand, type Run } from "../command.ts";

const PRINT_INTERVAL_MS = 1_000;

export interface QpsOptions extends RouteKey, AgentOptions {
  clients: number;
  /** Requests that each client has outstanding. */
  inFlight: number;
  /** Whether each host is reported as called. */
  report?: boolean;
  /** Whether the requests of a client may share datagrams. */
  batching: boolean;
  seconds: number;
}

/** The qps command. */
export function addQpsCommand(
  program: Command,
  { environment, run }: { environment: Environment; run: Run },
): void {
  const command = addCommand(program, {
    name: "qps",
    description:
      "Ask the agent for hosts as fast as it answers; prints rate and latency every second",
    example: "lars qps 1 1 --clients 8 --in-flight 50 --report --seconds 30",
  });
  addAgentOptions(command)
    .argument("[modid]", "the called service", parseWireId, 1)
    .argument("[cmdid]", "its command", parseWireId, 1);
  numberOption(command, "--clients <clients>", {
    description: "clients in this process, each with a socket of its own",
    parse: integer({ min: 1, max: 1_000 }),
    value: 4,
  });
  numberOption(command, "--in-flight <requests>", {
    description: "requests that each client has outstanding",
    parse: integer({ min: 1, max: 10_000 }),
    value: 1,
  });
  command
    .option(
      "--report",
      "also report a success for each host, as a program does",
    )
    .option("--no-batching", "send a datagram for each request and report");
  numberOption(command, "--seconds <seconds>", {
    description: "how long",
    parse: integer({ min: 1, max: 86_400 }),
    value: 10,
  });
  command.action(
    run((
      modId: number,
      cmdId: number,
      options: Omit<QpsOptions, keyof RouteKey>,
    ) => qps(environment, { ...options, modId, cmdId })),
  );
}

/** What happened in a span of time. */
class Measurement {
  readonly latency = new LatencyHistogram();
  readonly states = new Map<HostOutcome["state"], number>();
  /** How long it took, in milliseconds. */
  elapsedMs = 0;

  add(other: Measurement): void {
    this.latency.add(other.latency);
    this.elapsedMs += other.elapsedMs;
    for (const [state, count] of other.states) this.count(state, count);
  }

  count(state: HostOutcome["state"], count: number): void {
    this.states.set(state, (this.states.get(state) ?? 0) + count);
  }

  get callsPerSecond(): number {
    return Math.round(this.latency.count / Math.max(this.elapsedMs, 1) * 1_000);
  }
}

/** Keeps the agent busy and prints what it does, every second and at the end. */
export async function qps(
  environment: Environment,
  options: QpsOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent } = options;
  await using probe = openClient(environment, options);
  const first = await askPatiently(
    environment,
    () => probe.getHost(modId, cmdId),
  );
  if (first.state !== "found" && first.state !== "overloaded") {
    const { state } = first;
    if (options.json) printJson(environment, { state });
    environment.note(explainNoHost({ modId, cmdId }, { state, agent }));
    return exitCodeOf(state);
  }
  const total = await measure(environment, options);
  if (options.json) {
    printJson(environment, { summary: true, ...toJson(total) });
  } else {
    print(environment, `total   ${format(total)}`);
    for (const [state, count] of total.states) {
      print(environment, `${state}: ${count}`);
    }
  }
  return total.states.has("found") ? ExitCode.found : ExitCode.overloaded;
}

interface LoopOptions {
  options: QpsOptions;
  stop: AbortSignal;
  record: (state: HostOutcome["state"], latencyUs: number) => void;
}

async function measure(
  environment: Environment,
  options: QpsOptions,
): Promise<Measurement> {
  const { clock } = environment;
  const stop = new AbortController();
  let current = new Measurement();
  const loops = Array.from(
    { length: options.clients },
    () =>
      keepAsking(environment, {
        options,
        stop: stop.signal,
        record: (state, latencyUs) => {
          current.latency.record(latencyUs);
          current.count(state, 1);
        },
      }),
  );

  const total = new Measurement();
  for (let second = 1; second <= options.seconds; second++) {
    const startMs = clock.nowMs();
    await clock.sleep(PRINT_INTERVAL_MS, environment.signal);
    const past = current;
    current = new Measurement();
    past.elapsedMs = clock.nowMs() - startMs;
    total.add(past);
    if (options.json) printJson(environment, { second, ...toJson(past) });
    else print(environment, `${String(second).padStart(4)} s  ${format(past)}`);
    if (environment.signal.aborted) break;
  }
  stop.abort();
  await Promise.all(loops);
  return total;
}

async function keepAsking(
  environment: Environment,
  { options, stop, record }: LoopOptions,
): Promise<void> {
  const { transport, clock, random } = environment;
  const { agent, timeoutMs, batching, inFlight } = options;
  await using client = LarsClient.open({
    ...{ agent, timeoutMs, batching },
    ...{ transport, clock, random },
  });
  const close = () => client[Symbol.asyncDispose]();
  stop.addEventListener("abort", close, { once: true });
  const loop = async () => {
    const { modId, cmdId, report = false } = options;
    while (!stop.aborted) {
      const startMs = clock.nowMs();
      const outcome = await client.getHost(modId, cmdId);
      record(outcome.state, (clock.nowMs() - startMs) * 1_000);
      if (!report || outcome.state !== "found") continue;
      await client.report(modId, cmdId, { host: outcome.host, returnCode: 0 });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
}

const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, "p99.9": 0.999 };

function format(measurement: Measurement): string {
  const { latency } = measurement;
  const parts = Object.entries(PERCENTILES).map(([name, share]) =>
    `${name} ${latency.percentileUs(share)} µs`
  );
  const failed = latency.count - (measurement.states.get("found") ?? 0);
  return [
    `${String(measurement.callsPerSecond).padStart(8)} calls/s`,
    ...parts,
    `max ${Math.round(latency.maxUs)} µs`,
    `without host ${failed}`,
  ].join("  ");
}

function toJson(measurement: Measurement) {
  const { latency, callsPerSecond, elapsedMs } = measurement;
  const percentiles = Object.entries(PERCENTILES).map(([name, share]) => [
    name,
    latency.percentileUs(share),
  ]);
  return {
    calls: latency.count,
    elapsedMs: Math.round(elapsedMs),
    callsPerSecond,
    states: Object.fromEntries(measurement.states),
    latencyUs: {
      ...Object.fromEntries(percentiles),
      max: Math.round(latency.maxUs),
    },
  };
}
