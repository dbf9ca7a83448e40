import type { Point } from "../report/statistics.ts";
import type { Figures } from "../report/measurement.ts";

/** How the benches run. */
export interface BenchOptions {
  /** A smoke run: everything is tried, nothing measured well. */
  quick: boolean;
  /** How long one measurement of a load takes, and its warm-up. */
  seconds: number;
  warmUpSeconds: number;
  /** Takes a line of progress. */
  progress: (line: string) => void;
}

/** One thing that is measured in each round. */
export interface Variant {
  name: string;
  /** One measurement; the names of figures are the same each time. */
  measure(): Promise<Figures>;
}

/** A figure of a variant. */
export interface FigureOf {
  variant: string;
  figure: string;
}

/** What must hold of a figure, or of its ratio to another of the same round. */
export interface Goal {
  text: string;
  of: FigureOf;
  /** When given, the goal is about `of` divided by it. */
  over?: FigureOf;
  /** One of them, or neither: then the ratio is for information. */
  atMost?: number;
  atLeast?: number;
}

/** A chart of one figure over the variants. */
export interface ChartPlan {
  /** Of the file, without ".svg". */
  name: string;
  title: string;
  figure: string;
  unit: string;
  /** Variants to compare with begin like this; they are drawn less strongly. */
  muted?: readonly string[];
}

/** A chart of what was sampled during a measurement. */
export interface LineChart {
  /** Of the file, without ".svg". */
  name: string;
  title: string;
  unit: string;
  xUnit: string;
  /** Lines; points whose y is no number are left out. */
  series: readonly { label: string; points: readonly Point[] }[];
}

/** A group that is ready to be measured; what it started ends with it. */
export interface OpenGroup extends AsyncDisposable {
  variants: readonly Variant[];
  /** What was sampled, once all is measured. */
  lineCharts?(): LineChart[];
}

/** Variants that are measured round by round, and compared with each other. */
export interface Group {
  name: string;
  title: string;
  needsMariadb?: boolean;
  /** Not run unless it is named. */
  onlyByName?: boolean;
  /** Rounds at most, for what takes minutes. */
  roundsMax?: number;
  /** How long a measurement takes unless told otherwise; that of the bench if not given. */
  defaultSeconds?: number;
  goals?: readonly Goal[];
  charts?: readonly ChartPlan[];
  open(options: BenchOptions): Promise<OpenGroup>;
}

/** A group of one variant that starts and ends everything by itself. */
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
