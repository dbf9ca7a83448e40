import { ROOT } from "../../tasks/local/services.ts";
import { RunningDeno } from "./processes.ts";

/** The last commit before messages 18 and 19, and before additive tables. */
const OLDER_COMMIT = "abed6e37657a1fe3caed6b5bfd482dc108e5ade5";

/** The last commit whose tables are of level 3: without drains and history. */
export const LEVEL_3_COMMIT = "313fc1949bd4e90ce8e66ee449cabae644ae6897";

/** The code of an older Lars, in a folder of its own, to be run beside this one. */
export class OlderLars implements AsyncDisposable {
  private constructor(
    /** Where its code is, with a slash at the end. */
    readonly root: string,
  ) {}

  /** Takes it out of the history of the repository; undefined where that is not there. */
  static async unpack(commit = OLDER_COMMIT): Promise<OlderLars | undefined> {
    const archive = await new Deno.Command("git", {
      args: ["archive", commit],
      cwd: ROOT,
      stdout: "piped",
      stderr: "null",
    }).output().catch(() => undefined);
    if (!archive?.success) return undefined;
    const root = `${await Deno.makeTempDir({ prefix: "lars-older-" })}/`;
    const tar = new Deno.Command("tar", {
      args: ["x", "-C", root],
      stdin: "piped",
    })
      .spawn();
    const writer = tar.stdin.getWriter();
    await writer.write(archive.stdout);
    await writer.close();
    await tar.status;
    return new OlderLars(root);
  }

  /** Starts one of its programs, such as `dns/main.ts`. */
  run(path: string, ...args: string[]): RunningDeno {
    return new RunningDeno([
      ...["run", "--allow-all", "--quiet", `--config=${this.root}deno.json`],
      ...[this.root + path, ...args],
    ], { cwd: this.root });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
