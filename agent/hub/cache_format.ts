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
const LAST_LINE = "]}";

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
export function* encodeCache(routes: Iterable<Route>): Generator<string> {
  yield `${FIRST_LINE}\n`;
  let before = "";
  for (const route of routes) {
    yield `${before}${JSON.stringify(routeToJson(route))}`;
    before = ",\n";
  }
  yield `\n${LAST_LINE}\n`;
}

/** Reads the lines of a cache file, one after the other. */
export class CacheReader {
  #lines = 0;
  #ended = false;

  /**
   * The route in the next line; undefined for the lines around them.
   *
   * @throws {SyntaxError} If it is neither, or out of place.
   */
  take(line: string): Route | undefined {
    this.#lines += 1;
    if (this.#lines === 1) {
      if (line !== FIRST_LINE) {
        throw wrong(`version must be ${CACHE_VERSION}`, line);
      }
    } else if (this.#ended) {
      throw wrong(`nothing must follow "${LAST_LINE}"`, line);
    } else if (line === LAST_LINE) {
      this.#ended = true;
    } else if (line !== "") {
      const json = line.endsWith(",") ? line.slice(0, -1) : line;
      return decodeRoute(JSON.parse(json));
    }
  }

  /** @throws {SyntaxError} If the last line is missing. */
  end(): void {
    if (!this.#ended) {
      throw new SyntaxError(`the last line must be "${LAST_LINE}"`);
    }
  }
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
  return new SyntaxError(`${what}: current value is ${JSON.stringify(value)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
