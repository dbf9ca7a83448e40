import { z } from "zod";
import {
  choice,
  type Endpoint,
  integer,
  ip,
  listenPort,
  text,
} from "./fields.ts";

/** How much is logged, from most to least. */
export type LogLevel = typeof LOG_LEVELS[number];

const LOG_LEVELS = [
  "trace",
  "debug",
  "info",
  "warning",
  "error",
  "fatal",
] as const;

/** What every service has. */
export interface CommonConfig {
  /** Where metrics are served over HTTP; undefined: nowhere. */
  metrics: Endpoint | undefined;
  logLevel: LogLevel;
}

/** What dns and reporter, which take TCP connections, have. */
export interface ServerConfig extends CommonConfig {
  /** Where to listen; port 0 takes any free one. */
  listen: Endpoint;
  /** A connection over this number is closed at once; each costs a descriptor and its buffers. */
  connectionsMax: number;
}

/** Sections [metrics] and [log]. */
export const commonSections = {
  metrics: z.object({ ip: ip("127.0.0.1"), port: listenPort("0") }),
  log: z.object({ level: choice("info", LOG_LEVELS) }),
};

/** Section [reactor]. `threadNum` is the original's: one event loop serves all here. */
export function reactorSection(defaultPort: string) {
  return z.object({
    maxConn: integer("1024", { min: 1 }),
    threadNum: text("5"),
    ip: ip("127.0.0.1"),
    port: listenPort(defaultPort),
  });
}

/** The configuration in sections [metrics] and [log]. */
export function commonConfig(
  { metrics, log }: {
    metrics: { ip: string; port: number };
    log: { level: LogLevel };
  },
): CommonConfig {
  return {
    // The services' own ports may be ephemeral; metrics are wanted or they are not.
    metrics: metrics.port === 0
      ? undefined
      : { hostname: metrics.ip, port: metrics.port },
    logLevel: log.level,
  };
}
