import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { LineWriter } from "./output/line_writer.ts";

/** Severity of a log line, lowest first. */
export type LogLevel =
  | "trace"
  | "debug"
  | "info"
  | "warning"
  | "error"
  | "fatal";

/** Writes events as log lines: a message, and the event's properties. */
export type Logger = Record<
  "info" | "warn" | "error" | "fatal",
  (message: string, properties?: Record<string, unknown>) => void
>;

/** The logger of one part of Lars; silent until {@linkcode configureLogs} is called. */
export function loggerOf(part: string): Logger {
  return getLogger(["lars", part]);
}

/** The lines of this process on standard error. */
const LINES = new LineWriter({ sink: Deno.stderr });

/**
 * Sends log lines of `level` and above to standard error: time, level, part,
 * message, then the event's properties as key=value. A later call sets another
 * level.
 */
export function configureLogs(level: LogLevel): void {
  configureSync({
    reset: true,
    sinks: { stderr: (record) => LINES.write(formatRecord(record)) },
    loggers: [
      { category: "lars", lowestLevel: level, sinks: ["stderr"] },
      {
        category: ["logtape", "meta"],
        lowestLevel: "error",
        sinks: ["stderr"],
      },
    ],
  });
}

/** Time in which a process that ends writes the lines that wait. */
const FLUSH_MS_MAX = 500;

/** Ends the process when its log lines are written, or a little later. */
export async function exitAfterLogs(
  code: number,
  lastLine?: string,
): Promise<never> {
  if (lastLine !== undefined) LINES.write(lastLine);
  const late = setTimeout(() => Deno.exit(code), FLUSH_MS_MAX);
  await LINES.flushed();
  clearTimeout(late);
  Deno.exit(code);
}

/** Log lines of this process that could not be written. */
export function logLinesLost(): number {
  return LINES.lost;
}

/** Formats a record as one line, whatever characters a peer has sent. */
export function formatRecord(record: LogRecord): string {
  const time = new Date(record.timestamp).toISOString();
  const part = record.category.slice(1).join(".");
  const message = record.message.map(String).join("");
  const properties = Object.entries(record.properties)
    .map(([key, value]) => ` ${key}=${formatValue(value)}`)
    .join("");
  return `${time} ${record.level} ${part}: ${oneLine(message)}${properties}`;
}

function formatValue(value: unknown): string {
  const text = value instanceof Error ? value.message : String(value);
  return /^[\w.:/+[\]-]+$/.test(text) ? text : oneLine(JSON.stringify(text));
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, " ");
}
