import {
  isValidKey,
  isValidName,
  isValidWeight,
  parseAddress,
  type Route,
  type RouteHost,
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
  const name = `of route ${modid} ${cmdid}`;
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw wrong(`hosts ${name} must be a list of addresses`, hosts);
  }
  const { weights = {}, zones = {} } = route;
  if (!isRecord(weights) || !isRecord(zones)) {
    throw wrong(`weights and zones ${name} must be by address`, value);
  }
  const settings = {
    ...field("policy", route.policy, {
      isValid: isName,
      what: `policy ${name} must be a name`,
    }),
    ...field("check", route.check, {
      isValid: (value) => typeof value === "boolean",
      what: `check ${name} must be true or false`,
    }),
  };
  return {
    ...key,
    hosts: hosts.map((host) => decodeHost(String(host), { weights, zones })),
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}

function decodeHost(
  address: string,
  { weights, zones }: Record<"weights" | "zones", Record<string, unknown>>,
): RouteHost {
  return {
    ...parseHost(address),
    ...field("weight", weights[address], {
      isValid: (value) => typeof value === "number" && isValidWeight(value),
      what: `weight of ${address} must be one that a host can have`,
    }),
    ...field("zone", zones[address], {
      isValid: isName,
      what: `zone of ${address} must be a name`,
    }),
  };
}

/** An object with the field `name`, or without if it is absent; refuses an invalid value. */
function field(
  name: string,
  value: unknown,
  { isValid, what }: { isValid: (value: unknown) => boolean; what: string },
): Record<string, never> {
  if (value === undefined) return {};
  if (!isValid(value)) throw wrong(what, value);
  return { [name]: value as never };
}

function isName(value: unknown): boolean {
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
