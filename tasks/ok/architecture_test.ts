import { assertEquals } from "@std/assert";
import {
  findCircles,
  findWrongFolders,
  findWrongImports,
} from "./architecture.ts";
import type { Import } from "./imports.ts";
import { readImports } from "./imports.ts";

/** "dns/a.ts -> store/mod.ts" as an import. */
function importOf(text: string): Import {
  const [from = "", to = ""] = text.split(" -> ");
  return { from, to, isDynamic: false };
}

Deno.test("findWrongImports() holds the arrows between folders", () => {
  const table: [text: string, reason: string | undefined][] = [
    ["proto/a.ts -> proto/messages/b.ts", undefined],
    ["dns/a.ts -> store/mod.ts", undefined],
    ["dns/a.ts -> agent/mod.ts", "dns/ must not import agent/"],
    ["proto/a.ts -> net/mod.ts", "proto/ must not import net/"],
    ["conf/a.ts -> proto/mod.ts", undefined],
    ["conf/a.ts -> net/mod.ts", "conf/ must not import net/"],
    ["dns/a.ts -> net/clock.ts", "other folders import net/mod.ts only"],
    ["api/client.ts -> net/client.ts", undefined],
    ["api/client.ts -> agent/mod.ts", "api/ must not import agent/"],
    ["api/embedded/a.ts -> agent/mod.ts", undefined],
    ["api/client.ts -> conf/mod.ts", "api/ must not import conf/"],
    ["api/cli/a.ts -> conf/mod.ts", undefined],
    ["api/cli/commands/a.ts -> store/mod.ts", undefined],
    ["dns/main.ts -> conf/mod.ts", undefined],
    ["agent/service.ts -> conf/mod.ts", undefined],
    ["agent/shard/a.ts -> net/udp/worker.ts", undefined],
    ["dns/a.ts -> net/testing/virtual_clock.ts", "only tests may"],
    ["dns/a_test.ts -> net/testing/virtual_clock.ts", undefined],
    ["dns/testing/a.ts -> net/testing/virtual_clock.ts", undefined],
    ["dns/a.ts -> tests/support/wait.ts", "dns/ must not import tests/"],
    ["dns/a.ts -> tasks/start.ts", "dns/ must not import tasks/"],
    ["tests/e2e/a_test.ts -> tasks/local/services.ts", undefined],
    [
      "tests/e2e/a_test.ts -> tasks/demo.ts",
      "tests/ may import tasks/local/ only",
    ],
    ["tasks/bench/a.ts -> tests/judge/mod.ts", undefined],
    ["net/a.ts -> zod", undefined],
    ["net/a.ts -> @std/assert", "only tests may"],
    ["net/a.ts -> fast-check", "only tests may"],
    ["net/a_test.ts -> fast-check", undefined],
  ];
  for (const [text, reason] of table) {
    const found = findWrongImports([importOf(text)]);
    const { from, to } = importOf(text);
    const expected = reason === undefined
      ? []
      : [`${from} imports ${to}: ${reason}`];
    assertEquals(found, expected, text);
  }
});

Deno.test("findCircles() names the files of a circle, and no others", () => {
  const imports = [
    "a.ts -> b.ts",
    "b.ts -> c.ts",
    "c.ts -> b.ts",
    "c.ts -> d.ts",
    "a.ts -> d.ts",
  ].map(importOf);
  assertEquals(findCircles(imports), [
    "circle of imports: b.ts -> c.ts -> b.ts",
  ]);
  assertEquals(findCircles(imports.toSpliced(2, 1)), []);
});

Deno.test("findWrongFolders() counts files, prefixes and top folders", () => {
  const many = Array.from({ length: 26 }, (_, index) => `net/${index}x.ts`);
  assertEquals(findWrongFolders(many), ["net/ has 26 files: at most 25"]);
  assertEquals(findWrongFolders(many.slice(1)), []);
  assertEquals(
    findWrongFolders(["a", "b", "c", "d"].map((end) => `net/tcp_${end}.ts`)),
    ['net/ has 4 files that begin with "tcp": make them a folder'],
  );
  assertEquals(
    findWrongFolders([
      "net/tcp.ts",
      "net/tcp_a_test.ts",
      "net/tcp_b.ts",
      "net/tcp_c.ts",
    ]),
    [],
  );
  assertEquals(findWrongFolders(["lib/a.ts"]).length, 1);
  assertEquals(findWrongFolders(["README.md", ".ci/run"]), []);
});

Deno.test("readImports() sees types, dynamic imports and re-exports", async () => {
  const imports = await readImports(["agent/main.ts", "net/mod.ts"]);
  const found = imports.map(({ from, to }) => `${from} -> ${to}`);
  for (
    const expected of [
      "agent/main.ts -> agent/service.ts",
      "agent/main.ts -> net/udp/worker.ts",
      "agent/service.ts -> conf/mod.ts",
      "net/mod.ts -> net/log.ts",
    ]
  ) assertEquals(found.includes(expected), true, expected);
});
