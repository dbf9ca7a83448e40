/**
 * Pages that are written from other files.
 *
 * @module
 */
import { print, printError } from "../net/client.ts";

/**
 * Writes a page of Markdown, YAML or JSON, formatted; with `--check` among `args` writes nothing.
 *
 * @returns The exit code: 0, or 1 if a checked page is stale, or 64 for other arguments.
 */
export async function generatePage(
  path: string,
  { text, args }: { text: string; args: readonly string[] },
): Promise<number> {
  if (args.some((arg) => arg !== "--check")) {
    printError("Usage: deno task generate [--check]");
    return 64;
  }
  const file = new URL(`../${path}`, import.meta.url);
  const page = await format(path, text);
  if (!args.includes("--check")) {
    await Deno.writeTextFile(file, page);
    print(`Wrote ${path}`);
    return 0;
  }
  if (await Deno.readTextFile(file).catch(() => "") === page) return 0;
  printError(`${path} is stale: run "deno task generate"`);
  return 1;
}

/** The text as `deno fmt` writes it into a file of that name. */
async function format(path: string, text: string): Promise<string> {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  await using fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--ext=${extension}`, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await fmt.output();
  if (!success) throw new Error("Cannot format a page");
  return new TextDecoder().decode(stdout);
}
