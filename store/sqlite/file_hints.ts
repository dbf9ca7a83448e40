/**
 * Yields soon after a commit was written to the store at `path`, until `signal` is
 * aborted or the file for it is removed. Several commits may be one, and one may
 * be visible a while after it.
 *
 * Only that file is watched: Deno opens and closes what it watches, which would end
 * SQLite's locks on the other two. This one has none.
 *
 * @throws {Error} Where files cannot be watched.
 */
export async function* fileHints(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<void> {
  if (signal.aborted) return;
  const watcher = Deno.watchFs(`${path}-wal`, { recursive: false });
  const close = () => watcher.close();
  signal.addEventListener("abort", close);
  try {
    for await (const { kind } of watcher) {
      if (kind === "remove") return;
      // Readers open it, too.
      if (kind !== "access") yield;
    }
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}
