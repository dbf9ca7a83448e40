import type { Command } from "commander";
import { createHistogram } from "node:perf_hooks";
import type { RouteKey } from "../../../proto/mod.ts";
import type { HostOutcome } from "../../mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import {
  addAgentOptions,
  type AgentOptions,
  failureMessage,
  openClient,
  retryUntilFound,
} from "../options/agent.ts";
import { integer, numberOption, parseWireId } from "../options/arguments.ts";
import type { Environment } from "../environment.ts";
import { print, printJson } from "../output.ts";
import { ExitCode, exitCodeOf } from "../exit_code.ts";

const PRINT_INTERVAL_MS = 1_000;

/** What the qps command takes. */
export interface QpsOptions extends RouteKey, AgentOptions {
  clients: number;
  /** Outstanding requests of each client. */
  inFlight: number;
  /** Whether a success is reported for each host. */
  report?: boolean;
  /** Whether the requests of a client may share datagrams. */
  batching: boolean;
  seconds: number;
}

/** The qps command. */
export function addQpsCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const command = addCommand(program, {
    name: "qps",
    description:
      "Ask the agent for hosts as fast as it answers, and print rate and latency every second",
    example: "lars qps 1 1 --clients 2 --in-flight 50 --report --seconds 2",
  });
  addAgentOptions(command)
    .argument("[modid]", "the called service", parseWireId, 1)
    .argument("[cmdid]", "its command", parseWireId, 1);
  numberOption(command, "--clients <clients>", {
    description: "clients, each with a socket of its own",
    parse: integer({ min: 1, max: 1_000 }),
    value: 4,
  });
  numberOption(command, "--in-flight <requests>", {
    description: "outstanding requests of each client",
    parse: integer({ min: 1, max: 10_000 }),
    value: 1,
  });
  command
    .option(
      "--report",
      "also report a success for each host",
    )
    .option("--no-batching", "send a datagram for each request and report");
  numberOption(command, "--seconds <seconds>", {
    description: "duration",
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

/** Requests and their outcomes in a span of time. */
class Measurement {
  /** Of each request, in whole microseconds, at least 1. */
  readonly latencyUs = createHistogram();
  readonly states = new Map<HostOutcome["state"], number>();
  elapsedMs = 0;

  record(state: HostOutcome["state"], latencyMs: number): void {
    this.latencyUs.record(Math.max(1, Math.round(latencyMs * 1_000)));
    this.#count(state, 1);
  }

  add(other: Measurement): void {
    this.latencyUs.add(other.latencyUs);
    this.elapsedMs += other.elapsedMs;
    for (const [state, count] of other.states) this.#count(state, count);
  }

  #count(state: HostOutcome["state"], count: number): void {
    this.states.set(state, (this.states.get(state) ?? 0) + count);
  }

  get callsPerSecond(): number {
    return Math.round(
      this.latencyUs.count / Math.max(this.elapsedMs, 1) * 1_000,
    );
  }
}

/** Keeps the agent busy, and prints its rate and latency every second and in all. */
export async function qps(
  environment: Environment,
  options: QpsOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent } = options;
  await using probe = openClient(environment, options);
  const first = await retryUntilFound(
    environment,
    options,
    () => probe.getHost(modId, cmdId),
  );
  if (first.state !== "found" && first.state !== "overloaded") {
    const { state } = first;
    if (options.json) printJson(environment, { state });
    environment.printError(failureMessage(options, { state, agent }));
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
        record: (state, latencyMs) => current.record(state, latencyMs),
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
  { options, stop, record }: {
    options: QpsOptions;
    stop: AbortSignal;
    record: (state: HostOutcome["state"], latencyMs: number) => void;
  },
): Promise<void> {
  const { clock } = environment;
  const { modId, cmdId, inFlight, report = false } = options;
  await using client = openClient(environment, options);
  stop.addEventListener("abort", () => client.close(), { once: true });
  const loop = async () => {
    while (!stop.aborted) {
      const startMs = clock.nowMs();
      const outcome = await client.getHost(modId, cmdId);
      record(outcome.state, clock.nowMs() - startMs);
      if (!report || outcome.state !== "found") continue;
      await client.report(modId, cmdId, { host: outcome.host, returnCode: 0 });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
}

const PERCENTILES = { p50: 50, p90: 90, p99: 99, "p99.9": 99.9 };

function format({ latencyUs, states, callsPerSecond }: Measurement): string {
  const parts = Object.entries(PERCENTILES).map(([name, percentile]) =>
    `${name} ${latencyUs.percentile(percentile)} µs`
  );
  const failed = latencyUs.count - (states.get("found") ?? 0);
  return [
    `${String(callsPerSecond).padStart(8)} calls/s`,
    ...parts,
    `max ${latencyUs.max} µs`,
    `without host ${failed}`,
  ].join("  ");
}

function toJson(measurement: Measurement) {
  const { latencyUs, callsPerSecond, elapsedMs } = measurement;
  const percentiles = Object.entries(PERCENTILES).map(([name, percentile]) => [
    name,
    latencyUs.percentile(percentile),
  ]);
  return {
    calls: latencyUs.count,
    elapsedMs: Math.round(elapsedMs),
    callsPerSecond,
    states: Object.fromEntries(measurement.states),
    latencyUs: {
      ...Object.fromEntries(percentiles),
      max: latencyUs.max,
    },
  };
}
