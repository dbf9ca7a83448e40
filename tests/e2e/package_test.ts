import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../tasks/local/services.ts";
import { runDeno } from "../support/processes.ts";

/** What a program printed, and how it ended. */
async function run(
  command: string,
  args: readonly string[],
  options: Deno.CommandOptions = {},
) {
  const output = await new Deno.Command(command, {
    ...options,
    args: [...args],
    stdin: "null",
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { code: output.code, stdout, stderr };
}

/** Packages the repository in `cwd`. */
async function makePackages(cwd: string, output: string): Promise<void> {
  const { code, stderr } = await runDeno(
    ["task", "package", "--fast", output],
    { cwd, env: { SOURCE_DATE_EPOCH: "1700000000" } },
  );
  assertEquals(code, 0, stderr);
}

/** Whether there is such a program. */
async function has(command: string): Promise<boolean> {
  const { code } = await run("sh", ["-c", `command -v ${command}`]);
  return code === 0;
}

Deno.test({
  name:
    "packages are the same wherever they are built, hold what Debian wants, and run without network or cache",
  ignore: Deno.build.os !== "linux" || !await has("dpkg-deb"),
  async fn(test) {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const copy = `${folder}/deeper/copy`;
    await makePackages(ROOT, `${folder}/a`);

    await test.step("the same bytes from another folder", async () => {
      await Deno.mkdir(copy, { recursive: true });
      const files = await run(
        "git",
        ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        { cwd: ROOT },
      );
      await Deno.writeTextFile(`${folder}/files`, files.stdout!);
      const copied = await run("sh", [
        "-c",
        `tar --null -T ${folder}/files --ignore-failed-read -cf - | tar -xf - -C ${copy}`,
      ], { cwd: ROOT });
      assertEquals(copied.code, 0, copied.stderr);
      await makePackages(copy, `${folder}/b`);
      const [a, b] = await Promise.all(
        ["a", "b"].map((name) =>
          Deno.readTextFile(`${folder}/${name}/SHA256SUMS`)
        ),
      );
      assertEquals(a, b);
    });

    const root = `${folder}/root`;
    const debs = Array.from(Deno.readDirSync(`${folder}/a`))
      .map(({ name }) => `${folder}/a/${name}`)
      .filter((path) => path.endsWith(".deb"));
    assertEquals(debs.length, 3);
    for (const deb of debs) {
      assertEquals((await run("dpkg-deb", ["-x", deb, root])).code, 0);
    }

    await test.step("the command runs with nothing but its files", async () => {
      const isolated = Deno.uid() === 0 ? ["unshare", "-n"] : [];
      const [command, ...args] = [
        ...isolated,
        `${root}/usr/bin/lars`,
        "store",
        "create",
        "--data",
        `${folder}/data`,
      ];
      const { code, stdout, stderr } = await run(command!, args, {
        clearEnv: true,
        env: { PATH: "/usr/bin:/bin", DENO_DIR: `${folder}/none` },
      });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout!, /lars\.db/);
    });

    await test.step("lintian finds nothing", async () => {
      if (!await has("lintian")) return;
      const { stdout, stderr } = await run("lintian", [
        "--allow-root",
        ...debs,
      ]);
      assertEquals(stdout! + stderr!, "");
    });

    await test.step("systemd can read the units", async () => {
      if (!await has("systemd-analyze")) return;
      for (const service of ["agent", "dns", "reporter"]) {
        const { stderr } = await run("systemd-analyze", [
          "verify",
          "--man=no",
          `${root}/usr/lib/systemd/system/lars-${service}.service`,
        ]);
        // It looks for the program in this system.
        const ours = stderr!.split("\n").filter((line) =>
          line.includes("lars") && !line.endsWith("No such file or directory")
        );
        assertEquals(ours, []);
      }
    });

    await test.step("scripts and completions are shell", async () => {
      for (const deb of debs) {
        const control = `${folder}/control`;
        await run("dpkg-deb", ["-e", deb, control]);
        for (const name of ["postinst", "prerm", "postrm"]) {
          const path = `${control}/${name}`;
          if (await Deno.stat(path).catch(() => undefined) === undefined) {
            continue;
          }
          assertEquals(await run("sh", ["-n", path]), {
            code: 0,
            stdout: "",
            stderr: "",
          });
        }
        await Deno.remove(control, { recursive: true });
      }
      const { stdout } = await run("bash", [
        "-c",
        `. ${root}/usr/share/bash-completion/completions/lars
         COMP_WORDS=(lars route set 1 1 --w); COMP_CWORD=5; _lars; echo "\${COMPREPLY[@]}"`,
      ]);
      assertEquals(stdout, "--weight\n");
    });
    await Deno.remove(folder, { recursive: true });
  },
});
