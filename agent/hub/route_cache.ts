import type { Route } from "../../proto/mod.ts";
import {
  type CacheDamage,
  CacheReader,
  encodeCache,
  type KnownStore,
  messageOf,
} from "./cache_format.ts";
import { replaceFile } from "./replace_file.ts";

/** Longest line that is kept whole: a route with all its hosts has a third of it. */
const LINE_LENGTH_MAX = 2 ** 20;

/** Some of what was saved. */
export interface SavedRoutes {
  /** Of one that comes twice the first is the newer. */
  routes: readonly Route[];
  /** The store that all of them came from, as far as it was read. */
  store?: KnownStore;
}

/** Keeps routes from one run to the next: on disk, or not at all. */
export interface RouteKeeper {
  /** What was saved last, some at a time: there may be 100,000. Of a route that comes twice the first counts. */
  load(): AsyncIterable<SavedRoutes>;
  /** Takes the routes one by one, as it writes: they may change while it does. */
  save(routes: Iterable<Route>, store?: KnownStore): Promise<void>;
}

/** The routes that an agent knew last, in one file, and those before in another. */
export class RouteCache implements RouteKeeper {
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();
  /** Whether the file was damaged when it was loaded, and has not been replaced since. */
  #isDamaged = false;

  /** Routes in the file at `path`, which need not exist yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The routes saved last, a few at a time; none if there is no file. Of a damaged
   * file those that are whole, and then those of the save before, among which some
   * come a second time: they are the older ones.
   *
   * @throws {Error} Behind all that can be used, if the file cannot be read or is damaged.
   */
  async *load(): AsyncGenerator<SavedRoutes> {
    const damage = yield* this.#read(this.#path);
    if (damage === undefined) return;
    // A process that ended between two renames has left this one only.
    yield* this.#read(this.#previous);
    if (damage instanceof Deno.errors.NotFound) return;
    this.#isDamaged = true;
    const cause = damage instanceof Error ? damage : damage.error;
    const where = damage instanceof Error
      ? ""
      : ` ${damage.lines} lines, the first is line ${damage.line}:`;
    throw new Error(
      `Cannot load all routes from "${this.#path}":${where} ${
        messageOf(cause)
      }`,
      { cause },
    );
  }

  /** Where the file of the save before is. */
  get #previous(): string {
    return `${this.#path}.old`;
  }

  /** The routes of a file; returns what is wrong with it. */
  async *#read(
    path: string,
  ): AsyncGenerator<SavedRoutes, CacheDamage | Error | undefined> {
    const reader = new CacheReader();
    try {
      for await (const lines of readLines(path)) {
        const routes = lines.map((line) => reader.take(line))
          .filter((route) => route !== undefined);
        const { store } = reader;
        yield store === undefined ? { routes } : { routes, store };
      }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    reader.end();
    return reader.damage;
  }

  /**
   * Replaces the file atomically, also if the machine goes down, and keeps the one
   * before: of a damaged one that from before the damage. Overlapping calls wait
   * for each other; each iterates over its routes as it writes.
   *
   * @throws {Error} If the folder cannot be written; the old file stays.
   */
  save(routes: Iterable<Route>, store?: KnownStore): Promise<void> {
    const saved = this.#saving.then(() => this.#replace(routes, store));
    // A failed save must not fail those after it.
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #replace(routes: Iterable<Route>, store?: KnownStore): Promise<void> {
    const texts = encodeCache(routes, store);
    try {
      await replaceFile(this.#path, {
        texts,
        ...(!this.#isDamaged && { previous: this.#previous }),
      });
      this.#isDamaged = false;
    } catch (cause) {
      throw new Error(
        `Cannot save routes to "${this.#path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}

/**
 * The lines of a file, those of one read together. Of a line that is too long to be
 * one it answers the beginning.
 */
async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    if (rest.length > LINE_LENGTH_MAX) rest = rest.slice(0, LINE_LENGTH_MAX);
    yield lines;
  }
  if (rest !== "") yield [rest];
}
