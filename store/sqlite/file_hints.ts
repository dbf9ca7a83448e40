import { basename, dirname } from "node:path";

/**
 * Yields soon after a file of the store at `path` was written to, until `signal`
 * is aborted. Several writes may be one, and a commit may be visible a while
 * after it, when it is on the disk. Ends early where files cannot be watched.
 */
export async function* fileHints(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<void> {
  if (signal.aborted) return;
  const watcher = Deno.watchFs(dirname(path), { recursive: false });
  const close = () => watcher.close();
  signal.addEventListener("abort", close);
  const names = [basename(path), `${basename(path)}-wal`];
  try {
    for await (const { kind, paths } of watcher) {
      // Readers open files, too.
      if (kind === "access") continue;
      if (paths.some((each) => names.includes(basename(each)))) yield;
    }
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}
