/**
 * What ARCHITECTURE.md says of folders and imports, as rules: each returns a
 * sentence for every breach.
 *
 * @module
 */
import type { Import } from "./imports.ts";
import { isTest, topFolderOf } from "./source_files.ts";

/** Folders that each folder of the product may import besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  net: ["proto"],
  store: ["proto"],
  dns: ["store", "net", "proto"],
  reporter: ["store", "net", "proto"],
  agent: ["net", "proto"],
  api: ["net", "proto"],
  web: ["store", "net", "proto"],
  conf: ["proto"],
};

/** Folders that no folder of the product imports. */
const OUTER = ["tasks", "tests"];

/** Folders that may stand at the top of the repository. */
export const FOLDERS: readonly string[] = [...Object.keys(ARROWS), ...OUTER];

/** Files that other folders import; everything else in a folder is its own. */
const ENTRY =
  /^(\w+\/mod\.ts|net\/client\.ts|net\/udp\/worker\.ts|agent\/policies\/mod\.ts)$/;

/** Entry files, and what they load when they are no worker: the only ones that read files of settings. */
const MAIN = /\/main\.ts$|^agent\/service\.ts$/;

/** Packages that only tests import. */
const TEST_PACKAGES =
  /^(@std\/assert|fast-check|axe-core|playwright-core|yaml)\b/;

/** Most files of a folder. */
export const FILES_PER_FOLDER_MAX = 25;

/** A prefix that this many files of a folder share is a folder. */
export const SHARED_PREFIX_MIN = 4;

/** Imports that go against the arrows between folders. */
export function findWrongImports(imports: readonly Import[]): string[] {
  return imports.flatMap((each) => {
    const reason = refusal(each);
    return reason === undefined
      ? []
      : [`${each.from} imports ${each.to}: ${reason}`];
  });
}

/** Why a file must not import another, or undefined if it may. */
function refusal({ from, to }: Import): string | undefined {
  const own = topFolderOf(from);
  if (!/^\w+(\/|\.ts$)/.test(to) || !FOLDERS.includes(topFolderOf(to))) {
    return TEST_PACKAGES.test(to) && !isTest(from) && own !== "tasks"
      ? "only tests may"
      : undefined;
  }
  const other = topFolderOf(to);
  if (own === "tasks") return undefined;
  if (own === "tests") {
    return other === "tasks" && !to.startsWith("tasks/local/")
      ? "tests/ may import tasks/local/ only"
      : undefined;
  }
  if (to.includes("/testing/") && !isTest(from)) return "only tests may";
  if (own === other) return undefined;
  if (OUTER.includes(other) && isTest(from)) return undefined;
  if (!foldersFor(from).includes(other)) {
    return `${own}/ must not import ${other}/`;
  }
  return ENTRY.test(to) || isTest(from)
    ? undefined
    : `other folders import ${other}/mod.ts only`;
}

function foldersFor(path: string): readonly string[] {
  const folder = topFolderOf(path);
  const isCli = path.startsWith("api/cli/");
  const more: string[] = [];
  if (isCli || MAIN.test(path)) more.push("conf");
  if (isCli) more.push("store");
  // The embedded client runs an agent's shard inside the program, and the
  // command replays recordings by its policies.
  if (/^api\/(embedded|cli|testing)\//.test(path)) more.push("agent");
  if (folder === "api" && isTest(path)) more.push("agent");
  return [...ARROWS[folder] ?? [], ...more];
}

/** Circles of imports, type imports included: each as its files in turn. */
export function findCircles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(path: string, trail: readonly string[]): void {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path];
      circles.push(`circle of imports: ${circle.join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of targets.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  }
  for (const path of targets.keys()) visit(path, []);
  return circles;
}

/** Folders with too many files, or with a prefix that should be a folder; unknown top folders. */
export function findWrongFolders(paths: readonly string[]): string[] {
  const byFolder = Map.groupBy(
    paths,
    (path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))),
  );
  return [...byFolder].flatMap(([folder, files]) => [
    ...findUnknownFolder(folder),
    ...files.length > FILES_PER_FOLDER_MAX
      ? [
        `${folder}/ has ${files.length} files: at most ${FILES_PER_FOLDER_MAX}`,
      ]
      : [],
    ...findSharedPrefixes(folder, files),
  ]);
}

function findUnknownFolder(folder: string): string[] {
  const top = folder.split("/")[0]!;
  if (top === "" || top.startsWith(".") || FOLDERS.includes(top)) return [];
  return [`${top}/ must be one of the folders ${FOLDERS.join(", ")}`];
}

function findSharedPrefixes(
  folder: string,
  files: readonly string[],
): string[] {
  const names = files
    .map((path) => path.slice(folder.length + 1))
    .filter((name) => name.endsWith(".ts") && !name.endsWith("_test.ts"));
  const byPrefix = Map.groupBy(names, (name) => name.split(/[_.]/)[0]!);
  return [...byPrefix]
    .filter(([, members]) => members.length >= SHARED_PREFIX_MIN)
    .map(([prefix, members]) =>
      `${folder}/ has ${members.length} files that begin with "${prefix}": make them a folder`
    );
}
