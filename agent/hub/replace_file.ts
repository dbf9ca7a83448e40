/** Bytes that are written at a time: in between the event loop runs. */
const CHUNK_BYTES = 32 * 1024;

/**
 * Replaces a file atomically, also if the machine goes down; the one before is kept
 * at `previous`, if that is named. `mode` is that of the file; as the system has it
 * if absent.
 *
 * @throws {Error} If the folder cannot be written; the old file stays.
 */
export async function replaceFile(
  path: string,
  { texts, previous, mode }: {
    texts: Iterable<string>;
    previous?: string;
    mode?: number;
  },
): Promise<void> {
  // In the same folder, as a rename across file systems is not atomic.
  const temporary = `${path}.tmp`;
  try {
    await writeThrough(temporary, { texts, mode });
    if (previous !== undefined) {
      await Deno.rename(path, previous).catch(ignoreNotFound);
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    // Half a file takes room, and one of another user could not be replaced.
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/**
 * Writes a file and syncs it: without that a rename may reach the disk before the
 * bytes. Not as a stream: of a full disk Deno says nothing then.
 */
async function writeThrough(
  path: string,
  { texts, mode }: { texts: Iterable<string>; mode: number | undefined },
): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
    ...mode !== undefined && { mode },
  });
  const encoder = new TextEncoder();
  for (const chunk of inChunks(texts)) {
    await writeAll(file, encoder.encode(chunk));
  }
  await file.sync();
}

async function writeAll(
  file: Deno.FsFile,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at));
    if (written === 0) throw new Error("no more bytes are taken");
    at += written;
  }
}

function* inChunks(texts: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_BYTES) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}
