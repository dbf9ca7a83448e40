import {
  InstanceCheck,
  parseIp,
  parseWhole,
  type RegisterRequest,
  type RouteKey,
  wrongRegistration,
} from "../../proto/mod.ts";
import type { ServeStatus } from "./status.ts";

/** How long calls may take to end at most, in milliseconds, if a program does not say. */
export const DRAIN_DEFAULT_MS = 5_000;

/** How long an agent that does not answer is waited for, in milliseconds, if a program does not say. */
export const WAIT_DEFAULT_MS = 10_000;

/**
 * What the agent looks at, on its own machine, to find out whether a program is
 * ready: nothing; whether its port accepts connections; whether GET of a path
 * answers with a status below 400, as in `http:/healthz`, or over TLS with any
 * certificate, as in `https:/healthz`; whether a process lives, as in `pid:1234`.
 */
export type ServeCheck =
  | "none"
  | "tcp"
  | `http:/${string}`
  | `https:/${string}`
  | `pid:${number}`;

/** What a program serves, beside its routes; all but `port` has a default. */
export interface ServeSettings {
  /** Where it listens, 1 to 65535. */
  port: number;
  /** IPv4 address that callers use; the machine's own, as its agent knows it, if not given. */
  ip?: string;
  /** Relative capacity, 1 to 10,000; 100 if not given. */
  weight?: number;
  /** Zone it stands in; the agent's if not given. */
  zone?: string;
  /**
   * Time in milliseconds after which the agent takes it out when it hears nothing
   * of the program, from 1,000 to 300,000; 15,000 if not given.
   */
  ttlMs?: number;
  /** What the agent looks at; `none` if not given. */
  check?: ServeCheck;
  /**
   * Longest time in milliseconds that leaving takes, up to 3,600,000; 5,000 if not
   * given. It takes less when all callers have told that their calls have ended.
   */
  drainMs?: number;
  /** Version of the program, for people: up to 64 characters of printable ASCII. */
  version?: string;
  /** For people: up to 8, of up to 32 characters of printable ASCII. */
  tags?: readonly string[];
  /** Whether it may get calls at once; false: only after `ready()`. True if not given. */
  ready?: boolean;
  /** How long an agent that does not answer is waited for, in milliseconds; 10,000 if not given. */
  waitMs?: number;
  /** Aborted, the program leaves, as by `close()`. */
  signal?: AbortSignal;
  /**
   * Called when its state is another than what it had as `serve` resolved, or was
   * told last: served, drained by a person, refused.
   */
  onChange?: (status: ServeStatus) => void;
}

/** What a program serves: one route or, as `routes`, up to 32. */
export type ServeOptions =
  & ServeSettings
  & (RouteKey | { routes: readonly RouteKey[] });

/**
 * The request that registers an instance, its `seq` still 0.
 *
 * @throws {RangeError} If an option is out of its range.
 * @throws {SyntaxError} If the ip or the check is none.
 */
export function toRegisterRequest(
  options: ServeOptions,
  instance: string,
): RegisterRequest {
  const routes = "routes" in options
    ? options.routes
    : [{ modId: options.modId, cmdId: options.cmdId }];
  const request = {
    seq: 0,
    instance,
    routes: routes.map(({ modId, cmdId }) => ({ modId, cmdId })),
    port: options.port,
    ip: options.ip === undefined ? 0 : parseIp(options.ip),
    weight: options.weight ?? 0,
    zone: options.zone ?? "",
    ttlMs: options.ttlMs ?? 0,
    ...parseCheck(options.check ?? "none"),
    drainMs: options.drainMs ?? DRAIN_DEFAULT_MS,
    version: options.version ?? "",
    tags: [...options.tags ?? []],
    notReady: options.ready === false,
  };
  const wrong = wrongRegistration(request) ?? wrongZero(options);
  if (wrong !== undefined) throw new RangeError(`Cannot serve as ${wrong}`);
  return request;
}

/** What the wire would take for unset. */
function wrongZero({ weight, ttlMs }: ServeOptions): string | undefined {
  if (weight === 0) return "weight must be 1 to 10000: current value is 0";
  return ttlMs === 0
    ? "ttl must be 1000 to 300000 ms: current value is 0"
    : undefined;
}

/**
 * What a check means on the wire.
 *
 * @throws {SyntaxError} If it is none.
 */
function parseCheck(
  check: string,
): Pick<RegisterRequest, "check" | "path" | "pid"> {
  const colon = check.indexOf(":");
  const kind = colon < 0 ? check : check.slice(0, colon);
  const rest = colon < 0 ? undefined : check.slice(colon + 1);
  const pid = rest === undefined ? undefined : parseWhole(rest);
  if (kind === "none" && rest === undefined) {
    return { check: InstanceCheck.none, path: "", pid: 0 };
  }
  if (kind === "tcp" && rest === undefined) {
    return { check: InstanceCheck.tcp, path: "", pid: 0 };
  }
  if ((kind === "http" || kind === "https") && rest?.startsWith("/")) {
    return { check: InstanceCheck[kind], path: rest, pid: 0 };
  }
  if (kind === "pid" && pid !== undefined) {
    return { check: InstanceCheck.pid, path: "", pid };
  }
  throw new SyntaxError(
    `Cannot serve as the check must be none, tcp, http:/PATH, https:/PATH or pid:NUMBER: current value is "${check}"`,
  );
}
