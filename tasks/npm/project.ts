import { ROOT } from "../local/services.ts";
import { packNpm } from "../npm.ts";
import { runDeno } from "../../tests/support/processes.ts";
import type { Runtime } from "../../tests/runtimes/runtimes.ts";

/** A folder with the npm package and what it depends on, as npm would install them. */
export class NpmProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Packs, and installs from the package and from what Deno has of npm. */
  static async make(): Promise<NpmProject> {
    const project = new NpmProject(
      await Deno.makeTempDir({ prefix: "lars-" }),
    );
    const { folder } = project;
    const modules = `${folder}/node_modules`;
    const manifest = { type: "module", dependencies: { "@lars/lars": "*" } };
    await project.write("package.json", JSON.stringify(manifest));
    const path = await packNpm(folder);
    await Deno.mkdir(`${modules}/@lars/lars`, { recursive: true });
    const args = ["-xzf", path, "--strip-components=1"];
    await new Deno.Command("tar", {
      args: [...args, "-C", `${modules}/@lars/lars`],
    }).output();
    await project.#install();
    return project;
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}`, text);
  }

  /** Runs a file in it to its end; returns what it printed, standard error first. */
  async run({ command }: Runtime, file: string): Promise<string> {
    const [program, ...args] = command;
    const { stdout, stderr } = await new Deno.Command(program!, {
      args: [...args, file],
      cwd: this.folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stderr) + decoder.decode(stdout);
  }

  /** Copies what the package depends on from what Deno has of npm. */
  async #install(): Promise<void> {
    const { npmCache } = await denoInfo();
    const { npmPackages } = await denoInfo("api/mod.ts");
    const { dependencies } = JSON.parse(
      await Deno.readTextFile(
        `${this.folder}/node_modules/@lars/lars/package.json`,
      ),
    );
    const wanted = Object.entries<string>(dependencies)
      .map(([name, range]) => `${name}@${range.replace("^", "")}`);
    for (const key of wanted) {
      const { name, version, dependencies } = npmPackages[key]!;
      wanted.push(...dependencies);
      const source = `${npmCache}/registry.npmjs.org/${name}/${version}`;
      const args = ["-r", source, `${this.folder}/node_modules/${name}`];
      await new Deno.Command("cp", { args }).output();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What Deno knows of itself, or of a module. */
async function denoInfo(...path: string[]): Promise<{
  npmCache: string;
  npmPackages: Record<
    string,
    { name: string; version: string; dependencies: string[] }
  >;
}> {
  return JSON.parse((await runDeno(["info", "--json", ...path])).stdout);
}

/** The first program that a page shows. */
export async function exampleOf(page: string): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}${page}`);
  const program = /```[jt]s\n([\s\S]*?)```/.exec(text)?.[1];
  if (program === undefined) throw new Error(`${page} shows no program`);
  return program;
}
