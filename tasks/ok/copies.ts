import type { SourceFile } from "./source_files.ts";

/** Most lines in a row that two files of the product may share. */
export const SHARED_LINES_MAX = 12;

/** A line that says something, and where it stands. */
interface Line {
  path: string;
  number: number;
  text: string;
}

/**
 * Places at which two files share more lines in a row than
 * {@linkcode SHARED_LINES_MAX}; blank lines, comments, imports and lines of
 * punctuation alone do not count.
 */
export function findCopies(files: readonly SourceFile[]): string[] {
  const firstAt = new Map<string, Line>();
  const found = new Map<string, string>();
  for (const file of files) {
    const lines = meaningfulLines(file);
    for (let at = 0; at + SHARED_LINES_MAX < lines.length; at++) {
      const run = lines.slice(at, at + SHARED_LINES_MAX + 1);
      const key = run.map(({ text }) => text).join("\n");
      const first = firstAt.get(key);
      if (first === undefined) firstAt.set(key, run[0]!);
      else if (first.path !== file.path) {
        const pair = `${first.path} ${file.path}`;
        if (found.has(pair)) continue;
        found.set(
          pair,
          `${first.path}:${first.number} and ${file.path}:${
            run[0]!.number
          } share more than ${SHARED_LINES_MAX} lines in a row`,
        );
      }
    }
  }
  return [...found.values()];
}

function meaningfulLines({ path, text }: SourceFile): Line[] {
  const withoutImports = text
    .replace(/\/\*[\s\S]*?\*\//g, keepLineBreaks)
    .replace(
      /^(?:import|export)\b[^;{]*\{[^}]*\}\s*from[^;]*;/gm,
      keepLineBreaks,
    );
  return withoutImports.split("\n")
    .map((line, index) => ({ path, number: index + 1, text: line.trim() }))
    .filter(({ text }) =>
      !text.startsWith("//") && !text.startsWith("import ") && /\w/.test(text)
    );
}

function keepLineBreaks(text: string): string {
  return text.replace(/[^\n]/g, "");
}
