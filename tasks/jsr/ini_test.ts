import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parse } from "@std/ini";
import { LINES, TEXTS } from "./ini_behaviour.ts";

// These pass with the package of tasks/jsr/ and with the real one alike: run them
// with and without "links" in deno.json.

Deno.test("parse() makes of each line and text what 1.0.0-rc.9 makes of it", () => {
  for (const [text, result] of [...LINES, ...TEXTS]) {
    if (typeof result === "string") {
      const error = assertThrows(() => parse(text), SyntaxError);
      assertEquals(error.message, result, JSON.stringify(text));
    } else assertEquals<object>(parse(text), result, JSON.stringify(text));
  }
});

Deno.test("parse() hands the reviver values already cast, and the section", () => {
  const seen: unknown[] = [];
  const text = 'a = "1" \n[s]\nb=2\nc=null\nd=\ne=true';
  const parsed = parse(text, {
    reviver(key, value, section) {
      seen.push([key, value, section]);
      return key;
    },
  });
  assertEquals(seen, [
    ["a", "1", undefined],
    ["b", 2, "s"],
    ["c", null, "s"],
    ["d", 0, "s"],
    ["e", true, "s"],
  ]);
  assertEquals(parsed, { a: "a", s: { b: "b", c: "c", d: "d", e: "e" } });
});

Deno.test("parse() makes an ordinary key of __proto__", () => {
  const parsed = parse<object>("[__proto__]\nadmin=true");
  assertEquals(Object.getPrototypeOf(parsed), Object.prototype);
  assertEquals(Object.keys(parsed), ["__proto__"]);
});

Deno.test("conf's tests pass over the recorded behaviour of 1.0.0-rc.9", async () => {
  const root = new URL("../../", import.meta.url);
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  // An import map, unlike deno.json, wants paths inside a package named apart.
  for (const [name, target] of Object.entries<string>(imports)) {
    if (!target.startsWith("npm:")) continue;
    imports[`${name}/`] = target.replace("npm:", "npm:/") + "/";
  }
  imports["@std/ini"] = new URL("recorded_ini.ts", import.meta.url).href;
  const map = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(map, JSON.stringify({ imports }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["test", "--no-check", "--no-lock", "--allow-all"],
        ...[`--import-map=${map}`, "conf/"],
      ],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    const printed = decoder.decode(stdout) + decoder.decode(stderr);
    assertEquals(code, 0, printed);
    assertStringIncludes(printed, "INI is parsed as recorded");
  } finally {
    await Deno.remove(map);
  }
});
