/**
 * Installs packages of Debian, as tests install nothing unasked: with
 * LARS_INSTALL=1 and as root only.
 *
 * @returns Why they are not installed, or undefined if they are.
 */
export async function installPackages(
  names: readonly string[],
): Promise<string | undefined> {
  if (Deno.env.get("LARS_INSTALL") !== "1") {
    return `LARS_INSTALL=1 installs ${names.join(", ")}`;
  }
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return `only root of a Debian can install ${names.join(", ")}`;
  }
  for (const args of [["update"], ["install", "-y", ...names]]) {
    try {
      const { success, stderr } = await new Deno.Command("apt-get", {
        args: ["-q", ...args],
        env: { DEBIAN_FRONTEND: "noninteractive" },
        stdin: "null",
        stdout: "null",
      }).output();
      if (success) continue;
      const lines = new TextDecoder().decode(stderr).trim().split("\n");
      return `apt-get ${args[0]} failed: ${lines.at(-1)}`;
    } catch (error) {
      return `apt-get does not run: ${error}`;
    }
  }
  return undefined;
}

/** Path of the first file that there is, or undefined. */
export function findFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
