import { assertEquals, assertThrows } from "@std/assert";
import { reference, withReference } from "./cli_reference.ts";

Deno.test("api/cli/README.md has the reference that the command itself gives", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "tasks/cli_reference.ts", "--check"],
    cwd: new URL("..", import.meta.url),
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("reference() describes every command once, each with an example", () => {
  const commands = reference().split(/^### /m)
    .filter((section) => section.includes("```sh\ndeno task lars "));
  const titles = commands.map((section) => section.split("\n")[0]!);
  assertEquals(titles.slice(0, 3), ["get-host", "get-route", "report"]);
  assertEquals(titles.includes("route policy"), true);
  assertEquals(new Set(titles).size, titles.length);
});

Deno.test("withReference() changes what stands between the marks, and nothing else", () => {
  const begin =
    "<!-- begin: written by tasks/cli_reference.ts, do not edit -->";
  const page = `a\n${begin}\nold\n<!-- end -->\nz\n`;
  assertEquals(
    withReference(page, "new"),
    `a\n${begin}\n\nnew\n\n<!-- end -->\nz\n`,
  );
  assertThrows(() => withReference("no marks", "new"), Error, "lacks");
});
