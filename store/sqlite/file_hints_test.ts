import { assertEquals } from "@std/assert";
import { fileHints } from "./file_hints.ts";

for (const name of ["lars.db", "lars.db-wal"]) {
  Deno.test(`fileHints() yields after a write to ${name}, and not after one to another file`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "lars-hints-" });
    const stop = new AbortController();
    try {
      const hints = fileHints(`${folder}/lars.db`, stop.signal);
      const next = hints.next();
      let hinted = false;
      next.then(() => hinted = true);
      await Deno.writeTextFile(`${folder}/agent-routes.json`, "1");
      await Deno.writeTextFile(`${folder}/lars.db-shm`, "1");
      await Deno.readTextFile(`${folder}/agent-routes.json`);
      assertEquals(hinted, false);
      await Deno.writeTextFile(`${folder}/${name}`, "1");
      assertEquals((await next).done, false);
      stop.abort();
      while (!(await hints.next()).done);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
