/** Figures of one round, by name; the unit stands last in the name. */
export type Figures = Record<string, number>;

/** "latencyMs 12.3 ms, other 45". */
export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) =>
      `${name} ${formatNumber(value)} ${unitOf(name)}`.trimEnd()
    )
    .join(", ");
}

/** A number as people read it: three figures that count, thousands apart. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : 2;
  const fixed = size < 0.01 && value !== 0
    ? value.toPrecision(2)
    : value.toFixed(digits);
  return fixed.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

/** The unit that stands last in a figure's name: "serverCpuUs" is in µs. */
export function unitOf(figure: string): string {
  const units: [RegExp, string][] = [
    [/PerSecond$/, "/s"],
    [/Ns$/, "ns"],
    [/Us$/, "µs"],
    [/Ms$/, "ms"],
    [/Mb$/, "MB"],
    [/Seconds$/, "s"],
  ];
  return units.find(([pattern]) => pattern.test(figure))?.[1] ?? "";
}
