import { dirname } from "node:path";

/** A file of a package: where it comes from, or what it holds. */
export interface PackagedFile {
  /** Path below the root of the system, without the first "/". */
  path: string;
  content: string | Uint8Array | { copyOf: string };
  executable?: boolean;
}

/** Writes files below `folder`, all with the same time. */
export async function writeTree(
  folder: string,
  files: readonly PackagedFile[],
): Promise<void> {
  for (const file of files) {
    const { path, executable = false } = file;
    const target = `${folder}/${path}`;
    await Deno.mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await Deno.writeFile(target, await bytesOf(file));
    await Deno.chmod(target, executable ? 0o755 : 0o644);
  }
}

/** The bytes of a file. */
export async function bytesOf({ content }: PackagedFile): Promise<Uint8Array> {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return content;
  return await Deno.readFile(content.copyOf);
}

/**
 * Runs a program to its end.
 *
 * @throws {Error} If it fails, with what it printed.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    ...options,
    args: [...args],
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(
    `Cannot package as ${command} ${args[0]} failed: ${
      new TextDecoder().decode(stderr).trim()
    }`,
  );
}
