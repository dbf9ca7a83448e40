/**
 * `deno task package:npm [OUTPUT]`: packs the client library and its
 * integrations for npm, into the folder OUTPUT (default dist).
 *
 * The package has the modules that {@linkcode ENTRIES} load, as JavaScript with
 * types; services, command and embedded client are Deno's.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { print, printError } from "../net/client.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the package exports, of that which deno.json does. */
const ENTRIES = [
  ".",
  "./connect",
  "./fetch",
  "./grpc",
  "./otel",
  "./undici",
];

/** Other files in it, by where they are in the repository. */
const PAGES = { "README.md": "api/npm/README.md", LICENSE: "LICENSE" };

/** What deno.json does not say of the package. */
const DESCRIPTION = {
  description:
    "Which host shall I call? Client of Lars, a service discovery and load balancing system",
  keywords: ["service discovery", "load balancing"],
  engines: { node: ">=22", bun: ">=1.2", deno: ">=2.4" },
  sideEffects: false,
};

interface Configuration {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** A module as `deno info --json` lists it. */
interface Module {
  kind: string;
  specifier: string;
  npmPackage?: string;
}

/** Packs into the folder `output`; returns the path of the package. */
export async function packNpm(output: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "lars-npm-" });
  try {
    await stage(`${folder}/source`);
    await run(
      `${folder}/source`,
      Deno.execPath(),
      ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "-o=a.tgz"],
    );
    await run(`${folder}/source`, "tar", ["-xzf", "a.tgz", "-C", folder]);
    const target = `${folder}/package`;
    for (const [name, path] of Object.entries(PAGES)) {
      await Deno.copyFile(`${ROOT}${path}`, `${target}/${name}`);
    }
    const manifest = JSON.parse(
      await Deno.readTextFile(`${target}/package.json`),
    );
    await writeJson(`${target}/package.json`, { ...manifest, ...DESCRIPTION });
    await Deno.mkdir(output, { recursive: true });
    const to = await Deno.realPath(output);
    // Its files have one date, so that the same sources make the same bytes.
    const args = ["pack", "--silent", `--pack-destination=${to}`];
    return `${to}/${(await run(target, "npm", args)).trim()}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Copies what is to be packed into a folder, with a deno.json of its own. */
async function stage(folder: string): Promise<void> {
  const { name, version, license, exports, imports }: Configuration = JSON
    .parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const entries = Object.fromEntries(
    ENTRIES.map((entry) => [entry, exports[entry]!]),
  );
  const packages = new Set<string>();
  for (const path of Object.values(entries)) {
    for (const { kind, specifier, npmPackage } of await modulesOf(path)) {
      if (npmPackage !== undefined) packages.add(`npm:${npmPackage}`);
      if (kind !== "esm") continue;
      const file = fileURLToPath(specifier).slice(ROOT.length);
      const target = `${folder}/${file}`;
      await Deno.mkdir(new URL(".", `file://${target}`), { recursive: true });
      await Deno.copyFile(`${ROOT}${file}`, target);
    }
  }
  const used = Object.entries(imports)
    .filter(([, specifier]) => packages.has(specifier));
  await writeJson(`${folder}/deno.json`, {
    name,
    version,
    license,
    exports: entries,
    imports: Object.fromEntries(used),
  });
}

/** Every module that an entry loads, itself among them. */
async function modulesOf(path: string): Promise<Module[]> {
  const json = await run(ROOT, Deno.execPath(), ["info", "--json", path]);
  return JSON.parse(json).modules;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What a command prints. @throws {Error} If it fails, with its last lines. */
async function run(
  cwd: string,
  program: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const reason = new TextDecoder().decode(stderr).trim().slice(-1_000);
  throw new Error(`Cannot pack as ${program} ${args[0]} failed: ${reason}`);
}

if (import.meta.main) {
  const [output = "dist"] = Deno.args;
  if (Deno.args.length > 1 || output.startsWith("-")) {
    printError("usage: deno task package:npm [OUTPUT]");
    Deno.exit(2);
  }
  print(await packNpm(output));
}
