import { assert, assertEquals } from "@std/assert";
import { Assets } from "./assets.ts";
import { PAGES } from "./pages.ts";

const assets = new Assets();

function get(path: string, headers: Record<string, string> = {}): Response {
  return assets.respond(path, new Request("http://lars.test/", { headers }));
}

Deno.test("every file of modules is whole, and asks for no file that is not served", async () => {
  const files = assets.paths().filter((path) =>
    /^(first|actions|pages)/.test(path)
  );
  assertEquals(files.length, 4 + Object.keys(PAGES).length + 1);
  for (const path of files) {
    const code = await get(path).text();
    // The parser of the engine: what is left of an import or export is an error in a function.
    const body = code.replace(/^export default/, "return")
      .replaceAll("import.meta", "({})");
    new Function(`return async () => {${body}}`);
    const named = /^const files = (\{.*\});$/m.exec(code)?.[1] ?? "{}";
    for (const file of Object.values<string>(JSON.parse(named))) {
      assert(assets.gzipBytes(file) !== undefined, `${path}: ${file}`);
    }
  }
});

Deno.test("a file is packed where the browser takes it, and kept for good", async () => {
  const plain = get("first.en.js");
  const packed = get("first.en.js", { "accept-encoding": "br, gzip" });
  assertEquals(plain.headers.get("content-encoding"), null);
  assertEquals(packed.headers.get("content-encoding"), "gzip");
  for (const response of [plain, packed]) {
    assertEquals(response.headers.get("vary"), "accept-encoding");
    assert(response.headers.get("cache-control")!.includes("immutable"));
  }
  const unpacked = packed.body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unpacked).text(), await plain.text());
});

Deno.test("no other file can be asked for", async () => {
  for (const path of ["app/../mod.ts", "app/", "__proto__", "app/x.js"]) {
    const response = get(path);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
});
