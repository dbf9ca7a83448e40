/** A command that a page shows, and what the page says it prints. */
export interface PageCommand {
  page: string;
  /** Line of the command in its page, from 1. */
  line: number;
  command: string;
  /** Lines; undefined where the page shows none. */
  output: string[] | undefined;
}

/** What stands before a block whose commands are not run, with the reason. */
const NOT_RUN = /^<!-- not run: (.+) -->$/;

/**
 * The commands in the `console` and `sh` blocks of a Markdown page. In a
 * `console` block a command follows "$ " and its output follows the command; in
 * an `sh` block every line is a command. A backslash goes on with the next line.
 */
export function commandsOf(page: string, text: string): PageCommand[] {
  const commands: PageCommand[] = [];
  const lines = text.split("\n");
  let kind: string | undefined;
  let isRun = true;
  let last = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.startsWith("```")) {
      isRun = !NOT_RUN.test(last);
      last = "";
      kind = kind === undefined ? line.slice(3).trim() : undefined;
      continue;
    }
    if (kind === undefined) {
      if (line.trim() !== "") last = line.trim();
      continue;
    }
    if (!isRun || (kind !== "console" && kind !== "sh")) continue;
    const shown = kind === "console" ? line.replace(/^\$ /, "") : line;
    const isCommand = kind === "sh" || shown !== line;
    if (isCommand && shown.trim() !== "" && !shown.startsWith("#")) {
      let command = shown;
      const first = at + 1;
      while (command.endsWith("\\")) {
        command = command.slice(0, -1) + lines[++at]!.trimStart();
      }
      commands.push({
        page,
        line: first,
        command: command.replace(/\s+# .*$/, ""),
        output: undefined,
      });
    } else if (!isCommand && (line !== "" || commands.at(-1)!.output)) {
      const { output = [] } = commands.at(-1)!;
      commands.at(-1)!.output = [...output, line];
    }
  }
  return commands;
}

/**
 * Whether a command printed what its page says: any number may stand for any
 * other, "…" in a line for any text, a line of "…" for any lines.
 */
export function isPrinted(
  shown: readonly string[],
  printed: readonly string[],
): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first.trim() === "…") {
    return printed.some((_, at) => isPrinted(rest, printed.slice(at))) ||
      rest.length === 0 || isPrinted(rest, []);
  }
  return printed.length > 0 && isSameLine(first, printed[0]!) &&
    isPrinted(rest, printed.slice(1));
}

function isSameLine(shown: string, printed: string): boolean {
  const [first = "", ...rest] = normalize(shown).split("…");
  let line = normalize(printed);
  if (rest.length === 0) return line === first;
  if (!line.startsWith(first)) return false;
  line = line.slice(first.length);
  const last = rest.pop()!;
  for (const part of rest) {
    const at = line.indexOf(part);
    if (at < 0) return false;
    line = line.slice(at + part.length);
  }
  return line.endsWith(last);
}

/** Numbers and runs of spaces differ from run to run. */
function normalize(line: string): string {
  return line.replace(/\d+(?:[.,]\d+)*/g, "0").replace(/\s+/g, " ").trim();
}
