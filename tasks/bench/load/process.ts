import { runScript } from "../programs/child.ts";
import type { Target } from "../groups/echo_servers.ts";
import type { BenchOptions } from "../groups/group.ts";
import type { LoadFigures } from "./figures.ts";
import type { Figures } from "../report/measurement.ts";

/** A load on `target`. */
export interface LoadProcessOptions {
  target: Pick<Target, "port" | "pid">;
  /** Options of `deno task load`, such as `--window=64`. */
  options: readonly string[];
  /** Gives the length of the load and of its warm-up. */
  bench: BenchOptions;
}

/** A line of a load's output: a sample, or all of it at the end. */
export type LoadOutput = LoadFigures & { elapsedSeconds?: number };

/** Runs a load in a process of its own: the figures of its measured span. */
export async function runLoad(
  { target, options, bench }: LoadProcessOptions,
  onSample?: (sample: LoadOutput) => void,
): Promise<Figures> {
  const figures = await runScript<LoadOutput & { transport?: string }>(
    "load/main.ts",
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

/** The figures of a load with a window. */
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

/** The figures of a load at a fixed rate. */
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
