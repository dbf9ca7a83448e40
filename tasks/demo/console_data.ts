import {
  formatAddress,
  type HostAddress,
  LATENCY_BOUNDS_US,
  parseAddress,
  type RouteKey,
} from "../../proto/mod.ts";
import type { HistoryBatch, RouteColumns } from "../../store/mod.ts";

/** Modules of a shop, and their commands: thirty routes. */
const MODULES: readonly (readonly [string, readonly string[]])[] = [
  ["pay", ["charge", "refund", "balance", "receipt"]],
  ["user", ["profile", "login", "session", "avatar"]],
  ["search", ["query", "suggest", "index"]],
  ["cart", ["add", "list", "checkout"]],
  ["stock", ["reserve", "release", "count"]],
  ["ship", ["quote", "label", "track"]],
  ["mail", ["send", "bounce"]],
  ["ads", ["pick", "click", "budget"]],
  ["feed", ["home", "post"]],
  ["geo", ["lookup", "route", "zone"]],
];

/** Share of calls that fail on a good day. */
const USUAL_FAILURES = 0.0001;

/** Longest time that a program waits for an answer. */
const DEADLINE_US = 1_000_000;

/** A route of the demo. */
export interface DemoRoute extends RouteKey {
  module: string;
  name: string;
  /** Calls of all callers together. */
  callsPerSecond: number;
  /** Usual latency. */
  usualUs: number;
  hosts: readonly HostAddress[];
}

/** The thirty routes, the same in every run. */
export const DEMO_ROUTES: readonly DemoRoute[] = MODULES.flatMap(
  ([module, commands], moduleIndex) =>
    commands.map((name, index): DemoRoute => {
      const [modId, cmdId] = [moduleIndex + 1, index + 1];
      const count = 4 + (moduleIndex * 5 + index * 3) % 9;
      return {
        modId,
        cmdId,
        module,
        name,
        callsPerSecond: 6 + (moduleIndex * 11 + index * 17 + 36) % 41,
        usualUs: 900 + (moduleIndex * 7 + index * 13) % 19 * 700,
        hosts: Array.from(
          { length: count },
          (_, host) =>
            parseAddress(`10.0.${modId}.${10 + host}:${8_000 + cmdId}`),
        ),
      };
    }),
);

/** The route whose deploy goes wrong, and the hosts that it adds: the second refuses. */
export const DEPLOYED = DEMO_ROUTES[0]!;
export const DEPLOYED_HOSTS = ["10.0.1.31:8001", "10.0.1.32:8001"] as const;

/** The host whose machine becomes silent: its calls end at their deadline. */
export const SILENT_HOST: string = formatAddress(
  DEMO_ROUTES.find(({ name }) => name === "login")!.hosts[2]!,
);

/** How a call of a host goes. @param random Draws from 0 to 1. */
export function callOutcome(
  route: DemoRoute,
  { host, random }: { host: string; random: () => number },
): { returnCode: number; durationUs: number } {
  if (host === DEPLOYED_HOSTS[1]) {
    return { returnCode: 111, durationUs: 200 + Math.floor(random() * 200) };
  }
  if (host === SILENT_HOST) {
    return { returnCode: 110, durationUs: DEADLINE_US };
  }
  // Few calls take much longer than most.
  const factor = 0.6 + random() * 0.6 + (random() < 0.02 ? random() * 6 : 0);
  return {
    returnCode: random() < USUAL_FAILURES ? 110 : 0,
    durationUs: Math.floor(route.usualUs * factor),
  };
}

/** A minute of the routes' past, on a day like any other. @param minute Unix time in minutes. */
export function pastMinute(
  minute: number,
  { agent, seq, random }: { agent: string; seq: number; random: () => number },
): HistoryBatch {
  // Traffic goes up and down over the hours.
  const tide = 1 + 0.25 * Math.sin(minute / 45);
  const calls = DEMO_ROUTES.map(({ callsPerSecond }) =>
    Math.round(60 * callsPerSecond * tide * (0.95 + random() * 0.1))
  );
  const usual = DEMO_ROUTES.map(({ usualUs }) => usualUs);
  const none = DEMO_ROUTES.map(() => 0);
  const routes: RouteColumns = {
    modId: DEMO_ROUTES.map(({ modId }) => modId),
    cmdId: DEMO_ROUTES.map(({ cmdId }) => cmdId),
    calls,
    failed: calls.map((count) =>
      Math.floor(count * USUAL_FAILURES + random() * 0.4)
    ),
    timed: calls,
    sumUs: calls.map((count, index) => count * usual[index]!),
    maxUs: usual.map((us) => us * 7),
    minuteCallers: none.map(() => 6),
    longCallers: none,
    latency: calls.flatMap((count, index) =>
      latencyCounts(count, usual[index]!)
    ),
  };
  const expected = seq === 1 ? undefined : { epoch: 1, seq: seq - 1 };
  return {
    minute,
    agents: [{ agent, epoch: 1, seq, expected }],
    hosts: {
      modId: [],
      cmdId: [],
      ip: [],
      port: [],
      calls: [],
      failed: [],
      timed: [],
      sumUs: [],
      maxUs: [],
      minuteCallers: [],
      longCallers: [],
    },
    routes,
  };
}

/** Calls by latency: most about the usual one, one in fifty above it. */
function latencyCounts(calls: number, usualUs: number): number[] {
  const counts = LATENCY_BOUNDS_US.map(() => 0);
  const bucketOf = (us: number) =>
    LATENCY_BOUNDS_US.findIndex((bound) => us <= bound);
  const slow = Math.floor(calls / 50);
  counts[bucketOf(usualUs)]! += calls - slow;
  counts[bucketOf(usualUs * 4)]! += slow;
  return counts;
}
