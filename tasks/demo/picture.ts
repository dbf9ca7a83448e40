/**
 * `deno task demo:picture`: runs the demo in a terminal of its own (util-linux'
 * `script`) and draws what it shows, a frame while the backend is down and the
 * summary, into tasks/demo/demo.svg.
 *
 * @module
 */
import { print } from "../../net/client.ts";
import { ROOT } from "../ok/source_files.ts";

const OUTPUT = `${ROOT}tasks/demo/demo.svg`;

const FONT_PX = 14;
const CHARACTER_PX = 8.43;
const LINE_PX = 19;
const MARGIN_PX = 16;

/** Colours of ANSI styles on a dark ground. */
const COLORS: Readonly<Record<number, string>> = {
  1: "#ffffff",
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
};
const TEXT_COLOR = "#c9d1d9";
const GROUND_COLOR = "#0d1117";

/** A terminal's lines, with their ANSI styles, as an SVG. */
export function drawTerminal(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => withoutStyles(line).length));
  const width = Math.ceil(columns * CHARACTER_PX + 2 * MARGIN_PX);
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map((line, index) =>
    `<text y="${MARGIN_PX + FONT_PX + index * LINE_PX}">${
      drawLine(line)
    }</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT_PX}" fill="${TEXT_COLOR}" xml:space="preserve">
<rect width="100%" height="100%" rx="8" fill="${GROUND_COLOR}"/>
${texts.join("\n")}
</svg>
`;
}

/** Spans of a line; each stands at its column, whatever the font. */
function drawLine(line: string): string {
  let column = 0;
  let color = TEXT_COLOR;
  // deno-lint-ignore no-control-regex
  return line.split(/\x1b\[(\d+)m/).map((part, index) => {
    if (index % 2 === 1) {
      color = COLORS[Number(part)] ?? TEXT_COLOR;
      return "";
    }
    const leading = part.length - part.trimStart().length;
    const x = MARGIN_PX + (column + leading) * CHARACTER_PX;
    column += part.length;
    const text = part.trim();
    return text === ""
      ? ""
      : `<tspan x="${x.toFixed(1)}" fill="${color}" textLength="${
        (text.length * CHARACTER_PX).toFixed(1)
      }">${escapeXml(text)}</tspan>`;
  }).join("");
}

function withoutStyles(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*[A-Za-z]/g, "");
}

function escapeXml(text: string): string {
  // Spaces inside a span would be drawn as one.
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(" ", "\u00a0");
}

/** The last frame with a backend that is down, and the summary. */
function pickLines(output: string): string[] {
  const lines = output.replaceAll("\r", "").split("\n")
    // deno-lint-ignore no-control-regex
    .map((line) => line.replace(/\x1b\[\d+A\x1b\[J/, ""));
  const down = lines.findLastIndex((line) => line.includes("← fails"));
  const first = lines.findLastIndex((line, index) =>
    index < down && line.includes("policy = lars")
  );
  const last = lines.findIndex((line, index) => index > down && line === "");
  const summary = lines.findLastIndex((line) => line.startsWith("One of "));
  return [
    "$ deno task demo",
    ...lines.slice(first, last),
    "",
    ...lines.slice(summary).filter((line) => line !== ""),
  ];
}

if (import.meta.main) {
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", `${Deno.execPath()} task --quiet demo`, "/dev/null"],
    cwd: ROOT,
    env: { TERM: "xterm-256color" },
    stdin: "null",
  }).output();
  await Deno.writeTextFile(
    OUTPUT,
    drawTerminal(pickLines(new TextDecoder().decode(stdout))),
  );
  print(`drew ${OUTPUT}`);
}
