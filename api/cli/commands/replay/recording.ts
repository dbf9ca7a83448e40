import {
  formatAddress,
  type HostAddress,
  isValidKey,
  parseAddress,
  parseDecimal,
  parseWhole,
  type RouteKey,
} from "../../../../proto/mod.ts";

/** The first line of a recording. */
const TITLE = "# lars recording 1";

const HEADER = "ms,event,host,retcode,duration_us";

/** A pick, or the report of a call; `atMs` counts from the beginning of the recording. */
export type RecordedEvent =
  /** Without a host none was found. */
  | { kind: "pick"; atMs: number; host: HostAddress | undefined }
  | {
    kind: "report";
    atMs: number;
    host: HostAddress;
    returnCode: number;
    durationUs: number;
  }
  /** The host was picked and not called. */
  | { kind: "unused"; atMs: number; host: HostAddress };

/** The picks and reports of one route, as its agent saw them. */
export interface Recording {
  key: RouteKey;
  /** Every host of the route at the beginning, also those never picked. */
  hosts: HostAddress[];
  /** In order of time. */
  events: RecordedEvent[];
}

/** The lines of a recording before its events. */
export function formatHead(
  { key, hosts }: { key: RouteKey; hosts: readonly HostAddress[] },
): string {
  return [
    TITLE,
    `# route ${key.modId} ${key.cmdId}`,
    ...hosts.map((host) => `# host ${formatAddress(host)}`),
    HEADER,
    "",
  ].join("\n");
}

/** The line of an event. */
export function formatEvent(event: RecordedEvent): string {
  const host = event.host === undefined ? "" : formatAddress(event.host);
  const line = `${event.atMs},${event.kind},${host}`;
  return event.kind === "report"
    ? `${line},${event.returnCode},${event.durationUs}\n`
    : `${line},,\n`;
}

/**
 * Reads a recording.
 *
 * @throws {SyntaxError} If it is none; the message has file and line.
 */
export function parseRecording(text: string, file: string): Recording {
  const lines = text.split(/\r?\n/);
  const recording: Recording = {
    key: { modId: NaN, cmdId: NaN },
    hosts: [],
    events: [],
  };
  const fail = (index: number, reason: string) =>
    new SyntaxError(
      `Cannot read recording "${file}" line ${index + 1}: ${reason}`,
    );
  if (lines[0] !== TITLE) {
    throw fail(0, `it must be "${TITLE}": make one with "lars record"`);
  }
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "" || line === HEADER) continue;
    try {
      if (line.startsWith("#")) parseHeadLine(line, recording);
      else recording.events.push(parseEvent(line));
    } catch (error) {
      throw fail(index, (error as Error).message);
    }
  }
  if (!isValidKey(recording.key)) throw fail(1, "no route is named");
  recording.events.sort((a, b) => a.atMs - b.atMs);
  return recording;
}

function parseHeadLine(line: string, recording: Recording): void {
  const [, word, first = "", second = ""] = line.split(" ");
  if (word === "route") {
    recording.key = {
      modId: parseWhole(first) ?? NaN,
      cmdId: parseWhole(second) ?? NaN,
    };
  } else if (word === "host") {
    recording.hosts.push(parseAddress(first));
  }
}

function parseEvent(line: string): RecordedEvent {
  const [ms = "", kind, host = "", returnCode = "", durationUs = ""] = line
    .split(",");
  const atMs = parseDecimal(ms);
  if (atMs === undefined) {
    throw new SyntaxError("ms must be a number");
  }
  if (kind === "pick") {
    return { kind, atMs, host: host === "" ? undefined : parseAddress(host) };
  }
  if (kind === "unused") return { kind, atMs, host: parseAddress(host) };
  if (kind !== "report") {
    throw new SyntaxError('event must be "pick", "report" or "unused"');
  }
  const report = {
    returnCode: parseWhole(returnCode) ?? NaN,
    durationUs: parseDecimal(durationUs) ?? NaN,
  };
  if (Number.isNaN(report.returnCode) || !(report.durationUs >= 0)) {
    throw new SyntaxError("retcode and duration_us must be numbers");
  }
  return { kind, atMs, host: parseAddress(host), ...report };
}
