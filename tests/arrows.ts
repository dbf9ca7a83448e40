/**
 * The import arrows of design.md: which folder may import which, and where the
 * machine's sockets, clock and randomness may be used.
 *
 * @module
 */

/** A TypeScript file of the repository. */
export interface SourceFile {
  /** From the repository's root, with slashes: "net/clock.ts". */
  path: string;
  text: string;
}

/** What each folder may import besides itself. */
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

/** They may import anything, and nobody may import them. */
const OUTER = ["tasks", "tests"];

/** The folders that may stand at the top of the repository. */
export const FOLDERS: readonly string[] = [...Object.keys(ARROWS), ...OUTER];

/** What only tests and their rigs, fixtures and fakes import. */
const TEST_PACKAGES = ["@std/assert", "fast-check"];

const MACHINE =
  /\b(?:Deno\.(?:listen|connect|listenDatagram)|Date\.now|performance\.now|setTimeout|setInterval|Math\.random)\b/g;

/**
 * Every breach of the arrows, one sentence each, in the order of the files.
 *
 * @example
 * ```ts
 * import { findBreaches } from "./arrows.ts";
 *
 * findBreaches([{ path: "net/a.ts", text: 'import "../dns/mod.ts";' }]);
 * // ['net/a.ts imports "../dns/mod.ts": net/ must not import dns/']
 * ```
 */
export function findBreaches(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const folder = folderOf(path);
    if (!FOLDERS.includes(folder)) {
      return [`${path} must be in one of the folders ${FOLDERS.join(", ")}`];
    }
    if (OUTER.includes(folder)) return [];
    const code = withoutComments(text);
    return [...findImports(path, code), ...findMachine(path, code)];
  });
}

function findImports(path: string, code: string): string[] {
  const breaches = new Set<string>();
  for (const specifier of importsOf(code)) {
    const reason = refusal(path, specifier);
    if (reason !== undefined) {
      breaches.add(`${path} imports "${specifier}": ${reason}`);
    }
  }
  return [...breaches];
}

function findMachine(path: string, code: string): string[] {
  if (folderOf(path) === "net" || isMain(path)) return [];
  // A real database has real processes, sockets and time.
  if (path.includes("/testing/") || /^store\/mysql\/\w*test\.ts$/.test(path)) {
    return [];
  }
  const used = new Set(withoutStrings(code).match(MACHINE));
  return [...used].map((name) =>
    `${path} uses ${name}: only net/ and main.ts files may`
  );
}

/** Why this file must not import that, or undefined if it may. */
function refusal(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) {
    return TEST_PACKAGES.includes(specifier) && !isTest(path)
      ? "only test files may"
      : undefined;
  }
  const from = folderOf(path);
  const target = resolve(path, specifier);
  const to = folderOf(target);
  if (to === from) return undefined;
  if (!allowed(path).includes(to)) return `${from}/ must not import ${to}/`;
  // Tests need a folder's test twins, which its mod.ts does not offer.
  return [`${to}/mod.ts`, "net/client.ts"].includes(target) || isTest(path)
    ? undefined
    : `other folders import ${to}/mod.ts only`;
}

function allowed(path: string): string[] {
  const folder = folderOf(path);
  const folders = [...ARROWS[folder] ?? []];
  const isCli = path.startsWith("api/cli/");
  if (isMain(path) || isCli) folders.push("conf");
  if (isCli) folders.push("store");
  // The embedded client runs an agent's shard inside the program; a replay
  // runs its policies over what an agent has recorded; tests ask a real one.
  const runsAgent = /^api\/(embedded\/|cli\/commands\/replay\/)/.test(path);
  if (runsAgent || (folder === "api" && isTest(path))) folders.push("agent");
  return folders;
}

const IMPORT =
  /\bfrom\s*(["'])([^"'\n]+)\1|\bimport\s*\(?\s*(["'])([^"'\n]+)\3|\bnew\s+Worker\(\s*new\s+URL\(\s*(["'])([^"'\n]+)\5/g;

/** The specifiers of imports, re-exports, dynamic imports and workers. */
function importsOf(code: string): string[] {
  return [...code.matchAll(IMPORT)]
    .map((match) => match[2] ?? match[4] ?? match[6] ?? "");
}

/** Comments and literals; which of both a "//" is in depends on what came first. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => token.startsWith("/") ? " " : token);
}

/** Template literals stay, as code may stand in them. */
function withoutStrings(code: string): string {
  return code.replace(TOKEN, (token) => token.startsWith("`") ? token : '""');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf("/")));
}

function isMain(path: string): boolean {
  return path.endsWith("/main.ts");
}

/** Tests, and what stands beside them for tests only. */
function isTest(path: string): boolean {
  return /(_test|_rig|_fixture)\.ts$|\/fake_\w+\.ts$|\/testing\//.test(path);
}

function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
