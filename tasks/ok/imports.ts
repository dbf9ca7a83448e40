/**
 * The import graph, as `deno info --json` sees it: type imports, dynamic imports
 * and re-exports included.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { ROOT } from "./source_files.ts";

/** One import: what imports what. */
export interface Import {
  /** Path from the repository's root. */
  from: string;
  /** Path from the repository's root, or the name of a package such as "zod". */
  to: string;
  isDynamic: boolean;
}

interface DenoInfo {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: {
      specifier: string;
      code?: { specifier?: string };
      type?: { specifier?: string };
      isDynamic?: boolean;
    }[];
  }[];
}

/** Every import of the given TypeScript files. @throws {Error} If the graph cannot be read. */
export async function readImports(paths: readonly string[]): Promise<Import[]> {
  const root = pathToFileURL(ROOT).href;
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      paths.map((path) => `import "${root}${path}";\n`).join(""),
    );
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `--config=${ROOT}deno.json`, entry],
    }).output();
    const decoder = new TextDecoder();
    if (code !== 0) {
      throw new Error(`Cannot read imports: ${decoder.decode(stderr)}`);
    }
    const info: DenoInfo = JSON.parse(decoder.decode(stdout));
    const relative = (specifier: string) =>
      specifier.startsWith(root) ? specifier.slice(root.length) : specifier;
    return info.modules
      .filter(({ specifier }) => specifier.startsWith(root))
      .flatMap(({ specifier, dependencies = [] }) =>
        dependencies.map((each): Import => ({
          from: relative(specifier),
          to: each.specifier.startsWith(".")
            ? relative(each.code?.specifier ?? each.type?.specifier ?? "")
            : each.specifier,
          isDynamic: each.isDynamic ?? false,
        }))
      );
  } finally {
    await Deno.remove(entry);
  }
}
