import {
  formatIp,
  isValidAddress,
  isValidKey,
  isValidName,
  isValidWeight,
  parseIp,
  type Route,
} from "../../../../proto/mod.ts";
import type { HostRow } from "../../../../store/mod.ts";

/** The first line of a file with routes: its columns. */
export const CSV_HEADER = "modid,cmdid,ip,port";

/** Columns that a file may have beside them; the last two are the same in each row of a route. */
const MORE_COLUMNS = ["weight", "zone", "policy", "check"] as const;

type MoreColumn = typeof MORE_COLUMNS[number];

/** The first line of a file in which a route has more than hosts. */
export const CSV_HEADER_FULL = [CSV_HEADER, ...MORE_COLUMNS].join();

/** A row of a file: a host, and settings of its route. */
export interface CsvRow extends HostRow {
  policy?: string;
  check?: boolean;
}

/**
 * The rows of a file with routes. The columns of {@linkcode CSV_HEADER}
 * come first, any of the others may follow; an empty field of these changes
 * nothing. Empty lines, a byte order mark, quotes around a field and either kind
 * of line end are allowed.
 *
 * @throws {SyntaxError} If the header or a line is wrong; names both the file and the line.
 */
export function parseRoutes(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let header: Header | undefined;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === "") continue;
    const fields = line.split(",").map(unquote);
    if (header === undefined) {
      header = parseHeader(fields);
      if (header === undefined) {
        throw wrongLine({ file, number, line }, `be the header ${CSV_HEADER}`);
      }
      continue;
    }
    const row = parseRow(fields, header);
    if (row === undefined) {
      throw wrongLine({ file, number, line }, `hold ${header.example}`);
    }
    rows.push(row);
  }
  if (header === undefined) {
    throw wrongLine(
      { file, number: 1, line: "" },
      `be the header ${CSV_HEADER}`,
    );
  }
  return rows;
}

/**
 * The lines of one route, each with its line end: with the columns of
 * {@linkcode CSV_HEADER_FULL} if `full`.
 */
export function formatRoute(
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
export function hasMore({ hosts, settings }: Route): boolean {
  return settings !== undefined ||
    hosts.some(({ weight, zone }) =>
      weight !== undefined || zone !== undefined
    );
}

const SWITCH = ["off", "on"];

interface Header {
  more: readonly MoreColumn[];
  /** The columns and a row, for messages. */
  example: string;
}

function parseHeader(fields: readonly string[]): Header | undefined {
  const columns = fields.map((field) => field.toLowerCase());
  const more = columns.slice(4).flatMap((column) =>
    MORE_COLUMNS.find((known) => known === column) ?? []
  );
  if (
    columns.slice(0, 4).join() !== CSV_HEADER ||
    more.length !== columns.length - 4 || new Set(more).size !== more.length
  ) return undefined;
  const values = { weight: "100", zone: "eu-1", policy: "lars", check: "on" };
  const example = [
    "1,1,192.168.1.177,7777",
    ...more.map((column) => values[column]),
  ];
  return { more, example: `${columns.join()}, such as ${example.join()}` };
}

/** The lines of a text, one at a time, as it may have millions. */
function* linesOf(text: string): Generator<string> {
  let start = text.startsWith("\ufeff") ? 1 : 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const line = end < 0 ? text.slice(start) : text.slice(start, end);
    yield line.trim();
    if (end < 0) return;
    start = end + 1;
  }
}

function parseRow(
  fields: readonly string[],
  { more }: Header,
): CsvRow | undefined {
  const [modText = "", cmdText = "", ipText = "", portText = ""] = fields;
  const numbers = [modText, cmdText, portText];
  if (
    fields.length !== 4 + more.length ||
    !numbers.every((text) => /^\d{1,10}$/.test(text))
  ) {
    return undefined;
  }
  const [modId, cmdId, port] = numbers.map(Number) as [number, number, number];
  const ip = parseIpOrZero(ipText);
  const row: CsvRow = { modId, cmdId, ip, port };
  const valid = more.every((column, index) =>
    takeMore(row, { column, text: fields[4 + index]! })
  );
  return valid && isValidKey(row) && isValidAddress(row) ? row : undefined;
}

/** Puts a field into a row; false if its value is invalid. */
function takeMore(
  row: CsvRow,
  { column, text }: { column: MoreColumn; text: string },
): boolean {
  if (text === "") return true;
  switch (column) {
    case "weight":
      row.weight = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
      return isValidWeight(row.weight);
    case "check":
      row.check = text.toLowerCase() === "on";
      return SWITCH.includes(text.toLowerCase());
    default:
      row[column] = text;
      return isValidName(text);
  }
}

/** The IPv4 address in a text; 0, which no host has, if it is none. */
function parseIpOrZero(text: string): number {
  try {
    return parseIp(text);
  } catch {
    return 0;
  }
}

function unquote(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1");
}

function wrongLine(
  { file, number, line }: { file: string; number: number; line: string },
  what: string,
): SyntaxError {
  const shown = JSON.stringify(line.slice(0, 80));
  return new SyntaxError(
    `Cannot import "${file}" as line ${number} must ${what}: current line is ${shown}`,
  );
}
