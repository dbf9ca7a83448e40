/** Figures of one round by name; a name ends with its unit. */
export type Figures = Record<string, number>;

/** "latencyMs 12.3 ms, other 45". */
export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) =>
      `${name} ${formatNumber(value)} ${unitOf(name)}`.trimEnd()
    )
    .join(", ");
}

/** A number with three significant digits and a comma between thousands. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : 2;
  const fixed = size < 0.01 && value !== 0
    ? value.toPrecision(2)
    : value.toFixed(digits);
  return fixed.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

/** The unit at the end of a figure's name: "serverCpuUs" is in µs. */
export function unitOf(figure: string): string {
  const units: [RegExp, string][] = [
    [/MsPerSecond$/, "ms/s"],
    [/PerSecond$/, "/s"],
    [/Ns$/, "ns"],
    [/Us$/, "µs"],
    [/Ms$/, "ms"],
    [/Mb$/, "MB"],
    [/Seconds$/, "s"],
  ];
  return units.find(([pattern]) => pattern.test(figure))?.[1] ?? "";
}
