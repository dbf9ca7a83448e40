import { z } from "zod";
import {
  type Endpoint,
  isAddress,
  isHostname,
  isIp,
  isValidKey,
  isValidName,
  NAME_LENGTH_MAX,
  parseDecimal,
  parseEndpoint,
  parseIp,
  parseWhole,
  type PartialEndpoint,
  PORT_MAX,
  wrongPath,
} from "../proto/mod.ts";

/** Description of a setting, for conf/README.md. */
export interface FieldInfo {
  /** Its key in files; its name in the program if not given. */
  key?: string | undefined;
  /** What a number counts; empty for text. */
  unit: string;
  /** What is allowed, as it follows "must be". */
  range: string;
}

/** A setting: text in the file, a checked value in the program. */
export type FieldType<Value> = z.ZodType<Value, string>;

/** A setting with its default, which is a text or no value. */
export type Field =
  | z.ZodPrefault<FieldType<unknown>>
  | z.ZodExactOptional<FieldType<unknown>>;

/** Options of every kind of setting. */
export interface FieldOptions {
  /** Its key in files, where it is not its name in the program. */
  key?: string;
}

const INFO = z.registry<FieldInfo>();

/** The description of `field`. */
export function infoOf(field: Field): FieldInfo {
  return INFO.get(field.unwrap())!;
}

/** The key in files of the setting that the program calls `name`. */
export function keyOf(name: string, field: Field): string {
  return infoOf(field).key ?? name;
}

/** Largest whole number: what a signed number of 32 bits holds. */
const INTEGER_MAX = 2_147_483_647;

/** A whole number between two limits, both included. */
export function integer(
  { min, max = INTEGER_MAX, unit = "", key }: FieldOptions & {
    min: number;
    max?: number;
    unit?: string;
  },
): FieldType<number> {
  const range = `a whole number, ${
    max === INTEGER_MAX ? `${min} or more` : `${min} to ${max}`
  }`;
  return field({ key, unit, range }, (text, refuse) => {
    const value = parseWhole(text);
    if (value === undefined) {
      const zeros = /^-?0\d/.test(text) ? " without zeros in front" : "";
      return refuse(`a whole number${zeros}`);
    }
    if (value < min) return refuse(`>= ${min}`);
    return value > max ? refuse(`<= ${max}`) : value;
  });
}

/** A time in milliseconds, at least 1. */
export function milliseconds(key: string): FieldType<number> {
  return integer({ key, min: 1, unit: "ms" });
}

/** A share: 0 to 1. */
export function share({ key }: FieldOptions): FieldType<number> {
  const range = "a number from 0 to 1";
  return field({ key, unit: "share", range }, (text, refuse) => {
    const value = parseDecimal(text);
    if (value === undefined) return refuse(range);
    if (value < 0) return refuse(">= 0");
    return value > 1 ? refuse("<= 1") : value;
  });
}

/** Longest time, in seconds: a timer of the runtime holds no more milliseconds. */
const SECONDS_MAX = 2_147_483;

/** A time given in seconds, fractions allowed, as milliseconds. */
export function secondsAsMs({ key }: FieldOptions): FieldType<number> {
  const range = `more than 0, up to ${SECONDS_MAX}`;
  return field({ key, unit: "s", range }, (text, refuse) => {
    const seconds = parseDecimal(text);
    if (seconds === undefined) return refuse("a number of seconds");
    if (seconds <= 0) return refuse("> 0");
    if (seconds > SECONDS_MAX) return refuse(`<= ${SECONDS_MAX}`);
    return Math.max(1, Math.round(seconds * 1000));
  });
}

/** A port to connect to: 1 to 65535. */
export function port(options: FieldOptions = {}): FieldType<number> {
  return integer({ ...options, min: 1, max: PORT_MAX });
}

/** The first of `count` consecutive ports to listen on; 0 takes free ones. */
export function listenPort(count = 1): FieldType<number> {
  return integer({ min: 0, max: PORT_MAX - count + 1 });
}

/** An address of either family, or a name; brackets around the address are taken off. */
export function host(): FieldType<string> {
  const range = "an IPv4 or IPv6 address, or a host name";
  return field({ unit: "", range }, (text, refuse) => {
    const endpoint = parseEndpoint(text);
    return endpoint === undefined || endpoint.port !== undefined
      ? refuse(range)
      : endpoint.hostname;
  });
}

/** An IPv4 address as a number; empty is none. */
export function ipOrNone(): FieldType<number | undefined> {
  const range = "an IPv4 address other than 0.0.0.0";
  return field({ unit: "", range }, (text, refuse) => {
    if (text === "") return undefined;
    const ip = isIp(text) ? parseIp(text) : 0;
    return ip === 0 ? refuse(range) : ip;
  });
}

/** Any text. */
export function text({ key }: FieldOptions): FieldType<string> {
  return matching({ key, range: "any text" }, () => true);
}

/** Fewest characters of a key: fewer could be found by trying all. */
const KEY_LENGTH_MIN = 16;

/** A key that several processes share; empty is none. */
export function sharedKey({ key }: FieldOptions = {}): FieldType<string> {
  return matching(
    { key, range: `at least ${KEY_LENGTH_MIN} characters, or empty` },
    (text) => text === "" || text.length >= KEY_LENGTH_MIN,
  );
}

/** Text that must not be empty. */
export function name({ key }: FieldOptions = {}): FieldType<string> {
  return matching(
    { key, range: "at least one character" },
    (text) => text !== "",
  );
}

/** Name of a zone, as dns tells it of hosts; empty is none. */
export function zone(): FieldType<string> {
  return matching(
    {
      range: `at most ${NAME_LENGTH_MAX} letters, digits, ".", "_" and "-"`,
    },
    (text) => text === "" || isValidName(text),
  );
}

/** Labels of letters, digits and "-", with dots between; in lower case, without a dot at the end. */
export function domain(): FieldType<string> {
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const pattern = new RegExp(`^${label}(\\.${label})*\\.?$`);
  const range = "the name of a domain";
  return field({ unit: "", range }, (text, refuse) => {
    const lower = text.toLowerCase();
    return lower.length <= 200 && pattern.test(lower)
      ? lower.replace(/\.$/, "")
      : refuse(range);
  });
}

/** One of a few words. */
export function choice<Word extends string>(
  words: readonly Word[],
  { key }: FieldOptions = {},
): FieldType<Word> {
  const list = words.map((word) => `"${word}"`).join(", ");
  const info = { key, unit: "", range: `one of ${list}` };
  return field(
    info,
    (text, refuse) => words.find((word) => word === text) ?? refuse(info.range),
  );
}

/** The words on and off. */
export function onOff(options: FieldOptions): FieldType<boolean> {
  const words = choice(["on", "off"], options);
  const type = words.transform((word) => word === "on");
  return type.register(INFO, INFO.get(words)!);
}

/** HOST:PORT, separated by commas; may be empty. */
export function addresses(): FieldType<Endpoint[]> {
  const range = "HOST:PORT, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) => {
        const { hostname, port } = parseEndpoint(item) ?? refuse(range);
        return port === undefined ? refuse(range) : { hostname, port };
      }),
  );
}

/** URLs of HTTP, separated by commas; may be empty. */
export function urls(): FieldType<string[]> {
  const range = "URLs that begin with http:// or https://, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) =>
        /^https?:\/\//.test(item) && URL.canParse(item) ? item : refuse(range)
      ),
  );
}

/** HOST or HOST:PORT, separated by commas; at least one. Without a port, another setting has it. */
export function databaseHosts(
  { key }: FieldOptions,
): FieldType<PartialEndpoint[]> {
  const range = "HOST or HOST:PORT, separated by commas";
  return field({ key, unit: "", range }, (list, refuse) => {
    const items = splitList(list);
    if (items.length === 0) return refuse(range);
    return items.map((item) => parseEndpoint(item) ?? refuse(range));
  });
}

/** Names of machines or addresses, separated by commas; may be empty. In lower case. */
export function hostNames(): FieldType<string[]> {
  const range = "host names or addresses, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) =>
        isHostname(item) ? item.toLowerCase() : refuse(range)
      ),
  );
}

/** Addresses of either family, separated by commas; may be empty. */
export function ipAddresses(): FieldType<string[]> {
  const range = "IPv4 or IPv6 addresses, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) => isAddress(item) ? item : refuse(range)),
  );
}

/** An IPv4 address with 32 bits, or a network with fewer. */
export interface IpNetwork {
  ip: number;
  bits: number;
}

/** IPv4 addresses, and networks in CIDR notation, separated by commas; may be empty. */
export function ipNetworks(): FieldType<IpNetwork[]> {
  const range =
    "IPv4 addresses, or networks such as 10.244.0.0/16, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) => {
        const [address = "", size = "32", ...more] = item.split("/");
        const ip = isIp(address) ? parseIp(address) : 0;
        const bits = parseWhole(size) ?? 0;
        const isValid = ip > 0 && bits > 0 && bits <= 32 && more.length === 0;
        return isValid ? { ip, bits } : refuse(range);
      }),
  );
}

/** Routes; an undefined id stands for all. */
export interface RoutePattern {
  modId: number | undefined;
  cmdId: number | undefined;
}

/** MODID/CMDID, MODID/* or *, separated by commas; at least one. */
export function routePatterns(): FieldType<RoutePattern[]> {
  const range = "MODID/CMDID, MODID/* or *, separated by commas";
  return field({ unit: "", range }, (list, refuse) => {
    const items = splitList(list);
    if (items.length === 0) return refuse(range);
    return items.map((item) => {
      if (item === "*") return { modId: undefined, cmdId: undefined };
      const [module = "", command = "", ...more] = item.split("/");
      const modId = parseWhole(module) ?? -1;
      const cmdId = command === "*" ? undefined : parseWhole(command) ?? -1;
      const isRoute = isValidKey({ modId, cmdId: cmdId ?? 0 });
      return isRoute && more.length === 0 ? { modId, cmdId } : refuse(range);
    });
  });
}

/** Addresses and networks in CIDR notation, of either family, separated by commas; may be empty. */
export function networks(): FieldType<string[]> {
  const range =
    "addresses and networks such as 10.0.0.0/8, separated by commas";
  return field(
    { unit: "", range },
    (list, refuse) =>
      splitList(list).map((item) => {
        const [address = "", bits = "0", ...more] = item.split("/");
        const most = isIp(address) ? 32 : 128;
        const isValid = isAddress(address) && more.length === 0 &&
          /^\d{1,3}$/.test(bits) && Number(bits) <= most;
        return isValid ? item : refuse(range);
      }),
  );
}

/** The path of an address under which pages are; empty is its root. Without a slash at the end. */
export function urlPath({ key }: FieldOptions): FieldType<string> {
  const range = 'a path such as "/lars"';
  return field({ key, unit: "", range }, (text, refuse) => {
    const path = text.replace(/\/+$/, "");
    return /^(\/[\w.~-]+)*$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path)
      ? path
      : refuse(range);
  });
}

/** The name of a header of HTTP, in lower case; empty is none. */
export function headerName({ key }: FieldOptions): FieldType<string> {
  const range = "the name of a header";
  return field({ key, unit: "", range }, (text, refuse) => {
    const name = text.toLowerCase();
    return /^[a-z0-9-]*$/.test(name) ? name : refuse(range);
  });
}

/** The path of a file or folder; empty is none. */
export function path({ key }: FieldOptions): FieldType<string> {
  const info = { key, unit: "", range: "a path" };
  return field(info, (text, refuse) => {
    const wrong = text === "" ? undefined : wrongPath(text);
    return wrong === undefined ? text : refuse(`a path, and ${wrong}`);
  });
}

/** Refuses a value, which must be what `words` say. */
type Refuse = (words: string) => never;

function field<Value>(
  info: FieldInfo,
  check: (text: string, refuse: Refuse) => Value,
): FieldType<Value> {
  const type = z.string().transform((text, context): Value => {
    const refuse = (words: string) => {
      context.addIssue({ code: "custom", message: `must be ${words}` });
      return z.NEVER;
    };
    return check(text, refuse);
  });
  return type.register(INFO, info);
}

function matching(
  { key, range }: { key?: string | undefined; range: string },
  matches: (text: string) => boolean,
): FieldType<string> {
  return field(
    { key, unit: "", range },
    (text, refuse) => matches(text) ? text : refuse(range),
  );
}

/** The items of a list. A comma at the end is no mistake. */
function splitList(list: string): string[] {
  return list.split(",").map((item) => item.trim()).filter((item) => item);
}
