/** Files of a store that are removed under it, at the moments between its looks at them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { StoreTestClock } from "../testing/clock.ts";
import { StoreError } from "../types.ts";
import { createFile } from "./create.ts";
import { StoreFile } from "./store_file.ts";

const ADD =
  "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, ?)";

/** Ports of route (1, 1), as the file at the path has them. */
function portsAt(path: string): unknown[] {
  using database = new DatabaseSync(path);
  const check = database.prepare("PRAGMA integrity_check").get();
  assertEquals(Object.values(check ?? {}), ["ok"]);
  return database.prepare("SELECT serverport FROM RouteData ORDER BY 1").all()
    .flatMap(Object.values);
}

Deno.test("StoreFile.write() writes nothing if its -wal was removed, and others wrote, before it had the lock", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lars.db`;
  await createFile(path);
  {
    using file = new StoreFile({ path, clock: new StoreTestClock() });
    const write = (port: number, prepare?: () => void) =>
      file.write(
        "add host to store",
        (writer) => void writer.prepare(ADD).run(port),
        prepare && { prepare },
      );
    write(1);
    // The index says then that the -wal has nothing.
    file.run(
      "empty -wal of store",
      (writer) => writer.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all(),
    );
    assertThrows(
      () =>
        write(2, () => {
          Deno.removeSync(`${path}-wal`);
          using other = new DatabaseSync(path);
          for (const port of [3, 4]) other.prepare(ADD).run(port);
        }),
      StoreError,
      "was removed or replaced while it was open: try again",
    );
    assertEquals(portsAt(path), [1, 3, 4]);
    write(5);
  }
  assertEquals(portsAt(path), [1, 3, 4, 5]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("StoreFile.beginScan() gives the connection of a scan that came to its end again, and no other", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lars.db`;
  await createFile(path);
  {
    using file = new StoreFile({ path, clock: new StoreTestClock() });
    const [first, beside] = [file.beginScan(), file.beginScan()];
    assert(first !== beside);
    file.endScan(first, { isWhole: true });
    file.endScan(beside, { isWhole: true });
    const second = file.beginScan();
    assert(second === first);
    file.endScan(second, { isWhole: false });
    const third = file.beginScan();
    assert(third !== first);
    file.endScan(third, { isWhole: true });
    // Other files stand at the path: what the connection reads is old.
    for (const end of ["", "-wal", "-shm"]) Deno.removeSync(`${path}${end}`);
    await createFile(path);
    const fourth = file.beginScan();
    assert(fourth !== third);
    file.endScan(fourth, { isWhole: true });
  }
  await Deno.remove(folder, { recursive: true });
});
