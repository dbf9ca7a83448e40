/**
 * What must hold of the pages: links and cited files exist, the README is short,
 * and no file cites what is not in the repository.
 *
 * @module
 */
import type { SourceFile } from "./source_files.ts";

/** Most lines of README.md. */
export const README_LINES_MAX = 150;

/** Texts that stood beside the repository, and trackers: nothing here may need them. */
const FOREIGN =
  /\b(?:lars_rule|wire|design|style|house|operate|reach|peers)\.md\b|\.\.\/shared\b|\bissue \d+\b/gi;

/** Files that may name the golden vectors' origin. */
const MAY_CITE = /^(tests\/wire\/|tasks\/ok\/)/;

/** Links and paths in Markdown files that lead nowhere. */
export function findDeadLinks(
  pages: readonly SourceFile[],
  paths: readonly string[],
): string[] {
  const known = new Set(paths);
  for (const path of paths) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
      known.add(path.slice(0, at));
    }
  }
  return pages.flatMap(({ path, text }) =>
    [...linksOf(text), ...citedPaths(text)]
      .filter((link) => !known.has(resolve(path, link)) && !known.has(link))
      .map((link) => `${path} cites ${link}: there is no such file`)
  );
}

/** Relative targets of links and images, without their fragments. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!.split("#")[0]!)
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** Paths in code spans, such as `agent/main.ts`. */
function citedPaths(text: string): string[] {
  return [
    ...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|md|conf|proto|json|c))`/g),
  ]
    .map(([, path]) => path!);
}

function resolve(page: string, link: string): string {
  const { pathname } = new URL(link, `file:///${page}`);
  return decodeURIComponent(pathname).slice(1).replace(/\/$/, "");
}

/** Citations of texts that are not in the repository. */
export function findForeignCitations(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !MAY_CITE.test(path))
    .flatMap(({ path, text }) =>
      [...new Set(text.match(FOREIGN))]
        .map((cited) => `${path} cites ${cited}: it is not in the repository`)
    );
}

/** A README that has grown too long. */
export function findLongReadme(pages: readonly SourceFile[]): string[] {
  const readme = pages.find(({ path }) => path === "README.md");
  const lines = readme?.text.trimEnd().split("\n").length ?? 0;
  return lines > README_LINES_MAX
    ? [`README.md has ${lines} lines: at most ${README_LINES_MAX}`]
    : [];
}
