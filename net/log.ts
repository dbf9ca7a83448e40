import {
  configure,
  getConsoleSink,
  getLogger,
  type LogRecord,
} from "@logtape/logtape";

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

/**
 * Sends log lines of `level` and above to standard error: time, level, part,
 * message, then the event's properties as key=value.
 */
export async function configureLogs(level: LogLevel): Promise<void> {
  await configure({
    sinks: {
      stderr: getConsoleSink({
        formatter: formatRecord,
        levelMap: {
          trace: "error",
          debug: "error",
          info: "error",
          warning: "error",
          error: "error",
          fatal: "error",
        },
      }),
    },
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
  return /^[\w.:/+-]+$/.test(text) ? text : oneLine(JSON.stringify(text));
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, " ");
}
