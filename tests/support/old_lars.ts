import { ROOT } from "../../tasks/local/services.ts";

/** Commit of the Lars before LarsSchema: its schema version is 2. */
const OLD_COMMIT = "abed6e3";

/** Why there is no older Lars here, or undefined if there is one. */
export async function whyNoOldLars(): Promise<string | undefined> {
  try {
    const { success } = await git(["cat-file", "-e", `${OLD_COMMIT}^{commit}`]);
    return success ? undefined : `git has no commit ${OLD_COMMIT}`;
  } catch (error) {
    return `git does not run: ${
      error instanceof Error ? error.message : error
    }`;
  }
}

/** Sources of an older Lars, in a folder that goes with them. */
export class OldLars implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Unpacks them. @throws {Error} If there are none: see {@linkcode whyNoOldLars}. */
  static async open(): Promise<OldLars> {
    const folder = await Deno.makeTempDir({ prefix: "lars-old-" });
    const archive = `${folder}/archive.tar`;
    const packed = await git(["archive", `--output=${archive}`, OLD_COMMIT]);
    const { success, stderr } = packed.success
      ? await new Deno.Command("tar", { args: ["-xf", archive, "-C", folder] })
        .output()
      : packed;
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new OldLars(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

function git(args: string[]): Promise<Deno.CommandOutput> {
  return new Deno.Command("git", { args, cwd: ROOT }).output();
}
