import { type Command, InvalidArgumentError } from "commander";
import { POLICY_NAMES } from "../../../agent/policies/mod.ts";
import { meantBy } from "../../../conf/mod.ts";
import {
  addressKey,
  AGENT_SERVERS,
  type Endpoint,
  type HostAddress,
  ID_MAX,
  isIp,
  isValidName,
  NAME_LENGTH_MAX,
  parseAddress,
  parseDecimal,
  parseEndpoint,
  parseWhole,
  PORT_MAX,
  WEIGHT_DRAINED,
  WEIGHT_MAX,
  wrongPath,
} from "../../../proto/mod.ts";

/** Parses the text of an option or argument; an error's message ends commander's sentence. */
type Parse<Value> = (text: string) => Value;

/** Adds an option whose value is parsed and checked, with a default. */
export function numberOption(
  command: Command,
  flags: string,
  options: { description: string; parse: Parse<number>; value: number },
): Command {
  return command.option(
    flags,
    options.description,
    // Commander hands over the earlier value too.
    (text: string) => options.parse(text),
    options.value,
  );
}

/** A parser of whole numbers within bounds. */
export function integer(
  { min, max }: { min: number; max: number },
): Parse<number> {
  return (text) => {
    const value = parseWhole(text);
    if (value !== undefined && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `It must be an integer from ${min} to ${max}`,
    );
  };
}

/** A modid or cmdid to ask an agent for: what the wire carries. */
export function parseWireId(text: string): number {
  return integer({ min: -ID_MAX - 1, max: ID_MAX })(text);
}

/** A modid or cmdid to keep in a store. */
export function parseStoreId(text: string): number {
  return integer({ min: 0, max: ID_MAX })(text);
}

/**
 * The word that removes a value which a host or a route has of its own. It is a
 * word until {@linkcode orNull}, as commander makes null an empty text.
 */
const DEFAULT = "default";

/** A value to set, or "default". */
export type OrDefault<Value> = Value | typeof DEFAULT;

/** The value, or null for "default". */
export function orNull<Value>(value: OrDefault<Value>): Value | null {
  return value === DEFAULT ? null : value as Value;
}

/** The weight of a host, or "default". */
export function parseWeight(text: string): OrDefault<number> {
  return text === DEFAULT
    ? text
    : integer({ min: WEIGHT_DRAINED, max: WEIGHT_MAX })(text);
}

/** The name of a zone, or "default". */
export function parseName(text: string): OrDefault<string> {
  if (isValidName(text)) return text;
  throw new InvalidArgumentError(
    `It must be 1 to ${NAME_LENGTH_MAX} letters, digits, ".", "_" and "-"`,
  );
}

/** The name of a policy that agents of this version know, or "default". */
export function parsePolicy(text: string): OrDefault<string> {
  if (text === DEFAULT || POLICY_NAMES.includes(text)) return text;
  const meant = meantBy(text, [...POLICY_NAMES, DEFAULT]);
  throw new InvalidArgumentError(
    `It must be ${POLICY_NAMES.join(", ")} or default${
      meant === undefined ? "" : `: "${meant}" is meant`
    }`,
  );
}

/** "on" or "off", or "default". */
export function parseSwitch(text: string): OrDefault<boolean> {
  if (text === DEFAULT) return text;
  if (text === "on" || text === "off") return text === "on";
  throw new InvalidArgumentError("It must be on, off or default");
}

/** The path of a file or folder. */
export function parsePath(text: string): string {
  const wrong = wrongPath(text);
  if (wrong === undefined) return text;
  throw new InvalidArgumentError(`It must ${wrong}`);
}

/** A share, from 0 to 1. */
export function parseShare(text: string): number {
  const value = parseDecimal(text);
  if (value !== undefined && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be a number from 0 to 1");
}

/** The address of a host, as IP:PORT. */
export function parseHost(text: string): HostAddress {
  try {
    return parseAddress(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** As {@linkcode parseHost}, for an option or argument that may come several times; each host counts once. */
export function collectHosts(
  text: string,
  before: HostAddress[] = [],
): HostAddress[] {
  const host = parseHost(text);
  const isKnown = before.some((each) => addressKey(each) === addressKey(host));
  return isKnown ? before : [...before, host];
}

/** A host as IP:PORT, or a whole machine as its IP. */
export function parseMachine(text: string): { ip: number; port?: number } {
  if (!isIp(text)) return parseHost(text);
  const { ip } = parseHost(`${text}:1`);
  return { ip };
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Longest span that an option takes. */
const DURATION_SECONDS_MAX = 366 * UNIT_SECONDS.d;

/** A span such as 90s, 30m, 4h or 2d, in seconds. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) *
    UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  if (seconds > 0 && seconds <= DURATION_SECONDS_MAX) return seconds;
  throw new InvalidArgumentError(
    "It must be a number and s, m, h or d, such as 4h, up to 366d",
  );
}

/** The next two ports are the agent's too. */
const AGENT_PORT_MAX = PORT_MAX - AGENT_SERVERS + 1;

/** Where an agent is; its three servers have this port and the next two. */
export function parseAgent(text: string): Endpoint {
  const { hostname, port } = parseEndpoint(text) ?? {};
  if (hostname === undefined || port === undefined || port > AGENT_PORT_MAX) {
    throw new InvalidArgumentError(
      `It must be HOST:PORT, with a port from 1 to ${AGENT_PORT_MAX}`,
    );
  }
  return { hostname, port };
}
