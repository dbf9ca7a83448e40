import {
  isValidKey,
  isValidName,
  isValidWeight,
  parseAddress,
  type Route,
  type RouteHost,
  type RouteSettings,
  routeToJson,
} from "../../proto/mod.ts";

/**
 * Version of the file: raised when an older agent would misread it. Weights,
 * zones and settings did not: an older agent uses the hosts without them.
 */
const CACHE_VERSION = 1;

const FIRST_LINE = `{"version":${CACHE_VERSION},"routes":[`;

/** Characters of a wrong line that an error shows. */
const SHOWN_MAX = 60;

/** A store as an agent knows it. */
export interface KnownStore {
  /** 32 hexadecimal digits. */
  identity: string;
  /** How many times a person had declared its routes to be right. */
  accepted: number;
}

/**
 * Encodes routes as the text of a cache file, in pieces: JSON with a version, a
 * route in each line. Weights and zones stand beside the hosts by address, if
 * there are any, and so do a route's policy and check.
 *
 * @example
 * ```ts
 * import { encodeCache } from "./cache_format.ts";
 *
 * [...encodeCache([{ modId: 1, cmdId: 2, hosts: [{ ip: 2130706433, port: 80 }] }])].join("");
 * // {"version":1,"routes":[
 * // {"modid":1,"cmdid":2,"hosts":["127.0.0.1:80"]}
 * // ]}
 * ```
 */
export function* encodeCache(
  routes: Iterable<Route>,
  store?: KnownStore,
): Generator<string> {
  yield `${FIRST_LINE}\n`;
  let before = "";
  for (const route of routes) {
    yield `${before}${JSON.stringify(routeToJson(route))}`;
    before = ",\n";
  }
  // Of a line that it does not know, an older agent says so and keeps all above.
  const known = store === undefined
    ? ""
    : `,"store":"${store.identity}","accepted":${store.accepted}`;
  yield `\n]${known}}\n`;
}

/** The first thing that is wrong in a cache file, and how much is. */
export interface CacheDamage {
  /** What is wrong there. */
  readonly error: Error;
  /** The line, from 1. */
  readonly line: number;
  /** Lines that could not be used. */
  lines: number;
}

/** Reads the lines of a cache file, one after the other: those that are whole, whatever stands between. */
export class CacheReader {
  /** The store that the routes came from; undefined until it was read. */
  store: KnownStore | undefined;
  /** Undefined while everything was as it should be. */
  damage: CacheDamage | undefined;
  #lines = 0;
  #ended = false;

  /**
   * The route in the next line; undefined for the lines around them, and for what
   * is damaged.
   *
   * @throws {SyntaxError} If the file is of another version.
   */
  take(line: string): Route | undefined {
    this.#lines += 1;
    if (line === FIRST_LINE || line === "") return undefined;
    checkVersion(line);
    try {
      if (this.#lines === 1) {
        throw wrong(`the first line must be ${FIRST_LINE}`, line);
      }
      if (line.startsWith("]")) {
        this.store = decodeLastLine(line);
        this.#ended = true;
        return undefined;
      }
      return decodeRoute(
        JSON.parse(line.endsWith(",") ? line.slice(0, -1) : line),
      );
    } catch (error) {
      this.#noteDamage(error as Error);
      return undefined;
    }
  }

  /** Takes that there are no more lines. */
  end(): void {
    if (!this.#ended) {
      this.#noteDamage(new SyntaxError("the end is missing"));
    }
  }

  #noteDamage(error: Error): void {
    this.damage ??= { error, line: this.#lines, lines: 0 };
    this.damage.lines += 1;
  }
}

/** Refuses a file that another version of Lars wrote, which may mean other things by the same words. */
function checkVersion(line: string): void {
  const version = /^\{"version":(\d+)/.exec(line)?.[1];
  if (version === undefined || Number(version) === CACHE_VERSION) return;
  throw wrong(`version must be ${CACHE_VERSION}`, Number(version));
}

/** The store that a last line names, if it does. */
function decodeLastLine(line: string): KnownStore | undefined {
  const { store, accepted } = JSON.parse(`{"routes":[${line}`);
  if (store === undefined) return undefined;
  if (typeof store !== "string" || !/^[0-9a-f]{32}$/.test(store)) {
    throw wrong("store must be 32 hexadecimal digits", store);
  }
  if (!Number.isSafeInteger(accepted) || accepted < 0) {
    throw wrong("accepted must be a count", accepted);
  }
  return { identity: store, accepted };
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
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw wrong("hosts must be a list of addresses", hosts);
  }
  const { weights = NONE, zones = NONE } = route;
  if (!isRecord(weights) || !isRecord(zones)) {
    throw wrong("weights and zones must be by address", value);
  }
  const settings = decodeSettings(route);
  return {
    ...key,
    hosts: hosts.map((host) => decodeHost(String(host), { weights, zones })),
    ...settings && { settings },
  };
}

/** What a route without weights or zones has in their place. */
const NONE: Record<string, unknown> = {};

function decodeSettings(
  { policy, check }: Record<string, unknown>,
): RouteSettings | undefined {
  if (policy === undefined && check === undefined) return undefined;
  const settings: RouteSettings = {};
  if (policy !== undefined) {
    if (!isName(policy)) throw wrong("policy must be a name", policy);
    settings.policy = policy;
  }
  if (check !== undefined) {
    if (typeof check !== "boolean") {
      throw wrong("check must be true or false", check);
    }
    settings.check = check;
  }
  return settings;
}

/** A host by its address, with what `weights` and `zones` say of it; there are 1,000,000 in some files. */
function decodeHost(
  address: string,
  { weights, zones }: Record<"weights" | "zones", Record<string, unknown>>,
): RouteHost {
  const host: RouteHost = parseHost(address);
  const weight = weights[address];
  if (weight !== undefined) {
    if (typeof weight !== "number" || !isValidWeight(weight)) {
      throw wrong(
        `weight of ${address} must be one that a host can have`,
        weight,
      );
    }
    host.weight = weight;
  }
  const zone = zones[address];
  if (zone !== undefined) {
    if (!isName(zone)) throw wrong(`zone of ${address} must be a name`, zone);
    host.zone = zone;
  }
  return host;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && isValidName(value);
}

function parseHost(text: string): RouteHost {
  try {
    return parseAddress(text);
  } catch (cause) {
    throw new SyntaxError(messageOf(cause), { cause });
  }
}

function wrong(what: string, value: unknown): SyntaxError {
  const shown = JSON.stringify(value) ?? "none";
  return new SyntaxError(
    `${what}: current value is ${
      shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown
    }`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
