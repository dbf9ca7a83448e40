/** Bytes that are written at a time: in between the event loop runs. */
const CHUNK_BYTES = 32 * 1024;

/** Writes a file and syncs it: without that a rename may reach the disk before the bytes. */
export async function writeThrough(
  path: string,
  texts: Iterable<string>,
): Promise<void> {
  await Deno.writeTextFile(path, ReadableStream.from(inChunks(texts)));
  using file = await Deno.open(path, { write: true });
  await file.sync();
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
