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

/** Rows under a header, each column as wide as it must be; numbers to the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (row: readonly string[]) =>
    widths.map((width, column) => {
      const cell = row[column] ?? "";
      return column < 2 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(header), rule, ...rows.map(line)].join("\n");
}
