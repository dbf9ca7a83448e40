import { assertEquals } from "@std/assert";
import { findCopies, SHARED_LINES_MAX } from "./copies.ts";
import {
  findDeadLinks,
  findForeignCitations,
  findLongReadme,
  README_LINES_MAX,
} from "./pages.ts";

Deno.test("findDeadLinks() follows links, images and paths in code spans", () => {
  const text = `[a](../dns/main.ts#L1) ![b](b.svg) [c](https://deno.com)
\`agent/main.ts\` \`agent/gone.ts\` [d](gone.md) [e](../dns)`;
  assertEquals(
    findDeadLinks([{ path: "net/README.md", text }], [
      "dns/main.ts",
      "net/b.svg",
      "agent/main.ts",
      "net/README.md",
    ]),
    [
      "net/README.md cites gone.md: there is no such file",
      "net/README.md cites agent/gone.ts: there is no such file",
    ],
  );
});

Deno.test("findForeignCitations() finds texts and numbers that are not here", () => {
  const cited = (path: string, text: string) =>
    findForeignCitations([{ path, text }]).length;
  assertEquals(cited("net/a.ts", "// see wire.md"), 1);
  assertEquals(cited("net/a.ts", "// (lars_rule.md, Tables), design.md"), 2);
  assertEquals(cited("net/a.ts", "// as issue 5 asks"), 1);
  assertEquals(cited("net/a.ts", "// ../shared/x"), 1);
  assertEquals(cited("tests/wire/a.ts", "// from wire.md"), 0);
  assertEquals(cited("net/a.ts", "// denoland/deno#14006, README.md"), 0);
});

Deno.test("findLongReadme() takes as many lines as it says", () => {
  const readme = (lines: number) => [{
    path: "README.md",
    text: "line\n".repeat(lines),
  }];
  assertEquals(findLongReadme(readme(README_LINES_MAX)), []);
  assertEquals(findLongReadme(readme(README_LINES_MAX + 1)).length, 1);
});

Deno.test("findCopies() finds lines that two files share, whatever stands around them", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `call(${index});`).join("\n");
  const file = (path: string, count: number, first: string) => ({
    path,
    text: `import { a } from "./a.ts";\n${first}\n\n// why\n${lines(count)}\n`,
  });
  const long = SHARED_LINES_MAX + 1;
  assertEquals(
    findCopies([file("a.ts", long, "one();"), file("b.ts", long, "two();")]),
    ["a.ts:5 and b.ts:5 share more than 12 lines in a row"],
  );
  assertEquals(
    findCopies([
      file("a.ts", long - 1, "one();"),
      file("b.ts", long - 1, "two();"),
    ]),
    [],
  );
});
