import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { Assets } from "./assets.ts";

const assets = new Assets();

function get(path: string, headers: Record<string, string> = {}): Response {
  return assets.respond(path, new Request("http://lars.test/", { headers }));
}

Deno.test("every import of a module leads to a file that is served", async () => {
  for (const path of assets.paths().filter((each) => each.endsWith(".js"))) {
    const code = await get(path).text();
    const imports = [
      ...code.matchAll(/(?:from|import|import\()\s*"([^"]+)"/g),
    ];
    for (const [, name] of imports) {
      // Types are for the checker only.
      if (name!.endsWith(".ts") || path === "uplot.js") continue;
      const target = join(dirname(path), name!);
      assert(assets.gzipBytes(target) !== undefined, `${path}: ${name}`);
    }
  }
});

Deno.test("a file is packed where the browser takes it, and kept for good", async () => {
  const plain = get("app/main.js");
  const packed = get("app/main.js", { "accept-encoding": "br, gzip" });
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
