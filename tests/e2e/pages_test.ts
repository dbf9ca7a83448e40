/**
 * Runs what the pages tell people to type: every command of their `console` and
 * `sh` blocks, in a terminal, in a fresh copy of the repository with empty
 * caches, while the README's first command runs.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ROOT } from "../../tasks/local/services.ts";
import {
  commandsOf,
  isPrinted,
  type PageCommand,
} from "../support/page_blocks.ts";
import { FreshClone } from "../support/terminal.ts";

const START = "deno task start";
const STARTED = /Ctrl-C stops everything/;

/** Commands of which the suite that runs this test is a part. */
const AROUND = ["deno task test", "deno task ok"];

Deno.test({
  name:
    "every command of the pages runs as printed, on a terminal, and never asks for a permission",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const commands = await readCommands();
    assertEquals(commands.some(({ command }) => command === START), true);
    await using clone = await FreshClone.make();
    await clone.start(START, STARTED);
    const failures: string[] = [];
    for (const each of commands) {
      if (each.command === START || AROUND.includes(each.command)) continue;
      const { code, lines } = await clone.run(each.command);
      const { page, line, command, output } = each;
      if (output === undefined ? code === 0 : isPrinted(output, lines)) {
        continue;
      }
      failures.push(
        `${page}:${line}: $ ${command}\nended with ${code} and printed\n${
          lines.join("\n")
        }\n${output === undefined ? "" : `not\n${output.join("\n")}\n`}`,
      );
    }
    assertEquals(failures.join("\n"), "");
  },
});

/** The commands of all pages, those of README.md first. */
async function readCommands(): Promise<PageCommand[]> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd: ROOT,
  }).output();
  const pages = new TextDecoder().decode(stdout).trim().split("\n");
  pages.sort((a, b) =>
    Number(b === "README.md") - Number(a === "README.md") || (a < b ? -1 : 1)
  );
  const commands = [];
  for (const page of pages) {
    const text = await Deno.readTextFile(ROOT + page).catch(() => "");
    commands.push(...commandsOf(page, text));
  }
  return commands;
}
