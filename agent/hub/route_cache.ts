import type { Route } from "../../proto/mod.ts";
import { CacheReader, encodeCache, messageOf } from "./cache_format.ts";

/** Bytes that are read or written at a time: in between the event loop runs. */
const CHUNK_BYTES = 32 * 1024;

/** The routes that an agent knew last, in one file. */
export class RouteCache {
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  /** Routes in the file at `path`, which need not exist yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The routes saved last, read as they are taken; none if there is no file.
   *
   * @throws {Error} If the file cannot be read, or is broken: go on with what came before.
   */
  async *load(): AsyncGenerator<Route> {
    try {
      const reader = new CacheReader();
      for await (const line of readLines(this.#path)) {
        const route = reader.take(line);
        if (route !== undefined) yield route;
      }
      reader.end();
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return;
      throw new Error(
        `Cannot load routes from "${this.#path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  /**
   * Replaces the file atomically, also if the machine goes down. Overlapping
   * calls wait for each other; each iterates over its routes as it writes.
   *
   * @throws {Error} If the folder cannot be written; the old file stays.
   */
  save(routes: Iterable<Route>): Promise<void> {
    const saved = this.#saving.then(() => this.#replace(routes));
    // A failed save must not fail those after it.
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #replace(routes: Iterable<Route>): Promise<void> {
    // In the same folder, as a rename across file systems is not atomic.
    const temporary = `${this.#path}.tmp`;
    try {
      await writeThrough(temporary, encodeCache(routes));
      await Deno.rename(temporary, this.#path);
    } catch (cause) {
      throw new Error(
        `Cannot save routes to "${this.#path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}

/** Writes a file and syncs it: without that a rename may reach the disk before the bytes. */
async function writeThrough(
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

async function* readLines(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
