/**
 * Generates proto/generated/lars.js and proto/generated/lars.d.ts from proto/lars.proto.
 *
 * `deno task generate` writes them; `deno task generate --check` writes nothing and
 * exits 1 when the checked-in files are not what would be written.
 *
 * @module
 */
import { print, printError } from "../net/client.ts";
const CLI = "protobufjs-cli@2.7.1";

/** Least code: what Lars needs of a message is encode() and decode(). */
const PBJS_OPTIONS = [
  ["-t", "static-module"],
  ["-w", "esm"],
  ["--keep-case"], // The wire spells fields with_state and duration_us
  ["--force-number"],
  ["--no-verify", "--no-convert", "--no-delimited", "--no-create"],
  ["--no-service", "--no-typeurl"],
].flat();

const NOTE =
  '// Generated from lars.proto by "deno task generate": do not edit.\n';

const protoUrl = new URL("../proto/", import.meta.url);

/** The folder of the files that are written. */
const generatedUrl = new URL("generated/", protoUrl);

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  if (args.some((arg) => arg !== "--check")) {
    printError("Usage: deno run -A tasks/proto.ts [--check]");
    return 64;
  }
  const files = await generate();
  if (args.includes("--check")) return await check(files);
  for (const [name, text] of files) {
    await Deno.writeTextFile(new URL(name, generatedUrl), text);
    print(`Wrote proto/generated/${name}`);
  }
  return 0;
}

async function check(files: Map<string, string>): Promise<number> {
  let stale = 0;
  for (const [name, text] of files) {
    if (await read(new URL(name, generatedUrl)) === text) continue;
    printError(`proto/generated/${name} is stale: run "deno task generate"`);
    stale += 1;
  }
  return stale > 0 ? 1 : 0;
}

async function read(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The generated files by name. */
async function generate(): Promise<Map<string, string>> {
  // pbts runs jsdoc, which looks for its modules in a node_modules folder: a
  // temporary project has one, and this one needs none.
  const folder = await Deno.makeTempDir({ prefix: "lars-proto-" });
  try {
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({
        nodeModulesDir: "auto",
        imports: { "protobufjs-cli": `npm:${CLI}` },
      }),
    );
    await Deno.copyFile(
      new URL("lars.proto", protoUrl),
      `${folder}/lars.proto`,
    );
    await deno(folder, ["install", "--quiet"]);
    const run = ["run", "--allow-all", "--quiet"];
    await deno(folder, [
      ...[...run, `npm:${CLI}/pbjs`, ...PBJS_OPTIONS],
      ...["-o", "lars.js", "lars.proto"],
    ]);
    await deno(folder, [
      ...[...run, `npm:${CLI}/pbts`, "-o", "lars.d.ts", "lars.js"],
    ]);
    return new Map([
      ["lars.js", finishCode(await Deno.readTextFile(`${folder}/lars.js`))],
      [
        "lars.d.ts",
        finishTypes(await Deno.readTextFile(`${folder}/lars.d.ts`)),
      ],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** @throws {Error} If Deno exits with anything but 0; the message holds what it printed. */
async function deno(folder: string, args: string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  if (code === 0) return;
  const decoder = new TextDecoder();
  throw new Error(
    `Cannot generate code as "deno ${args.join(" ")}" exited with ${code}: ${
      decoder.decode(stdout) + decoder.decode(stderr)
    }`,
  );
}

/** Without comments, which the types have too, and V8 would keep in each thread. */
function finishCode(code: string): string {
  const short = code
    .replace(/^ *\/\*\*\n( +\*.*\n)+/gm, "")
    .replace(/\n{2,}/g, "\n\n");
  return `// @ts-self-types="./lars.d.ts"\n${NOTE}${short}`;
}

function finishTypes(types: string): string {
  return NOTE + types
    // With --force-number nothing uses it, and a module cannot require().
    .replace('import Long = require("long");\n', "")
    .replace(
      /^( +)namespace (\w+) \{/gm,
      "$1/** Shapes of $2. */\n$1namespace $2 {",
    );
}
