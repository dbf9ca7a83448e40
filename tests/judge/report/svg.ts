/**
 * Drawings as SVG, for documents: no background and colours in the middle, so
 * that they can be read on a light page and on a dark one.
 *
 * @module
 */

/** The colours of text and of the lines behind it. */
export const TEXT_COLOR = "#768390";
export const GRID_COLOR = "#76839040";

/** A drawing of this size, under its title. */
export function drawing(
  { width, height, fontSize, title, titleY, body }: {
    width: number;
    height: number;
    fontSize: number;
    title: string;
    titleY: number;
    body: string;
  },
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="${fontSize}" fill="${TEXT_COLOR}" role="img">
<title>${escapeXml(title)}</title>
<text x="10" y="${titleY}" font-size="15" font-weight="600">${
    escapeXml(title)
  }</text>
${body}
</svg>
`;
}

/** A line of text that starts, ends or has its middle at `x`. */
export function textAt(
  content: string,
  { x, y, anchor = "start" }: { x: number; y: number; anchor?: string },
): string {
  const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${tenths(x)}" y="${tenths(y)}"${at}>${
    escapeXml(content)
  }</text>`;
}

/** A coordinate to a tenth: more is not seen. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text as XML takes it; characters that XML does not allow become spaces. */
export function escapeXml(content: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return content
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, " ")
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
