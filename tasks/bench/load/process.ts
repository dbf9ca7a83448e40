import { runScript } from "../programs/child.ts";
import type { Target } from "../groups/echo_servers.ts";
import type { BenchOptions } from "../groups/group.ts";
import type { LoadFigures } from "./figures.ts";
import type { Figures } from "../report/measurement.ts";

/** A load for `target`, as the options of load.ts say it. */
export interface LoadProcessOptions {
  target: Target;
  /** Such as `--ports 1 --window 64 --report`. */
  options: readonly string[];
  /** Of the bench: how long. */
  bench: BenchOptions;
}

/** A line of a load's output: a sample, or the whole at the end. */
export type LoadOutput = LoadFigures & { elapsedSeconds?: number };

/** Runs a load in a process of its own: what it found in its measured span. */
export async function runLoad(
  { target, options, bench }: LoadProcessOptions,
  onSample?: (sample: LoadOutput) => void,
): Promise<Figures> {
  const figures = await runScript<LoadOutput & { transport?: string }>(
    "./main.ts",
    {
      args: [
        "--json",
        `--agent=127.0.0.1:${target.port}`,
        `--pid=${target.pid}`,
        `--seconds=${bench.seconds}`,
        `--warm-up=${bench.warmUpSeconds}`,
        ...options,
      ],
      ...(onSample === undefined ? {} : { onLine: onSample }),
    },
  );
  const { transport: _, ...numbers } = figures;
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, value ?? NaN]),
  );
}

/** Those figures of a load that a windowed measurement is about. */
export function throughput(figures: Figures): Figures {
  return only(figures, [
    "answersPerSecond",
    "serverCpuUs",
    "loadCpuUs",
    "p50Us",
    "p99Us",
    "lost",
    "hostless",
  ]);
}

/** Those that a measurement at a fixed rate is about. */
export function latencies(figures: Figures): Figures {
  return only(figures, [
    "answersPerSecond",
    "p50Us",
    "p99Us",
    "p999Us",
    "maxUs",
    "serverCpuUs",
    "lost",
    "hostless",
  ]);
}

function only(figures: Figures, names: readonly string[]): Figures {
  return Object.fromEntries(names.map((name) => [name, figures[name] ?? NaN]));
}
