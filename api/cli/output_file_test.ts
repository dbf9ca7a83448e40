import { assertEquals, assertRejects } from "@std/assert";
import { CommandError } from "./exit_code.ts";
import { isStandardOutput, writeOutputFile } from "./output_file.ts";

/** Devices, pipes, links and modes are as Linux has them. */
const ignore = Deno.build.os !== "linux";

const isRoot = !ignore && Deno.uid() === 0;

async function withFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "lars-" }),
  );
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function writeText(file: string, text: string): Promise<void> {
  return writeOutputFile({
    file,
    action: "export to",
    body: (write) => {
      for (const part of text) write(part);
      return Promise.resolve();
    },
  });
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test({
  name: "a file that is replaced keeps its mode and its owner",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      const file = `${folder}/r.csv`;
      for (const mode of [0o600, 0o640, 0o666]) {
        await Deno.writeTextFile(file, "before");
        await Deno.chmod(file, mode);
        if (isRoot) await Deno.chown(file, 1234, 1235);
        await writeText(file, "now");
        const after = await Deno.stat(file);
        assertEquals(await Deno.readTextFile(file), "now");
        assertEquals(after.mode! & 0o777, mode);
        if (isRoot) assertEquals([after.uid, after.gid], [1234, 1235]);
      }
      assertEquals(namesIn(folder), ["r.csv"]);
    });
  },
});

Deno.test("a neighbour is left alone, whatever its name, also after a failure", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/r.csv`;
    const others = ["r.csv.part", "r.csv.tmp", "r.csv~"];
    for (const name of others) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    await writeText(file, "now");
    await assertRejects(
      () =>
        writeOutputFile({
          file,
          action: "export to",
          body: (write) => {
            write("half");
            return Promise.reject(new Error("the store is gone"));
          },
        }),
      Error,
      "the store is gone",
    );
    assertEquals(await Deno.readTextFile(file), "now");
    for (const name of others) {
      assertEquals(await Deno.readTextFile(`${folder}/${name}`), name);
    }
    assertEquals(namesIn(folder), ["r.csv", ...others].sort());
  });
});

Deno.test("two that write a file at a time do not mix: one of them is there, whole", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/r.csv`;
    const second = Promise.withResolvers<void>();
    const first = writeOutputFile({
      file,
      action: "export to",
      body: async (write) => {
        write("aa");
        await second.promise;
        write("aa");
      },
    });
    await writeText(file, "bbbbbbbb");
    assertEquals(await Deno.readTextFile(file), "bbbbbbbb");
    second.resolve();
    await first;
    assertEquals(await Deno.readTextFile(file), "aaaa");
    assertEquals(namesIn(folder), ["r.csv"]);
  });
});

Deno.test({
  name: "a symbolic link stays, and what it leads to is replaced or made",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/far`);
      await Deno.writeTextFile(`${folder}/far/there.csv`, "before");
      await Deno.symlink("far/there.csv", `${folder}/there.csv`);
      await Deno.symlink("there.csv", `${folder}/twice.csv`);
      await Deno.symlink("far/new.csv", `${folder}/new.csv`);
      // What is above such a folder is above what it leads to.
      await Deno.mkdir(`${folder}/far/deep`);
      await Deno.symlink("far/deep", `${folder}/deep`);
      await Deno.symlink("../up.csv", `${folder}/far/deep/up.csv`);
      const table = [
        ["there.csv", "far/there.csv"],
        ["twice.csv", "far/there.csv"],
        ["new.csv", "far/new.csv"],
        ["deep/up.csv", "far/up.csv"],
      ] as const;
      for (const [link, target] of table) {
        await writeText(`${folder}/${link}`, link);
        assertEquals((await Deno.lstat(`${folder}/${link}`)).isSymlink, true);
        assertEquals((await Deno.lstat(`${folder}/${target}`)).isFile, true);
        assertEquals(await Deno.readTextFile(`${folder}/${target}`), link);
      }
      await Deno.symlink("loop.csv", `${folder}/loop.csv`);
      await assertRejects(
        () => writeText(`${folder}/loop.csv`, "x"),
        CommandError,
        `Cannot export to "${folder}/loop.csv" as it cannot be written: `,
      );
    });
  },
});

Deno.test({
  name: "a pipe is written to, and stays one",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      const pipe = `${folder}/pipe`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const reader = new Deno.Command("cat", { args: [pipe] }).output();
      await writeText(pipe, "through");
      const { stdout } = await reader;
      assertEquals(new TextDecoder().decode(stdout), "through");

      const leaving = new Deno.Command("sh", {
        args: ["-c", `exec < ${pipe}`],
      });
      const left = leaving.output();
      const error = await assertRejects(
        () =>
          writeOutputFile({
            file: pipe,
            action: "export to",
            body: async (write) => {
              await left;
              write("to nobody");
            },
          }),
        CommandError,
        `Cannot export to "${pipe}" as it cannot be written: Broken pipe`,
      );
      assertEquals(error.exitCode, 2);
      assertEquals((await Deno.lstat(pipe)).isFifo, true);
      assertEquals(namesIn(folder), ["pipe"]);
    });
  },
});

Deno.test({
  name: "a device is written to",
  ignore,
  // No more, so that nothing can take its place.
  permissions: { read: true, write: ["/dev/null"] },
  fn: () => writeText("/dev/null", "nothing"),
});

Deno.test({
  name: "what Deno does not let a command write is named in a sentence",
  ignore,
  // As deno task lars has it.
  permissions: { read: true, write: true },
  async fn() {
    for (const file of ["/dev/full", "/dev/fd/63", "/proc/self/fd/2"]) {
      const error = await assertRejects(
        () => writeText(file, "text"),
        CommandError,
        `Cannot export to "${file}" as it cannot be written: Deno does not let`,
      );
      assertEquals(error.exitCode, 2);
    }
  },
});

Deno.test("a folder that is not there is no temporary file that is not there", async () => {
  await withFolder(async (folder) => {
    const { message } = await assertRejects(
      () => writeText(`${folder}/no/r.csv`, "text"),
      CommandError,
    );
    assertEquals(
      message,
      `Cannot export to "${folder}/no/r.csv" as it cannot be written: No such file or directory (os error 2)`,
    );
  });
});

Deno.test("standard output has several names", () => {
  const names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "r.csv"];
  assertEquals(names.map(isStandardOutput), [true, true, true, true, false]);
});
