import { assertEquals } from "@std/assert";
import { findBreaches, FOLDERS, type SourceFile } from "./arrows.ts";

const root = new URL("../", import.meta.url);

/** Made at run time or by tools; git ignores them. */
const IGNORED = ["data", "dist", "node_modules"];

Deno.test("the repository has no folders but those of design.md", () => {
  const folders = [...Deno.readDirSync(root)]
    .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("."))
    .map(({ name }) => name);
  const unknown = folders.filter((name) =>
    !FOLDERS.includes(name) && !IGNORED.includes(name)
  );
  assertEquals(unknown, []);
});

Deno.test("no file breaks the import arrows of design.md", () => {
  const files = FOLDERS.flatMap((folder) => [...readSources(folder)]);
  // Were the walk broken, nothing would be found wrong.
  assertEquals(files.some(({ path }) => path === "proto/frame.ts"), true);
  assertEquals(findBreaches(files), []);
});

Deno.test("findBreaches() names the file and the import", () => {
  const table: [path: string, text: string, breaches: string[]][] = [
    ["proto/a.ts", 'import { b } from "./b.ts";', []],
    ["dns/a.ts", 'import { b } from "../store/mod.ts";', []],
    ["dns/a.ts", 'import { b } from "../agent/mod.ts";', [
      'dns/a.ts imports "../agent/mod.ts": dns/ must not import agent/',
    ]],
    ["proto/a.ts", "import type { B } from '../net/mod.ts';", [
      'proto/a.ts imports "../net/mod.ts": proto/ must not import net/',
    ]],
    ["net/a.ts", 'export * from "../store/mod.ts";', [
      'net/a.ts imports "../store/mod.ts": net/ must not import store/',
    ]],
    ["net/a.ts", 'export {\n  b,\n}\nfrom\n  "../store/mod.ts";', [
      'net/a.ts imports "../store/mod.ts": net/ must not import store/',
    ]],
    ["net/a.ts", 'import "../store/mod.ts";', [
      'net/a.ts imports "../store/mod.ts": net/ must not import store/',
    ]],
    ["web/a.ts", 'const b = await import(\n"../dns/mod.ts");', [
      'web/a.ts imports "../dns/mod.ts": web/ must not import dns/',
    ]],
    ["api/a.ts", 'new Worker(new URL("../agent/w.ts", import.meta.url))', [
      'api/a.ts imports "../agent/w.ts": api/ must not import agent/',
    ]],
    ["dns/a.ts", 'import { b } from "../net/clock.ts";', [
      'dns/a.ts imports "../net/clock.ts": other folders import net/mod.ts only',
    ]],
    [
      "dns/a_test.ts",
      'import { b } from "../net/testing/virtual_clock.ts";',
      [],
    ],
    ["dns/a_test.ts", 'import { b } from "../agent/mod.ts";', [
      'dns/a_test.ts imports "../agent/mod.ts": dns/ must not import agent/',
    ]],
    ["dns/a.ts", 'import { b } from "../tests/b.ts";', [
      'dns/a.ts imports "../tests/b.ts": dns/ must not import tests/',
    ]],
    ["conf/a.ts", 'import { b } from "../tasks/b.ts";', [
      'conf/a.ts imports "../tasks/b.ts": conf/ must not import tasks/',
    ]],
    ["tasks/a.ts", 'import "../dns/b.ts"; Date.now();', []],
    ["tests/a.ts", 'import "../tasks/b.ts"; setTimeout(f);', []],
    ["dns/main.ts", 'import { b } from "../conf/mod.ts";', []],
    ["dns/dns.ts", 'import { b } from "../conf/mod.ts";', [
      'dns/dns.ts imports "../conf/mod.ts": dns/ must not import conf/',
    ]],
    ["api/cli/a.ts", 'import "../../conf/mod.ts"; import "../client.ts";', []],
    ["api/cli/a.ts", 'import { b } from "../../store/mod.ts";', []],
    ["api/cli/a.ts", 'import { b } from "../../dns/mod.ts";', [
      'api/cli/a.ts imports "../../dns/mod.ts": api/ must not import dns/',
    ]],
    ["api/a.ts", 'import { b } from "../store/mod.ts";', [
      'api/a.ts imports "../store/mod.ts": api/ must not import store/',
    ]],
    ["api/embedded/client.ts", 'import { b } from "../agent/mod.ts";', []],
    ["api/client.ts", 'import { b } from "../agent/mod.ts";', [
      'api/client.ts imports "../agent/mod.ts": api/ must not import agent/',
    ]],
    ["dns/a.ts", 'import { assert } from "@std/assert";', [
      'dns/a.ts imports "@std/assert": only test files may',
    ]],
    ["dns/a_test.ts", 'import { assert } from "@std/assert";', []],
    ["dns/a_rig.ts", 'import { assert } from "@std/assert";', []],
    ["dns/fake_a.ts", 'import { b } from "../store/memory/store.ts";', []],
    ["util/a.ts", "", [
      `util/a.ts must be in one of the folders ${FOLDERS.join(", ")}`,
    ]],
    ["a.ts", "", [
      `a.ts must be in one of the folders ${FOLDERS.join(", ")}`,
    ]],
  ];
  for (const [path, text, breaches] of table) {
    assertEquals(findBreaches([{ path, text }]), breaches, `${path}: ${text}`);
  }
});

Deno.test("findBreaches() finds sockets, clocks and randomness outside net/ and main.ts", () => {
  const names = [
    "Deno.listen",
    "Deno.connect",
    "Deno.listenDatagram",
    "Date.now",
    "performance.now",
    "setTimeout",
    "setInterval",
    "Math.random",
  ];
  for (const name of names) {
    const text = `const a = ${name}();`;
    assertEquals(findBreaches([{ path: "agent/a.ts", text }]), [
      `agent/a.ts uses ${name}: only net/ and main.ts files may`,
    ]);
    for (const path of ["net/a.ts", "agent/main.ts", "tasks/a.ts"]) {
      assertEquals(findBreaches([{ path, text }]), []);
    }
  }
});

Deno.test("findBreaches() passes over comments and strings, not over what follows", () => {
  const breach = ["dns/a.ts uses Math.random: only net/ and main.ts files may"];
  const table: [text: string, breaches: string[]][] = [
    ["// Math.random()", []],
    ["/**\n * Math.random()\n */", []],
    ['/** import { a } from "../agent/mod.ts"; */', []],
    ['const a = "Math.random()";', []],
    ['const a = "http://b"; Math.random();', breach],
    ["const a = `http://${b}`; Math.random();", breach],
    ["const a = `${Math.random()}`;", breach],
    ["/* a */ Math.random(); /* b */", breach],
    ["const a = '\"'; Math.random(); // '", breach],
  ];
  for (const [text, breaches] of table) {
    assertEquals(findBreaches([{ path: "dns/a.ts", text }]), breaches, text);
  }
});

function* readSources(folder: string): Generator<SourceFile> {
  let entries;
  try {
    entries = [...Deno.readDirSync(new URL(`${folder}/`, root))];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const { name, isDirectory } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      yield* readSources(path);
    } else if (/\.tsx?$/.test(name) && !name.endsWith(".d.ts")) {
      yield { path, text: Deno.readTextFileSync(new URL(path, root)) };
    }
  }
}
