import type { Point } from "../report/statistics.ts";
import type { Figures } from "../report/measurement.ts";

/** Length and extent of measurements. */
export interface BenchOptions {
  /** Whether this is a smoke run: everything runs, too short for figures that mean anything. */
  quick: boolean;
  /** Length of one measurement of a load. */
  seconds: number;
  /** Length of the load before it, which does not count. */
  warmUpSeconds: number;
  /** Takes a line of progress. */
  progress: (line: string) => void;
}

/** A configuration that is measured once in each round. */
export interface Variant {
  name: string;
  /** Takes one measurement; figures have the same names each time. */
  measure(): Promise<Figures>;
}

/** A figure of a variant. */
export interface FigureOf {
  variant: string;
  figure: string;
}

/** A bound of a figure, or of its ratio to another of the same round. */
export interface Goal {
  text: string;
  of: FigureOf;
  /** Makes it a goal of `of` divided by this. */
  over?: FigureOf;
  /** Bound; without one the value is for information. */
  atMost?: number;
  atLeast?: number;
}

/** A chart of one figure over the variants. */
export interface ChartPlan {
  /** Name of the file, without ".svg". */
  name: string;
  title: string;
  figure: string;
  unit: string;
  /** First words of baselines' names, which are drawn in grey. */
  muted?: readonly string[];
  /** Whether each step of the scale is ten times the one before; from 1 on. */
  logarithmic?: boolean;
}

/** A chart of samples taken during a measurement. */
export interface LineChart {
  /** Name of the file, without ".svg". */
  name: string;
  title: string;
  unit: string;
  xUnit: string;
  /** Lines; points whose y is no number are left out. */
  series: readonly { label: string; points: readonly Point[] }[];
}

/** A group whose servers run; they end with it. */
export interface OpenGroup extends AsyncDisposable {
  variants: readonly Variant[];
  /** Charts of the samples, after the last measurement. */
  lineCharts?(): LineChart[];
}

/** Variants that are measured round by round, and compared with each other. */
export interface Group {
  name: string;
  title: string;
  needsMariadb?: boolean;
  /** Whether it runs only when named. */
  onlyByName?: boolean;
  /** Most rounds, for measurements of minutes. */
  roundsMax?: number;
  /** Length of a measurement without --seconds; that of the bench if not given. */
  defaultSeconds?: number;
  goals?: readonly Goal[];
  charts?: readonly ChartPlan[];
  open(options: BenchOptions): Promise<OpenGroup>;
}

/** A group whose variants start and end everything by themselves. */
export function groupOf(
  options: Omit<Group, "open"> & {
    variants: (options: BenchOptions) => readonly Variant[];
  },
): Group {
  const { variants, ...group } = options;
  return {
    ...group,
    open: (options) =>
      Promise.resolve({
        variants: variants(options),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
}
