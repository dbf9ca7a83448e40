/**
 * Modules of JavaScript as few files: a browser takes longer to ask for twenty
 * small ones than for one that holds them all.
 *
 * A module is evaluated in a function of its own, once, before those that import
 * it. It writes imports and exports as the modules of this console and lit-html do:
 * by names in braces or as default, each export a function, a class, a const or a
 * default, none of them reassigned. A circle of imports is an error.
 *
 * @module
 */
import { posix } from "node:path";

/** Modules by their paths; in a path of one that it imports "./" and "../" are its own. */
export type Modules = ReadonlyMap<string, string>;

/** What linked files call the exports of each module, and what loads more: no module has such names. */
const MODULES = "linked$";
const LOAD = "load$";

/** Where a statement may begin. */
const START = String.raw`(?<=^|[\n;}])`;
const IMPORT = new RegExp(
  String
    .raw`${START}import\s*(?:(?:(\w+)|\{([^}]*)\})\s*from\s*)?"(\.[^"]+)";?`,
  "g",
);
const EXPORT_FROM = new RegExp(
  String.raw`${START}export\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)";?`,
  "g",
);
const EXPORT_LIST = new RegExp(
  String.raw`${START}export\s*\{([^}]*)\};?`,
  "g",
);
const EXPORT_DECLARED = new RegExp(
  String.raw`${START}export\s+((?:async\s+)?function|class|const)\s+(\w+)`,
  "g",
);
const EXPORT_DEFAULT = new RegExp(String.raw`${START}export\s+default\s`, "g");

/**
 * Links the modules that a page begins with: the file evaluates them, the entries
 * last. `import("…")` of a module that is not among them gets the file that
 * `later` has for it, a path beside this one, as {@linkcode linkLater} made it.
 */
export function linkFirst(
  modules: Modules,
  { entries, later }: {
    entries: readonly string[];
    later: Readonly<Record<string, string>>;
  },
): string {
  const evaluations = order(modules, entries).map((path) =>
    // The first ones may wait for others.
    `${MODULES}["${path}"] = await (async () => {${bodyOf(modules, path)}})();`
  );
  return `const ${MODULES} = {};
const files = ${JSON.stringify(later)};
const ${LOAD} = async (from, name) => {
const path = new URL(name, "http://x/" + from).pathname.slice(1);
if (!(path in ${MODULES})) {
(await import("./" + files[path])).default(${MODULES}, ${LOAD});
}
return ${MODULES}[path];
};
${evaluations.join("\n")}
`;
}

/** Links modules that are loaded when they are first asked for; those of `first` are there. */
export function linkLater(
  modules: Modules,
  { entries, first }: {
    entries: readonly string[];
    /** Entries of {@linkcode linkFirst}. */
    first: readonly string[];
  },
): string {
  const there = new Set(order(modules, first));
  const evaluations = order(modules, entries)
    .filter((path) => !there.has(path))
    .map((path) =>
      `${MODULES}["${path}"] ??= (() => {${bodyOf(modules, path)}})();`
    );
  return `export default (${MODULES}, ${LOAD}) => {\n${
    evaluations.join("\n")
  }\n};\n`;
}

/** Paths of modules and all that they import, each behind what it imports. */
function order(modules: Modules, entries: readonly string[]): string[] {
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]) => {
    if (done.has(path)) return;
    if (above.includes(path)) {
      throw new Error(`modules import each other: ${above.join()}, ${path}`);
    }
    for (const name of importsOf(modules, path)) visit(name, [...above, path]);
    done.add(path);
  };
  for (const path of entries) visit(path, []);
  return [...done];
}

function importsOf(modules: Modules, path: string): string[] {
  const text = textOf(modules, path);
  return [...text.matchAll(IMPORT), ...text.matchAll(EXPORT_FROM)]
    .map((match) => pathOf(path, match.at(-1)!));
}

/** What the function of a module holds: it returns what the module exports. */
function bodyOf(modules: Modules, path: string): string {
  const returned: string[] = [];
  const of = (name: string) => `${MODULES}["${pathOf(path, name)}"]`;
  const body = textOf(modules, path)
    .replaceAll(EXPORT_FROM, (_, list, name) => {
      for (const [inner, outer] of pairs(list)) {
        returned.push(`${outer}: ${of(name)}.${inner}`);
      }
      return "";
    })
    .replaceAll(IMPORT, (_, single, list, name) => {
      if (single !== undefined) {
        return `const {default: ${single}} = ${of(name)};`;
      }
      if (list === undefined) return "";
      const names = pairs(list).map(([outer, inner]) => `${outer}: ${inner}`);
      return `const {${names}} = ${of(name)};`;
    })
    .replaceAll(EXPORT_LIST, (_, list) => {
      for (const [inner, outer] of pairs(list)) {
        returned.push(`${outer}: ${inner}`);
      }
      return "";
    })
    .replaceAll(EXPORT_DECLARED, (_, kind, name) => {
      returned.push(name);
      return `${kind} ${name}`;
    })
    .replaceAll(EXPORT_DEFAULT, () => {
      returned.push("default: defaultExport");
      return "const defaultExport = ";
    })
    .replaceAll(/\bimport\(/g, `${LOAD}("${path}", `);
  return `${body}\nreturn {${returned}};`;
}

/** Names of "a, b as c", each before and behind its "as". */
function pairs(list: string): [string, string][] {
  return list.split(",").map((each) => each.trim()).filter(Boolean)
    .map((each) => {
      const [before = "", behind = before] = each.split(/\s+as\s+/);
      return [before, behind];
    });
}

function textOf(modules: Modules, path: string): string {
  const text = modules.get(path);
  if (text === undefined) throw new Error(`there is no module ${path}`);
  return text;
}

function pathOf(from: string, name: string): string {
  return posix.join(posix.dirname(from), name);
}
