import {
  AGENT_SERVERS,
  type CallReport,
  type Endpoint,
  isValidAddress,
  PORT_MAX,
  type RouteKey,
} from "../proto/mod.ts";
import type { CallResult } from "./outcome.ts";

/** Longest duration that can be reported, in microseconds: 71 minutes. */
export const DURATION_US_MAX = 0xffff_ffff;

/** Longest timeout that timers of the runtime take, in milliseconds. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * The key of a route.
 *
 * @throws {RangeError} If an id is not an int32.
 */
export function routeKey(modId: number, cmdId: number): RouteKey {
  checkInt32("modid", modId);
  checkInt32("cmdid", cmdId);
  return { modId, cmdId };
}

/** @throws {RangeError} If `value` is not an int32: the wire cannot carry it. */
function checkInt32(name: string, value: number): void {
  if ((value | 0) === value) return;
  throw new RangeError(
    `Cannot send ${name} as it must be an integer from -2147483648 to 2147483647: current value is ${value}`,
  );
}

/** @throws {RangeError} If `durationUs` is not an uint32. */
function checkDurationUs(durationUs: number): void {
  if (durationUs >>> 0 === durationUs) return;
  throw new RangeError(
    `Cannot report duration as it must be an integer from 0 to ${DURATION_US_MAX} microseconds: current value is ${durationUs}`,
  );
}

/**
 * A call's result as a source takes it.
 *
 * @throws {RangeError} If the return code is not an int32, if there can be no
 * such host, or if the duration is not an uint32.
 */
export function toResult(
  { host, returnCode, durationUs = 0 }: CallResult,
): CallReport {
  checkInt32("return code", returnCode);
  checkDurationUs(durationUs);
  const { ip, port } = host;
  if (!isValidAddress(host)) {
    throw new RangeError(
      `Cannot report as the host must have an ip other than 0 and a port from 1 to ${PORT_MAX}: current value is ${ip}, ${port}`,
    );
  }
  return { ip, port, returnCode, durationUs, unused: false };
}

/**
 * Checks how a client is to reach its agent.
 *
 * @throws {RangeError} If an option is out of its range.
 */
export function checkOptions(
  options: {
    agent: Endpoint;
    timeoutMs: number;
    tries: number;
    standInMs: number;
  },
): void {
  const { agent, timeoutMs, tries, standInMs } = options;
  checkRange("the agent's port", agent.port, {
    min: 1,
    max: PORT_MAX - AGENT_SERVERS + 1,
  });
  checkRange("timeoutMs", timeoutMs, { min: 1, max: TIMEOUT_MS_MAX });
  checkRange("tries", tries, { min: 1, max: 1_000 });
  checkRange("standInMs", standInMs, { min: 0, max: TIMEOUT_MS_MAX });
}

/**
 * Checks an option of a client.
 *
 * @throws {RangeError} If `value` is not an integer from `min` to `max`.
 */
export function checkRange(
  name: string,
  value: number,
  { min, max }: { min: number; max: number },
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(
    `Cannot open client as ${name} must be an integer from ${min} to ${max}: current value is ${value}`,
  );
}

/** The duration in whole microseconds, at least 1, as 0 on the wire is "not measured". */
export function toDurationUs(durationMs: number): number {
  const durationUs = Math.round(durationMs * 1000);
  return Math.min(Math.max(durationUs, 1), DURATION_US_MAX);
}
