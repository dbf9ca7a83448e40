/**
 * Field tags of the messages that are read or written by hand, as
 * `lars.proto` numbers them: `number << 3 | wire type`, where wire type 0 is a
 * varint and 2 a length-delimited field. A test holds them against `lars.proto`.
 *
 * @module
 */

/** Tags of HostInfo. */
export const HostInfoTag = {
  ip: 1 << 3,
  port: 2 << 3,
  overload: 16 << 3,
  weight: 17 << 3,
  zone: 18 << 3 | 2,
  drained: 19 << 3,
} as const;

/** Tags of CallResult. */
export const CallResultTag = {
  host: 1 << 3 | 2,
  retcode: 2 << 3,
  duration_us: 3 << 3,
  unused: 4 << 3,
} as const;

/** Tags of GetHostRequest. */
export const GetHostRequestTag = {
  seq: 1 << 3,
  modid: 2 << 3,
  cmdid: 3 << 3,
  count: 16 << 3,
  results: 17 << 3 | 2,
} as const;

/** Tags of GetHostResponse. */
export const GetHostResponseTag = {
  seq: 1 << 3,
  modid: 2 << 3,
  cmdid: 3 << 3,
  retcode: 4 << 3,
  host: 5 << 3 | 2,
  more: 16 << 3 | 2,
  use_ms: 17 << 3,
} as const;

/** Tags of ReportRequest. */
export const ReportRequestTag = {
  modid: 1 << 3,
  cmdid: 2 << 3,
  host: 3 << 3 | 2,
  retcode: 4 << 3,
  duration_us: 16 << 3,
  more: 17 << 3 | 2,
} as const;

/** Tags of GetRouteResponse. */
export const GetRouteResponseTag = {
  modid: 1 << 3,
  cmdid: 2 << 3,
  host: 3 << 3 | 2,
  policy: 16 << 3 | 2,
  check: 17 << 3,
  named: 18 << 3,
} as const;

/** Tags of HostCallResult. */
export const HostCallResultTag = {
  ip: 1 << 3,
  port: 2 << 3,
  succ: 3 << 3,
  err: 4 << 3,
  overload: 5 << 3,
} as const;

/** Tags of ReportStatusRequest. */
export const ReportStatusRequestTag = {
  modid: 1 << 3,
  cmdid: 2 << 3,
  caller: 3 << 3,
  results: 4 << 3 | 2,
  ts: 5 << 3,
  agent_id: 16 << 3 | 2,
} as const;

/** Tags of HostTotals. */
export const HostTotalsTag = {
  ip: 1 << 3,
  port: 2 << 3,
  calls: 3 << 3,
  failures: 4 << 3,
  duration_us: 5 << 3,
  max_us: 6 << 3,
  timed: 7 << 3,
} as const;

/** Tags of RouteTotals. */
export const RouteTotalsTag = {
  modid: 1 << 3,
  cmdid: 2 << 3,
  latency: 3 << 3 | 2,
  host: 4 << 3 | 2,
} as const;

/** Tags of CallTotals. */
export const CallTotalsTag = {
  seq: 1 << 3,
  route: 2 << 3 | 2,
} as const;
