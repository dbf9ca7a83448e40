import { assertEquals } from "@std/assert";
import { commandsOf, isPrinted } from "./page_blocks.ts";

Deno.test("commandsOf() finds the commands of a page and what they print", () => {
  const page = `# A page
\`\`\`console
$ lars get-host 1 1
10.0.0.1:80
$ lars route list \\
    --json   # as JSON
\`\`\`
<!-- not run: takes an hour -->
\`\`\`sh
deno task bench soak
\`\`\`
\`\`\`sh
# a remark
deno task lars --help
\`\`\`
\`\`\`ts
await client.getHost(1, 1);
\`\`\`
`;
  assertEquals(commandsOf("a.md", page), [
    {
      page: "a.md",
      line: 3,
      command: "lars get-host 1 1",
      output: ["10.0.0.1:80"],
    },
    {
      page: "a.md",
      line: 5,
      command: "lars route list --json",
      output: undefined,
    },
    {
      page: "a.md",
      line: 14,
      command: "deno task lars --help",
      output: undefined,
    },
  ]);
});

Deno.test("isPrinted() takes other numbers, cut lines and left out lines, and nothing else", () => {
  const table: [shown: string[], printed: string[], same: boolean][] = [
    [["12 calls, p99 0.4 ms"], ["9,812 calls, p99 12.5 ms"], true],
    [["12 calls"], ["12 picks"], false],
    [["policy adaptive", "…"], ["policy adaptive", "a", "b"], true],
    [["a", "…", "z"], ["a", "b", "c", "z"], true],
    [["a", "…", "z"], ["a", "b", "c"], false],
    [["Serving for …"], ["Serving for 3 s: 0 of 12"], true],
    [['"…/conf" names a store'], ['"/tmp/x/conf" names a store'], true],
    [['"…/conf" names a store'], ['"/tmp/x/conf" names no store'], false],
    [["a"], ["a", "b"], false],
    [["a", "b"], ["a"], false],
    [[], [], true],
  ];
  for (const [shown, printed, same] of table) {
    assertEquals(isPrinted(shown, printed), same, `${shown} ~ ${printed}`);
  }
});
