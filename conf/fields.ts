import { z } from "zod";

/** A place to listen at or to connect to. */
export interface Endpoint {
  /** An IPv4 address; a database may also have a name. */
  hostname: string;
  port: number;
}

/** A setting: text in the file, a checked value here. */
export type Field<Value> = z.ZodType<Value, string | undefined>;

const PORT_MAX = 65_535;

/** A whole number between two limits, both included. */
export function integer(
  defaultText: string,
  { min, max = 2_147_483_647 }: { min: number; max?: number },
): Field<number> {
  return field(defaultText, (text) => {
    if (!/^[+-]?\d+$/.test(text)) return expected("a whole number");
    return between(Number(text), { min, max });
  });
}

/** A share: 0 to 1. */
export function share(defaultText: string): Field<number> {
  return field(defaultText, (text) => {
    if (!isDecimal(text)) return expected("a number from 0 to 1");
    return between(Number(text), { min: 0, max: 1 });
  });
}

/** A time given in seconds, fractions allowed, as milliseconds. */
export function secondsAsMs(defaultText: string): Field<number> {
  return field(defaultText, (text) => {
    if (!isDecimal(text)) return expected("a number of seconds");
    const seconds = Number(text);
    if (seconds <= 0) return expected("> 0");
    if (seconds > SECONDS_MAX) return expected(`<= ${SECONDS_MAX}`);
    return { value: Math.max(1, Math.round(seconds * 1000)) };
  });
}

/** Longest time: a timer of the runtime holds no more milliseconds. */
const SECONDS_MAX = 2_147_483;

/** A port to connect to: 1 to 65535. */
export function port(defaultText: string): Field<number> {
  return integer(defaultText, { min: 1, max: PORT_MAX });
}

/** The first of `count` consecutive ports to listen on; 0 takes free ones. */
export function listenPort(defaultText: string, count = 1): Field<number> {
  return integer(defaultText, { min: 0, max: PORT_MAX - count + 1 });
}

/** An IPv4 address. */
export function ip(defaultText: string): Field<string> {
  return field(
    defaultText,
    (text) => isIp(text) ? { value: text } : expected("an IPv4 address"),
  );
}

/** Any text. */
export function text(defaultText: string): Field<string> {
  return field(defaultText, (value) => ({ value }));
}

/** Text that must not be empty. */
export function name(defaultText: string): Field<string> {
  return field(
    defaultText,
    (value) => value === "" ? expected("at least one character") : { value },
  );
}

/** Name of a zone, as dns tells it of hosts; empty is none. */
export function zone(): Field<string> {
  return field(
    "",
    (value) =>
      /^[\w.-]{0,32}$/.test(value)
        ? { value }
        : expected('at most 32 letters, digits, ".", "_" and "-"'),
  );
}

/** One of a few words. */
export function choice<Word extends string>(
  defaultText: Word,
  words: readonly Word[],
): Field<Word> {
  return field(defaultText, (value) => {
    const word = words.find((word) => word === value);
    const list = words.map((word) => `"${word}"`).join(", ");
    return word === undefined ? expected(`one of ${list}`) : { value: word };
  });
}

/** IP:PORT, separated by commas; may be empty. */
export function addresses(): Field<Endpoint[]> {
  return field("", (list) => {
    const endpoints: Endpoint[] = [];
    for (const item of splitList(list)) {
      const { hostname, port } = splitPort(item);
      if (!isIp(hostname) || port === undefined) {
        return expected("IP:PORT, separated by commas");
      }
      endpoints.push({ hostname, port });
    }
    return { value: endpoints };
  });
}

/** A database server; without a port, another setting has it. */
export interface DatabaseHost {
  hostname: string;
  port: number | undefined;
}

/** HOST or HOST:PORT, separated by commas; at least one. A name is allowed. */
export function databaseHosts(defaultText: string): Field<DatabaseHost[]> {
  return field(defaultText, (list) => {
    const hosts = splitList(list).map(splitPort);
    const valid = hosts.length > 0 &&
      hosts.every(({ hostname }) => /^[\w.-]+$/.test(hostname));
    return valid
      ? { value: hosts }
      : expected("HOST or HOST:PORT, separated by commas");
  });
}

type Checked<Value> = { value: Value } | { expected: string };

function field<Value>(
  defaultText: string,
  check: (text: string) => Checked<Value>,
): Field<Value> {
  return z.string().transform((text, context): Value => {
    const checked = check(text);
    if ("value" in checked) return checked.value;
    context.addIssue({
      code: "custom",
      message: `must be ${checked.expected}`,
    });
    return z.NEVER;
  }).prefault(defaultText);
}

function expected(words: string): { expected: string } {
  return { expected: words };
}

function between(
  value: number,
  { min, max }: { min: number; max: number },
): Checked<number> {
  if (value < min) return expected(`>= ${min}`);
  return value > max ? expected(`<= ${max}`) : { value };
}

function isDecimal(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
}

function isIp(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function splitList(list: string): string[] {
  const items = list.split(",").map((item) => item.trim());
  // A comma at the end is no mistake.
  return items.filter((item) => item !== "");
}

/** "HOST:PORT" in two; a port that is none stays in the hostname, which no host has. */
function splitPort(item: string): DatabaseHost {
  const match = /^([^:]*):(\d{1,5})$/.exec(item);
  const port = Number(match?.[2]);
  return match?.[1] !== undefined && port >= 1 && port <= PORT_MAX
    ? { hostname: match[1], port }
    : { hostname: item, port: undefined };
}
