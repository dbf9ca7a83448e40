/**
 * `deno run -A tasks/ok/structure.ts`: prints every breach of what
 * ARCHITECTURE.md and CONTRIBUTING.md say of folders, imports, copies and pages;
 * exits 1 if there is one.
 *
 * @module
 */
import { printError } from "../../net/client.ts";
import {
  findCircles,
  findWrongFolders,
  findWrongImports,
} from "./architecture.ts";
import { findCopies } from "./copies.ts";
import { readImports } from "./imports.ts";
import {
  findDeadLinks,
  findForeignCitations,
  findLongReadme,
} from "./pages.ts";
import { isTest, listFiles, readFiles, topFolderOf } from "./source_files.ts";

/** Written by tools, not by people. */
const GENERATED = /^proto\/generated\/lars\.|\/charts\/|^deno\.lock$/;

/** Files that hold text. */
const TEXT = /\.(ts|md|json|conf|proto|c|go|py|sql|html|css|yml|yaml|sh)$/;

/** Every breach of the repository as it is, one sentence each. */
export async function findBreaches(): Promise<string[]> {
  const paths = await listFiles();
  const typescript = paths.filter((path) => path.endsWith(".ts"));
  const imports = await readImports(
    typescript.filter((path) => !GENERATED.test(path)),
  );
  const texts = await readFiles(
    paths,
    (path) => TEXT.test(path) && !GENERATED.test(path),
  );
  const pages = texts.filter(({ path }) => path.endsWith(".md"));
  const product = texts.filter(({ path }) =>
    path.endsWith(".ts") && !isTest(path) && topFolderOf(path) !== "tasks"
  );
  return [
    ...findWrongImports(imports),
    ...findCircles(imports),
    ...findWrongFolders(paths.filter((path) => !GENERATED.test(path))),
    ...findCopies(product),
    ...findDeadLinks(pages, paths),
    ...findForeignCitations(texts),
    ...findLongReadme(pages),
  ];
}

if (import.meta.main) {
  const breaches = await findBreaches();
  for (const breach of breaches) printError(breach);
  Deno.exit(breaches.length > 0 ? 1 : 0);
}
