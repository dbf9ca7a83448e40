import {
  formatAddress,
  type HostAddress,
  isValidKey,
  parseAddress,
  type Route,
} from "../proto/mod.ts";

/** Changes when an older agent could misread the file. */
const CACHE_VERSION = 1;

/**
 * Routes as the text of a cache file: JSON with a version, one route a line.
 *
 * @example
 * ```ts
 * import { encodeCache } from "./route_cache.ts";
 *
 * encodeCache([{ modId: 1, cmdId: 2, hosts: [{ ip: 2130706433, port: 80 }] }]);
 * // {"version":1,"routes":[
 * // {"modid":1,"cmdid":2,"hosts":["127.0.0.1:80"]}
 * // ]}
 * ```
 */
export function encodeCache(routes: Iterable<Route>): string {
  const lines = Array.from(routes, ({ modId, cmdId, hosts }) =>
    JSON.stringify({
      modid: modId,
      cmdid: cmdId,
      hosts: hosts.map(formatAddress),
    }));
  return `{"version":${CACHE_VERSION},"routes":[\n${lines.join(",\n")}\n]}\n`;
}

/**
 * The routes of a cache file's text.
 *
 * @throws {SyntaxError} If it is broken in any place, or of another version.
 */
export function decodeCache(text: string): Route[] {
  const file: unknown = JSON.parse(text);
  if (!isRecord(file) || file.version !== CACHE_VERSION) {
    throw new SyntaxError(`version must be ${CACHE_VERSION}`);
  }
  if (!Array.isArray(file.routes)) {
    throw new SyntaxError("routes must be a list");
  }
  return file.routes.map(decodeRoute);
}

/** The routes an agent knew last, in one file. */
export class RouteCache {
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The routes saved last; none if there is no file.
   *
   * @throws {Error} If the file cannot be read, or is broken: go on without.
   */
  async load(): Promise<Route[]> {
    try {
      return decodeCache(await Deno.readTextFile(this.#path));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return [];
      throw new Error(
        `Cannot load routes from "${this.#path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  /**
   * Replaces the file, whole or not at all, also when the machine goes down
   * meanwhile. Calls that overlap are done one after another.
   *
   * @throws {Error} If the folder cannot be written; the old file stays.
   */
  save(routes: Iterable<Route>): Promise<void> {
    const text = encodeCache(routes);
    const saved = this.#saving.then(() => this.#replace(text));
    // One that failed must not fail those after it.
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #replace(text: string): Promise<void> {
    // In the same folder, as a rename across file systems is not atomic.
    const temporary = `${this.#path}.tmp`;
    try {
      await writeThrough(temporary, text);
      await Deno.rename(temporary, this.#path);
    } catch (cause) {
      throw new Error(
        `Cannot save routes to "${this.#path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}

/** Writes a file and waits until the disk has it: a rename may outrun the bytes. */
async function writeThrough(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
  await file.sync();
}

function decodeRoute(value: unknown): Route {
  const route = isRecord(value) ? value : {};
  const { modid, cmdid, hosts } = route;
  const key = { modId: Number(modid), cmdId: Number(cmdid) };
  if (
    typeof modid !== "number" || typeof cmdid !== "number" || !isValidKey(key)
  ) {
    throw new SyntaxError(
      `modid and cmdid must be numbers that a route can have: current value is ${
        JSON.stringify(value)
      }`,
    );
  }
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw new SyntaxError(
      `hosts of route ${modid} ${cmdid} must be a list of addresses: current value is ${
        JSON.stringify(hosts)
      }`,
    );
  }
  return { ...key, hosts: hosts.map(decodeHost) };
}

function decodeHost(value: unknown): HostAddress {
  try {
    return parseAddress(String(value));
  } catch (cause) {
    throw new SyntaxError(messageOf(cause), { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
