/**
 * mysql2 reads the environment when it is loaded, and Deno then asks a person at
 * a terminal: it must be loaded only where a MySQL store is configured.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { ROOT } from "../../tasks/local/services.ts";
import { runDeno } from "../support/processes.ts";

/** Folders that have entry files of programs. */
const FOLDERS = ["agent", "api", "dns", "reporter", "web"];

/** What else must run without mysql2: a library, and tasks that people run. */
const ENTRIES = [
  "store/mod.ts",
  "api/mod.ts",
  "tasks/start.ts",
  "tasks/demo.ts",
  "tasks/schema.ts",
  "tasks/sim.ts",
];

interface Module {
  specifier: string;
  dependencies?: {
    code?: { specifier?: string };
    isDynamic?: boolean;
  }[];
}

/** The static imports from `entry` to mysql2, or undefined if there is no such chain. */
async function findMysql(entry: string): Promise<string[] | undefined> {
  const { code, stdout, stderr } = await runDeno(["info", "--json", entry]);
  assertEquals(code, 0, stderr);
  const modules: Module[] = JSON.parse(stdout).modules;
  const bySpecifier = new Map(modules.map((each) => [each.specifier, each]));
  const chains = [[
    modules.find(({ specifier }) => specifier.endsWith(`/${entry}`))!.specifier,
  ]];
  const seen = new Set<string>();
  for (const chain of chains) {
    const last = chain.at(-1)!;
    if (/^npm:\/?mysql2@/.test(last)) return chain;
    if (seen.has(last)) continue;
    seen.add(last);
    for (
      const { code, isDynamic } of bySpecifier.get(last)?.dependencies ?? []
    ) {
      // Type imports have no code.
      if (code?.specifier === undefined || isDynamic) continue;
      chains.push([...chain, code.specifier]);
    }
  }
  assertGreater(seen.size, 1, entry);
  return undefined;
}

async function* mainFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
    if (isDirectory) yield* mainFiles(`${folder}/${name}`);
    if (name === "main.ts") yield `${folder}/${name}`;
  }
}

Deno.test("no entry file imports mysql2 statically", async () => {
  const entries = [...ENTRIES];
  for (const folder of FOLDERS) {
    try {
      entries.push(...await Array.fromAsync(mainFiles(folder)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  assertGreater(entries.length, ENTRIES.length + 3);
  for (const entry of entries) {
    assertEquals(await findMysql(entry), undefined, entry);
  }
});

Deno.test("the search for mysql2 finds a static import of it", async () => {
  const chain = await findMysql("store/mysql/route_store.ts") ?? [];
  assertEquals(chain.at(-1)?.includes("mysql2@"), true, chain.join(" -> "));
});
