import {
  formatIp,
  ID_MAX,
  IP_MAX,
  isIp,
  isValidName,
  isValidWeight,
  NAME_LENGTH_MAX,
  parseIp,
  parseWhole,
  PORT_MAX,
  type Route,
  RouteMap,
  WEIGHT_DRAINED,
  WEIGHT_MAX,
} from "../proto/mod.ts";
import type { HostRow, SettingsChange } from "./types.ts";

/** First line of CSV with routes: its columns. */
export const CSV_HEADER = "modid,cmdid,ip,port";

/** Columns that a file may have beside them; the last two are the same in each row of a route. */
const MORE_COLUMNS = ["weight", "zone", "policy", "check"] as const;

/** First line of CSV in which a route has more than hosts. */
export const CSV_HEADER_FULL: string = [CSV_HEADER, ...MORE_COLUMNS].join();

/** A row of CSV with routes: a host, and settings of its route. */
export interface CsvRow extends HostRow {
  /** Name of a balancing policy. */
  policy?: string;
  /** True if agents may check hosts that are out. */
  check?: boolean;
}

/** Where CSV comes from. */
export interface CsvOptions {
  /** Name of the file, for people. */
  file: string;
}

/**
 * Reads CSV with routes: of the columns of {@linkcode CSV_HEADER}, with
 * any of the others, or of the table RouteData, in any order. An empty field of
 * the other columns changes nothing. Fields are separated by commas or, as the
 * header has them, by semicolons. Empty lines, a byte order mark, quotes around a
 * field and any kind of line end are allowed.
 *
 * @throws {SyntaxError} If the header or a line is wrong; names both the file and the line.
 */
export function parseRouteCsv(
  text: string,
  { file }: CsvOptions,
): CsvRow[] {
  const rows: CsvRow[] = [];
  let header: Header | undefined;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === "") continue;
    if (header === undefined) {
      header = parseHeader(line);
      if (header === undefined) throw wrongHeader({ file, number, line });
      continue;
    }
    rows.push(parseRow({ file, number, line }, header));
  }
  if (header === undefined) {
    throw wrongHeader({ file, number: 1, line: "" });
  }
  return rows;
}

/** Settings of the routes of rows; the last row of a route that has some counts. */
export function settingsOfRows(rows: readonly CsvRow[]): SettingsChange[] {
  const settings = new RouteMap<SettingsChange>();
  for (const { modId, cmdId, policy, check } of rows) {
    if (policy === undefined && check === undefined) continue;
    const change = {
      modId,
      cmdId,
      ...(policy === undefined ? {} : { policy }),
      ...(check === undefined ? {} : { check }),
    };
    settings.set(change, change);
  }
  return [...settings.values()];
}

/**
 * Writes the lines of one route, each with its line end: with the columns of
 * {@linkcode CSV_HEADER_FULL} if `full`.
 */
export function formatRouteCsv(
  { modId, cmdId, hosts, settings }: Route,
  { full }: { full: boolean },
): string {
  const { policy = "", check } = settings ?? {};
  const ofRoute = `${policy},${
    check === undefined ? "" : SWITCH[Number(check)]
  }`;
  return hosts.map(({ ip, port, weight = "", zone = "" }) => {
    const row = `${modId},${cmdId},${formatIp(ip)},${port}`;
    return full ? `${row},${weight},${zone},${ofRoute}\n` : `${row}\n`;
  }).join("");
}

/** Whether a route has more than {@linkcode CSV_HEADER} has columns for. */
export function needsFullCsv({ hosts, settings }: Route): boolean {
  return settings !== undefined ||
    hosts.some(({ weight, zone }) =>
      weight !== undefined || zone !== undefined
    );
}

const SWITCH = ["off", "on"];

/** A line of a file. */
interface Line {
  file: string;
  /** From 1. */
  number: number;
  line: string;
}

interface Header {
  columns: readonly Column[];
  separator: string;
  /** The columns and a row, for messages. */
  example: string;
}

/** How a field is put into a row; false if its value is invalid. */
type Take = (row: CsvRow, text: string) => boolean;

/** The number that a text is, and whether it is within bounds. */
function within(min: number, max: number) {
  return (text: string, keep: (value: number) => void): boolean => {
    const value = parseWhole(text);
    if (value === undefined || value < min || value > max) return false;
    keep(value);
    return true;
  };
}

const isId = within(0, ID_MAX);
const isPort = within(1, PORT_MAX);
const isIpNumber = within(1, IP_MAX);

const takeIp: Take = (row, text) =>
  (row.ip = isIp(text) ? parseIp(text) : 0) > 0;

const takePort: Take = (row, text) => isPort(text, (port) => row.port = port);

/** What each column takes. */
const COLUMNS = {
  // The table numbers its rows anew.
  id: () => true,
  modid: (row, text) => isId(text, (id) => row.modId = id),
  cmdid: (row, text) => isId(text, (id) => row.cmdId = id),
  ip: takeIp,
  port: takePort,
  serverip: (row, text) =>
    takeIp(row, text) || isIpNumber(text, (ip) => row.ip = ip),
  serverport: takePort,
  weight: (row, text) =>
    text === "" || isValidWeight(row.weight = parseWhole(text) ?? NaN),
  zone: (row, text) => text === "" || isValidName(row.zone = text),
  policy: (row, text) => text === "" || isValidName(row.policy = text),
  check: (row, text) => {
    if (text === "") return true;
    row.check = text.toLowerCase() === "on";
    return SWITCH.includes(text.toLowerCase());
  },
} as const satisfies Record<string, Take>;

type Column = keyof typeof COLUMNS;

/** A value of each column, for messages. */
const EXAMPLES: Readonly<Record<Column, string>> = {
  id: "1",
  modid: "1",
  cmdid: "1",
  ip: "192.168.1.177",
  port: "7777",
  serverip: "3232235953",
  serverport: "7777",
  weight: "100",
  zone: "eu-1",
  policy: "lars",
  check: "on",
};

const ID_LIMITS = `an integer from 0 to ${ID_MAX}`;
const IP_LIMITS = "an IPv4 address, not 0.0.0.0";
const PORT_LIMITS = `an integer from 1 to ${PORT_MAX}`;
const NAME_LIMITS =
  `1 to ${NAME_LENGTH_MAX} letters, digits, ".", "_" and "-", or empty`;

/** What the value of each column must be, for messages. */
const LIMITS: Readonly<Record<Column, string>> = {
  id: "anything",
  modid: ID_LIMITS,
  cmdid: ID_LIMITS,
  ip: IP_LIMITS,
  port: PORT_LIMITS,
  serverip: `${IP_LIMITS}, or its number from 1 to ${IP_MAX}`,
  serverport: PORT_LIMITS,
  weight: `an integer from ${WEIGHT_DRAINED} to ${WEIGHT_MAX}, or empty`,
  zone: NAME_LIMITS,
  policy: NAME_LIMITS,
  check: "on, off or empty",
};

/** Columns of which a file has one each. */
const NEEDED: readonly (readonly Column[])[] = [
  ["modid"],
  ["cmdid"],
  ["ip", "serverip"],
  ["port", "serverport"],
];

function parseHeader(line: string): Header | undefined {
  const separator = line.includes(";") ? ";" : ",";
  const names = line.split(separator).map((field) =>
    unquote(field).toLowerCase()
  );
  const columns = names.filter((name): name is Column =>
    Object.hasOwn(COLUMNS, name)
  );
  const isWhole = NEEDED.every((either) =>
    columns.filter((column) => either.includes(column)).length === 1
  );
  if (
    !isWhole || columns.length !== names.length ||
    new Set(columns).size !== columns.length
  ) return undefined;
  const values = columns.map((column) => EXAMPLES[column]);
  const example = [columns, values].map((row) => row.join(separator));
  return { columns, separator, example: example.join(", such as ") };
}

/**
 * The lines of a text, one at a time, as it may have millions. The line end of
 * Windows is one, and so is that of old Macs, as spreadsheets still write it.
 */
function* linesOf(text: string): Generator<string> {
  const ends = /\r\n|\n|\r/g;
  let start = text.startsWith("\ufeff") ? 1 : 0;
  for (const { index, 0: end } of text.matchAll(ends)) {
    yield text.slice(start, index).trim();
    start = index + end.length;
  }
  if (start < text.length) yield text.slice(start).trim();
}

function parseRow(
  line: Line,
  { columns, separator, example }: Header,
): CsvRow {
  const fields = line.line.split(separator).map(unquote);
  const row: CsvRow = { modId: 0, cmdId: 0, ip: 0, port: 0 };
  const what = `hold ${example}`;
  if (fields.length !== columns.length) throw wrongLine(line, what);
  for (const [index, column] of columns.entries()) {
    const take: Take = COLUMNS[column];
    if (take(row, fields[index]!)) continue;
    const limits = LIMITS[column];
    throw wrongLine(line, what, { column, limits, field: fields[index]! });
  }
  return row;
}

function unquote(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1");
}

function wrongHeader(line: Line): SyntaxError {
  return wrongLine(
    line,
    `be the header ${CSV_HEADER}, perhaps followed by ${MORE_COLUMNS.join()}, or that of RouteData, id,modid,cmdid,serverip,serverport`,
  );
}

function wrongLine(
  { file, number, line }: Line,
  what: string,
  wrong?: { column: Column; limits: string; field: string },
): SyntaxError {
  const shown = JSON.stringify(line.slice(0, 80));
  const which = wrong === undefined
    ? ""
    : `, and its ${wrong.column} must be ${wrong.limits}: current value is ${
      JSON.stringify(wrong.field)
    }`;
  return new SyntaxError(
    `Cannot import "${file}" as line ${number} must ${what}: current line is ${shown}${which}`,
  );
}
