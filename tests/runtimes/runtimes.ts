import { findFile } from "../../store/testing/mod.ts";

/** A program that runs JavaScript. */
export interface Runtime {
  name: string;
  /** The command, up to the file that it is to run. */
  command: readonly string[];
  /** Why it is not there, if so. */
  missing?: string;
}

/** Packages of npm with the programs, besides Deno itself. */
const PACKAGES = [
  { name: "Node 22", spec: "node@22", program: "node" },
  { name: "Node 24", spec: "node@24", program: "node" },
  { name: "Bun", spec: "bun@1", program: "bun" },
] as const;

/** The runtimes that the client library is for; with LARS_INSTALL=1 those that are missing are installed. */
export async function provideRuntimes(): Promise<Runtime[]> {
  const deno = [Deno.execPath(), "run", "--allow-all"];
  return [
    { name: "Deno with --unstable-net", command: [...deno, "--unstable-net"] },
    { name: "Deno", command: deno },
    ...await Promise.all(PACKAGES.map(provide)),
  ];
}

async function provide(
  { name, spec, program }: typeof PACKAGES[number],
): Promise<Runtime> {
  const home = Deno.env.get("HOME") ?? ".";
  const folder = `${home}/.cache/lars-runtimes/${spec}`;
  const path = `${folder}/node_modules/.bin/${program}`;
  const missing = findFile([path]) === undefined
    ? await install(spec, folder)
    : undefined;
  return { name, command: [path], ...missing === undefined ? {} : { missing } };
}

/** Why it is not installed, or undefined if it is. */
async function install(
  spec: string,
  folder: string,
): Promise<string | undefined> {
  if (Deno.env.get("LARS_INSTALL") !== "1") {
    return `LARS_INSTALL=1 installs ${spec}`;
  }
  await Deno.mkdir(folder, { recursive: true });
  const args = ["install", "--no-save", "--prefix", folder, spec];
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      args,
      stdin: "null",
      stdout: "null",
    }).output();
    if (success) return undefined;
    return `npm failed: ${new TextDecoder().decode(stderr).trim()}`;
  } catch (error) {
    return `npm does not run: ${error}`;
  }
}
