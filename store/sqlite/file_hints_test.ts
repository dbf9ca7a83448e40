import { assertEquals } from "@std/assert";
import { fileHints } from "./file_hints.ts";

Deno.test("fileHints() yields after a commit, not after a write to another file, and ends when its file is removed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-hints-" });
  const path = `${folder}/lars.db`;
  await Deno.writeTextFile(`${path}-wal`, "");
  try {
    const hints = fileHints(path, new AbortController().signal);
    const next = hints.next();
    let hinted = false;
    next.then(() => hinted = true);
    for (const suffix of ["", "-shm"]) {
      await Deno.writeTextFile(`${path}${suffix}`, "1");
    }
    await Deno.readTextFile(`${path}-wal`);
    assertEquals(hinted, false);
    await Deno.writeTextFile(`${path}-wal`, "1");
    assertEquals((await next).done, false);
    await Deno.remove(`${path}-wal`);
    while (!(await hints.next()).done);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("fileHints() ends when it is aborted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-hints-" });
  await Deno.writeTextFile(`${folder}/lars.db-wal`, "");
  const stop = new AbortController();
  try {
    const next = fileHints(`${folder}/lars.db`, stop.signal).next();
    stop.abort();
    assertEquals((await next).done, true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
