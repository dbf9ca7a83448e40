import { assertEquals, assertMatch } from "@std/assert";
import { ROOT, SERVICES } from "../../tasks/local/services.ts";
import { hasCommand, runCommand } from "./packages.ts";

/** What an image says of how it runs, as far as it is looked at. */
interface ImageConfig {
  User: string;
  Entrypoint: string[];
  Healthcheck: { Test: [string, string] };
}

/** Why no image is built here, or undefined if one is. */
export async function whyNoImage(): Promise<string | undefined> {
  return await hasCommand("buildah") ? undefined : "there is no buildah";
}

/**
 * Builds the image over the Debian in `root` from the packages in `packages`, and
 * runs its three services without network. `folder` is for buildah.
 */
export async function testImage(
  { root, packages, folder }: {
    root: string;
    packages: string;
    folder: string;
  },
): Promise<void> {
  const storage = [
    `--root=${folder}/images`,
    `--runroot=${folder}/run`,
    "--storage-driver=vfs",
  ];
  const buildah = (...args: string[]) =>
    output("buildah", [...storage, ...args]);

  const base = await buildah("from", "scratch");
  await buildah("add", "--quiet", base, root, "/");
  await buildah("commit", "--quiet", base, "localhost/base");
  await buildah(
    "build",
    "--format=docker",
    "--isolation=chroot",
    "--build-arg=BASE=localhost/base",
    `--file=${ROOT}tasks/package/Containerfile`,
    "--tag=localhost/lars",
    packages,
  );
  const container = await buildah("from", "localhost/lars");
  const { Docker: { config } }: { Docker: { config: ImageConfig } } = JSON
    .parse(await buildah("inspect", container));

  const run = (
    command: readonly string[],
  ) => [
    "buildah",
    ...storage,
    "run",
    "--isolation=chroot",
    container,
    "--",
    ...command,
  ];
  const check = run(["sh", "-c", config.Healthcheck.Test[1]]);
  assertEquals(config.User, "65532:65532");
  const addRoute = run(["lars", "route", "add", "1", "1", "10.0.0.1:80"]);
  const getHost = run(["lars", "get-host", "1", "1"]);
  await Deno.writeTextFile(
    `${folder}/services.sh`,
    `ip link set lo up
${
      SERVICES.map((name) => `${quoted(run([...config.Entrypoint, name]))} &`)
        .join("\n")
    }
until ${quoted(addRoute)}; do :; done
until ${quoted(getHost)}; do :; done
until ${quoted(check)}; do :; done
echo healthy
`,
  );
  // A network without a way out, and processes that end with this script.
  const printed = await output("timeout", [
    "120",
    "unshare",
    "--net",
    "--pid",
    "--mount-proc",
    "--fork",
    "--kill-child",
    "sh",
    `${folder}/services.sh`,
  ]);
  assertMatch(printed, /^10\.0\.0\.1:80\n(.*\n)*healthy$/m);
}

/** A command as a shell reads it. */
function quoted(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** What a command prints, without the last end of line. @throws {Error} If it fails. */
async function output(
  command: string,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code === 0) return stdout.trim();
  throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
}
