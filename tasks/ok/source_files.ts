import { fileURLToPath } from "node:url";

/** Folder that holds all of Lars, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A file of the repository. */
export interface SourceFile {
  /** From the repository's root, with slashes: "net/clock.ts". */
  path: string;
  text: string;
}

/** Paths that git tracks, or would if they were added, sorted. */
export async function listFiles(): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).output();
  const paths = new TextDecoder().decode(stdout).trimEnd().split("\n");
  const present = await Promise.all(
    paths.map((path) => Deno.stat(ROOT + path).then(() => path, () => "")),
  );
  return [...new Set(present.filter((path) => path !== ""))].sort();
}

/** Those of the files whose paths a test accepts, with their texts. */
export function readFiles(
  paths: readonly string[],
  accepts: (path: string) => boolean,
): Promise<SourceFile[]> {
  return Promise.all(
    paths.filter(accepts).map(async (path) => ({
      path,
      text: await Deno.readTextFile(ROOT + path),
    })),
  );
}

/** Whether a file is a test, or stands in a folder that only tests import. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts") || path.startsWith("tests/") ||
    path.includes("/testing/");
}

/** First folder of a path; empty for a file at the root. */
export function topFolderOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf("/")));
}
