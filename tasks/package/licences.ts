import { EXECUTABLES } from "../local/executables.ts";
import { ROOT } from "../local/services.ts";
import { run } from "./tree.ts";

/** The part of `deno info --json` that tells of packages of npm. */
interface Info {
  modules: readonly { npmPackage?: string }[];
  npmPackages: Readonly<Record<string, NpmPackage>>;
}

interface NpmPackage {
  name: string;
  version: string;
  /** Names in `npmPackages`. */
  dependencies: readonly string[];
  localPath: string;
}

/** Licences of Lars and of all that is inside its files. */
export async function copyrightFile(): Promise<string> {
  const parts = [
    "Lars",
    await Deno.readTextFile(`${ROOT}LICENSE`),
    "/usr/lib/lars/deno is Deno, Copyright the Deno authors, MIT license,\nhttps://github.com/denoland/deno",
  ];
  for (const { name, version, localPath } of await packagesInside()) {
    parts.push(`${name} ${version}, of npm`, await licenceIn(localPath));
  }
  return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
}

/** Every package of npm that some executable imports, by name. */
async function packagesInside(): Promise<NpmPackage[]> {
  const found = new Map<string, NpmPackage>();
  for (const { entry } of EXECUTABLES) {
    const { modules, npmPackages }: Info = JSON.parse(
      await run(Deno.execPath(), ["info", "--json", entry], { cwd: ROOT }),
    );
    const wanted = modules.flatMap(({ npmPackage }) => npmPackage ?? []);
    for (const id of wanted) {
      const known = npmPackages[id];
      if (known === undefined || found.has(id)) continue;
      found.set(id, known);
      // The list grows while it is read.
      wanted.push(...known.dependencies);
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What Debian has a copy of on each machine. */
const APACHE = "License: Apache-2.0, see /usr/share/common-licenses/Apache-2.0";

/** The text of a package's licence, or its name. */
async function licenceIn(folder: string): Promise<string> {
  const { license } = JSON.parse(
    await Deno.readTextFile(`${folder}/package.json`),
  );
  if (license === "Apache-2.0") return APACHE;
  for await (const { name } of Deno.readDir(folder)) {
    if (/^(licen[cs]e|copying)/i.test(name)) {
      return await Deno.readTextFile(`${folder}/${name}`);
    }
  }
  return `License: ${license}`;
}
