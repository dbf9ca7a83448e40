/**
 * `deno task package [OUTPUT] [--version VERSION] [--fast]`: Debian packages and an
 * archive of everything that is installed, into the folder OUTPUT (default dist).
 * The same commit makes the same bytes; SOURCE_DATE_EPOCH sets the time of the
 * files. `--fast` hardly compresses, for tests.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { print, printError, VERSION } from "../net/mod.ts";
import { ROOT } from "./local/services.ts";
import { bundle, packagesOf } from "./package/contents.ts";
import { buildDeb } from "./package/deb.ts";
import { run, writeTree } from "./package/tree.ts";

/** Names of architectures at Debian. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
};

const USAGE = "usage: deno task package [OUTPUT] [--version VERSION] [--fast]";

/** What is to be made, and how. */
interface Request {
  /** Folder for the results. */
  output: string;
  version: string;
  architecture: string;
  fast: boolean;
}

if (import.meta.main) {
  const architecture = ARCHITECTURES[Deno.build.arch];
  if (Deno.build.os !== "linux" || architecture === undefined) {
    printError(
      "error: Cannot package as this is no Linux on x86_64 or aarch64",
    );
    Deno.exit(1);
  }
  try {
    await build({ ...readArguments(), architecture });
  } catch (error) {
    printError(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

function readArguments(): Omit<Request, "architecture"> {
  try {
    const { values, positionals } = parseArgs({
      options: {
        version: { type: "string", default: VERSION },
        fast: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const [output = "dist", ...more] = positionals;
    // As Debian has it, without a revision.
    if (more.length === 0 && /^\d[\w.+~]*$/.test(values.version)) {
      return { ...values, output: resolve(output) };
    }
  } catch {
    // An option that there is not: the usage says it.
  }
  printError(USAGE);
  Deno.exit(64);
}

async function build(request: Request): Promise<void> {
  const { output, version, architecture, fast } = request;
  const epoch = await epochOf();
  const date = new Date(epoch * 1_000).toISOString().slice(0, 10);
  const staging = await Deno.makeTempDir({ prefix: "lars-package-" });
  try {
    await Deno.mkdir(output, { recursive: true });
    const bundles = `${staging}/bundles`;
    await Deno.mkdir(bundles);
    print("bundling");
    await bundle(bundles);
    const packages = await packagesOf({ version, epoch, date, bundles });
    const paths: string[] = [];
    for (const deb of packages) {
      print(`building ${deb.name}`);
      paths.push(await buildDeb(deb, { ...request, epoch, staging }));
    }
    const name = `lars-${version}-linux-${architecture}`;
    const path = `${output}/${name}.tar${fast ? "" : ".zst"}`;
    print(`building ${basename(path)}`);
    await writeTree(
      `${staging}/${name}`,
      packages.flatMap(({ files }) => files),
    );
    await archive({ folder: staging, name, epoch, path });
    paths.push(path);
    await Deno.writeTextFile(`${output}/SHA256SUMS`, await checksums(paths));
    print(
      `done: ${paths.map((path) => basename(path)).join(", ")} in ${output}`,
    );
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
}

/** Unix time of all files, in seconds: that of the commit, unless a person sets it. */
async function epochOf(): Promise<number> {
  const set = Deno.env.get("SOURCE_DATE_EPOCH");
  if (set !== undefined) return Number(set);
  return Number(
    await run("git", ["log", "-1", "--format=%ct"], { cwd: ROOT }),
  );
}

async function archive(
  { folder, name, epoch, path }: {
    folder: string;
    name: string;
    epoch: number;
    path: string;
  },
): Promise<void> {
  await run("tar", [
    "--sort=name",
    `--mtime=@${epoch}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    ...path.endsWith(".zst") ? ["--use-compress-program=zstd -10"] : [],
    "-cf",
    path,
    "-C",
    folder,
    name,
  ]);
}

async function checksums(paths: readonly string[]): Promise<string> {
  let lines = "";
  for (const path of paths) {
    const hash = createHash("sha256").update(await Deno.readFile(path));
    lines += `${hash.digest("hex")}  ${basename(path)}\n`;
  }
  return lines;
}
