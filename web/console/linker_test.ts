import { assertEquals, assertThrows } from "@std/assert";
import { linkFirst, linkLater } from "./linker.ts";

/** What each module does while it is evaluated is in `seen`. */
const MODULES = new Map(Object.entries({
  "a/main.js": `
import start from "./page.js";
import { name as first, Kind } from "./page.js";
import "./side.js";
export { later };
const later = async (name) => (await import(\`./\${name}.js\`)).default;
seen.push(first, new Kind().text, start());
seen.push(await later("late"));
`,
  "a/page.js": `
import {
  text,
} from "../lib.js";
export { text as again } from "../lib.js";
export const name = "page";
export class Kind {
  text = text;
}
export default () => "start";
seen.push("page is evaluated");
`,
  "a/side.js": `seen.push("side");`,
  "a/late.js": `
import { count } from "./state.js";
import { again } from "./page.js";
export default again + count();
`,
  "a/state.js":
    `let calls = 0;\nexport function count() { return calls += 1; }`,
  // As minifiers write it.
  "lib.js":
    `import{count as e}from"./a/state.js";const t="lib",m={},load=0;class u{static a="export{x}"}export{t as text,u as U};`,
}));

/** Runs linked files as a browser would, and returns what their modules have seen. */
async function run(first: string, files: Record<string, string>) {
  const seen: unknown[] = [];
  (globalThis as Record<string, unknown>).seen = seen;
  const folder = await Deno.makeTempDir({ prefix: "lars-linked-" });
  try {
    for (
      const [name, text] of Object.entries({ ...files, "first.js": first })
    ) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await import(`file://${folder}/first.js`);
    return seen;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("linked modules are evaluated once, each behind what it imports, and later ones when they are asked for", async () => {
  const entries = ["a/main.js"];
  const first = linkFirst(MODULES, {
    entries,
    later: { "a/late.js": "late.js" },
  });
  const late = linkLater(MODULES, { entries: ["a/late.js"], first: entries });
  assertEquals(await run(first, { "late.js": late }), [
    "page is evaluated",
    "side",
    "page",
    "lib",
    "start",
    "lib1",
  ]);
  // What the first file has, no other has again.
  assertEquals(late.includes("page is evaluated"), false);
});

Deno.test("a circle of imports and a module that is not there are errors", () => {
  const circle = new Map([
    ["a.js", 'import { b } from "./b.js";'],
    ["b.js", 'export { a } from "./a.js";'],
  ]);
  const link = (entry: string) => () =>
    linkFirst(circle, { entries: [entry], later: {} });
  assertThrows(link("a.js"), Error, "import each other");
  assertThrows(link("c.js"), Error, "no module c.js");
});
