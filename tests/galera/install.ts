const PROVIDERS = [
  "/usr/lib/galera/libgalera_smm.so",
  "/usr/lib/libgalera_smm.so",
  "/usr/lib64/galera-4/libgalera_smm.so",
];

/** What a Galera node needs, and Debian's package that has it. */
const PACKAGES = ["mariadb-server", "galera-4", "rsync", "lsof"];

/** Where Galera is on this machine. */
export interface GaleraPrograms {
  server: string;
  installer: string;
  /** The shared library that makes a server a node. */
  provider: string;
  /** Whom the servers run as: they refuse to run as root. */
  user: string | undefined;
}

/** The programs, or why there are none. */
export type GaleraFound =
  | { state: "found"; programs: GaleraPrograms }
  | { state: "missing"; reason: string };

/** Finds the programs of Galera; as root, installs Debian's packages when there are none. */
export async function provideGalera(): Promise<GaleraFound> {
  const here = await findPrograms();
  if (here.state === "found") return here;
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return {
      state: "missing",
      reason: `${here.reason}, and only root can install it`,
    };
  }
  for (const args of [["update"], ["install", "-y", ...PACKAGES]]) {
    const failed = await run("apt-get", args);
    if (failed !== undefined) {
      return { state: "missing", reason: `${here.reason}, and ${failed}` };
    }
  }
  return await findPrograms();
}

async function findPrograms(): Promise<GaleraFound> {
  const server = await findProgram("mariadbd");
  const installer = await findProgram("mariadb-install-db");
  const provider = await firstFile(PROVIDERS);
  const rsync = await findProgram("rsync");
  if (server === undefined || installer === undefined) {
    return { state: "missing", reason: "there is no mariadbd" };
  }
  if (provider === undefined) {
    return { state: "missing", reason: "there is no libgalera_smm.so" };
  }
  if (rsync === undefined) {
    return { state: "missing", reason: "there is no rsync" };
  }
  const user = Deno.uid() === 0 ? "mysql" : undefined;
  return { state: "found", programs: { server, installer, provider, user } };
}

function findProgram(name: string): Promise<string | undefined> {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/usr/local/sbin`;
  return firstFile(path.split(":").map((folder) => `${folder}/${name}`));
}

async function firstFile(paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch {
      // Not here: look at the next.
    }
  }
  return undefined;
}

/** Undefined when it went well, or what went wrong. */
async function run(
  program: string,
  args: string[],
): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(program, {
      args,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
      stdout: "null",
    }).output();
    const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    return success ? undefined : `"${program} ${args[0]}" failed: ${said}`;
  } catch (error) {
    return `"${program}" cannot be run: ${error}`;
  }
}
