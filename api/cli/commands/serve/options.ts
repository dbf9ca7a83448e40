import type { RouteKey } from "../../../../proto/mod.ts";
import type { AgentOptions } from "../../options/agent.ts";

/** What the serve command takes. */
export interface ServeOptions extends RouteKey, AgentOptions {
  port: number;
  ip?: string;
  weight?: number;
  zone?: string;
  check: ServeCheckOption;
  /** In seconds, as those that follow. */
  ttl: number;
  drain: number;
  /** How long the program may take to end after a signal. */
  stop: number;
  version?: string;
  tag?: string[];
}

/** What the agent looks at while the program runs; `lars serve` itself sees whether it lives. */
export type ServeCheckOption =
  | "none"
  | "tcp"
  | `http:/${string}`
  | `https:/${string}`;
