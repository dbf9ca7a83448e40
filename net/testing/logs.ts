import { configureSync, resetSync } from "@logtape/logtape";
import { formatRecord, loggerOf } from "../log.ts";

/** The logger that tests hand in. */
export const logger = loggerOf("test");

/** Records every log line until it is disposed of. */
export function recordLogs(): { lines: string[] } & Disposable {
  const lines: string[] = [];
  configureSync({
    reset: true,
    sinks: { lines: (record) => void lines.push(formatRecord(record)) },
    loggers: [
      { category: "lars", lowestLevel: "debug", sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  return { lines, [Symbol.dispose]: () => resetSync() };
}
