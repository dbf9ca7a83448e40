import {
  formatAddress,
  isValidKey,
  isValidName,
  isValidWeight,
  parseAddress,
  type Route,
  type RouteHost,
  type RouteSettings,
} from "../proto/mod.ts";

/**
 * Changes when an older agent could misread the file. Weights, zones and
 * settings did not change it: an older agent uses the hosts without them.
 */
const CACHE_VERSION = 1;

/**
 * Routes as the text of a cache file: JSON with a version, one route a line.
 * Weights and zones stand by address beside the hosts, if there are any, and so
 * do a route's policy and check.
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
  const lines = Array.from(routes, (route) => JSON.stringify(toJson(route)));
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

function toJson({ modId, cmdId, hosts, settings }: Route) {
  return {
    modid: modId,
    cmdid: cmdId,
    hosts: hosts.map(formatAddress),
    ...byAddress("weights", hosts, ({ weight }) => weight),
    ...byAddress("zones", hosts, ({ zone }) => zone),
    ...settings,
  };
}

/** What hosts have, under `name`; nothing if none has any. */
function byAddress(
  name: string,
  hosts: readonly RouteHost[],
  valueOf: (host: RouteHost) => unknown,
): Record<string, unknown> {
  const values = hosts.flatMap((host) => {
    const value = valueOf(host);
    return value === undefined ? [] : [[formatAddress(host), value]];
  });
  return values.length === 0 ? {} : { [name]: Object.fromEntries(values) };
}

function decodeRoute(value: unknown): Route {
  const route = isRecord(value) ? value : {};
  const { modid, cmdid, hosts } = route;
  const key = { modId: Number(modid), cmdId: Number(cmdid) };
  if (
    typeof modid !== "number" || typeof cmdid !== "number" || !isValidKey(key)
  ) {
    throw wrong("modid and cmdid must be numbers that a route can have", value);
  }
  const name = `of route ${modid} ${cmdid}`;
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw wrong(`hosts ${name} must be a list of addresses`, hosts);
  }
  const { weights = {}, zones = {} } = route;
  if (!isRecord(weights) || !isRecord(zones)) {
    throw wrong(`weights and zones ${name} must be by address`, value);
  }
  const settings = decodeSettings(route, name);
  return {
    ...key,
    hosts: hosts.map((host) => decodeHost(String(host), { weights, zones })),
    ...(settings === undefined ? {} : { settings }),
  };
}

function decodeHost(
  address: string,
  { weights, zones }: Record<"weights" | "zones", Record<string, unknown>>,
): RouteHost {
  const host: RouteHost = parseHost(address);
  const [weight, zone] = [weights[address], zones[address]];
  if (weight !== undefined) {
    if (typeof weight !== "number" || !isValidWeight(weight)) {
      throw wrong(
        `weight of ${address} must be one that a host can have`,
        weight,
      );
    }
    host.weight = weight;
  }
  if (zone !== undefined) {
    if (typeof zone !== "string" || !isValidName(zone)) {
      throw wrong(`zone of ${address} must be a name`, zone);
    }
    host.zone = zone;
  }
  return host;
}

function decodeSettings(
  { policy, check }: Record<string, unknown>,
  name: string,
): RouteSettings | undefined {
  if (policy === undefined && check === undefined) return undefined;
  const settings: RouteSettings = {};
  if (policy !== undefined) {
    if (typeof policy !== "string" || !isValidName(policy)) {
      throw wrong(`policy ${name} must be a name`, policy);
    }
    settings.policy = policy;
  }
  if (check !== undefined) {
    if (typeof check !== "boolean") {
      throw wrong(`check ${name} must be true or false`, check);
    }
    settings.check = check;
  }
  return settings;
}

function parseHost(text: string): RouteHost {
  try {
    return parseAddress(text);
  } catch (cause) {
    throw new SyntaxError(messageOf(cause), { cause });
  }
}

function wrong(what: string, value: unknown): SyntaxError {
  return new SyntaxError(`${what}: current value is ${JSON.stringify(value)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
