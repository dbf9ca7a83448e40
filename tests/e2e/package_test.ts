import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../tasks/local/services.ts";
import { hasCommand, makePackages, runCommand } from "../package/packages.ts";

Deno.test({
  name:
    "packages are the same wherever they are built, hold what Debian wants, and run without network or cache",
  ignore: Deno.build.os !== "linux" || !await hasCommand("dpkg-deb"),
  async fn(test) {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const copy = `${folder}/deeper/copy`;
    await makePackages(ROOT, `${folder}/a`);

    await test.step("the same bytes from another folder", async () => {
      await Deno.mkdir(copy, { recursive: true });
      const files = await runCommand(
        "git",
        ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        { cwd: ROOT },
      );
      await Deno.writeTextFile(`${folder}/files`, files.stdout);
      const copied = await runCommand("sh", [
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
      assertEquals((await runCommand("dpkg-deb", ["-x", deb, root])).code, 0);
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
      const { code, stdout, stderr } = await runCommand(command!, args, {
        clearEnv: true,
        env: { PATH: "/usr/bin:/bin", DENO_DIR: `${folder}/none` },
      });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /lars\.db/);
    });

    await test.step("lintian finds nothing", async () => {
      if (!await hasCommand("lintian")) return;
      const { stdout, stderr } = await runCommand("lintian", [
        "--allow-root",
        ...debs,
      ]);
      assertEquals(stdout + stderr, "");
    });

    await test.step("systemd can read the units", async () => {
      if (!await hasCommand("systemd-analyze")) return;
      for (
        const unit of [
          "lars-agent.socket",
          "lars-agent.service",
          "lars-dns.service",
          "lars-reporter.service",
        ]
      ) {
        const { stderr } = await runCommand("systemd-analyze", [
          "verify",
          "--man=no",
          `${root}/usr/lib/systemd/system/${unit}`,
        ]);
        // It looks for the program in this system.
        const ours = stderr.split("\n").filter((line) =>
          line.includes("lars") && !line.endsWith("No such file or directory")
        );
        assertEquals(ours, []);
      }
    });

    await test.step("scripts and completions are shell", async () => {
      for (const deb of debs) {
        const control = `${folder}/control`;
        await runCommand("dpkg-deb", ["-e", deb, control]);
        for (const name of ["postinst", "prerm", "postrm"]) {
          const path = `${control}/${name}`;
          if (await Deno.stat(path).catch(() => undefined) === undefined) {
            continue;
          }
          assertEquals(await runCommand("sh", ["-n", path]), {
            code: 0,
            stdout: "",
            stderr: "",
          });
        }
        await Deno.remove(control, { recursive: true });
      }
      const { stdout } = await runCommand("bash", [
        "-c",
        `. ${root}/usr/share/bash-completion/completions/lars
         COMP_WORDS=(lars route set 1 1 --w); COMP_CWORD=5; _lars; echo "\${COMPREPLY[@]}"`,
      ]);
      assertEquals(stdout, "--weight\n");
    });
    await Deno.remove(folder, { recursive: true });
  },
});
