import {
  formatIp,
  isValidAddress,
  isValidKey,
  parseIp,
  type Route,
} from "../../proto/mod.ts";
import type { RouteRow } from "../../store/mod.ts";

/** The first line of a file with routes. */
export const CSV_HEADER = "modid,cmdid,ip,port";

/**
 * The rows of a file with routes. Empty lines, a byte order mark, quotes around
 * a field and either kind of line end are fine.
 *
 * @throws {SyntaxError} If the header or a line is wrong; names both the file and the line.
 */
export function parseRoutes(text: string, file: string): RouteRow[] {
  const rows: RouteRow[] = [];
  let headerSeen = false;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === "") continue;
    const fields = line.split(",").map(unquote);
    if (!headerSeen) {
      if (fields.join(",").toLowerCase() !== CSV_HEADER) {
        throw wrongLine({ file, number, line }, `be the header ${CSV_HEADER}`);
      }
      headerSeen = true;
      continue;
    }
    const row = parseRow(fields);
    if (row === undefined) {
      throw wrongLine(
        { file, number, line },
        `hold ${CSV_HEADER}, such as 1,1,192.168.1.177,7777`,
      );
    }
    rows.push(row);
  }
  if (!headerSeen) {
    throw wrongLine(
      { file, number: 1, line: "" },
      `be the header ${CSV_HEADER}`,
    );
  }
  return rows;
}

/** The lines of one route, each with its line end. */
export function formatRoute({ modId, cmdId, hosts }: Route): string {
  return hosts.map(({ ip, port }) =>
    `${modId},${cmdId},${formatIp(ip)},${port}\n`
  ).join("");
}

/** One at a time, as a file may have millions. */
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

function parseRow(fields: readonly string[]): RouteRow | undefined {
  const [modText = "", cmdText = "", ipText = "", portText = ""] = fields;
  const numbers = [modText, cmdText, portText];
  if (
    fields.length !== 4 || !numbers.every((text) => /^\d{1,10}$/.test(text))
  ) {
    return undefined;
  }
  const [modId, cmdId, port] = numbers.map(Number) as [number, number, number];
  const ip = parseIpOrZero(ipText);
  const row = { modId, cmdId, ip, port };
  return isValidKey(row) && isValidAddress(row) ? row : undefined;
}

/** No host has ip 0. */
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
