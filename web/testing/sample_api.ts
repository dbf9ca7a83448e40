/**
 * Answers of the admin API as a system in trouble would give them, for looking at
 * pages without one.
 *
 * @module
 */
const AT = "2026-11-29T03:06:00Z";

function host(host: string, more: Record<string, unknown> = {}) {
  return {
    modId: 1,
    cmdId: 7,
    host,
    isConfigured: true,
    weight: null,
    zone: "eu-1a",
    drain: null,
    callers: 65,
    out: 0,
    suspect: 0,
    reasons: [],
    since: null,
    nextTryMs: null,
    inFlight: null,
    callsPerSecond: 42,
    failingShare: 0.0001,
    meanUs: 2_100,
    p99Us: 9_800,
    ...more,
  };
}

const SICK = host("10.0.3.17:80", {
  out: 65,
  reasons: [{ reason: "refused", callers: 61 }, {
    reason: "timeout",
    callers: 4,
  }],
  since: "2026-11-29T03:04:00Z",
  nextTryMs: 12_000,
  callsPerSecond: 9,
  failingShare: 0.97,
});
const LESS_SICK = host("10.0.3.18:80", {
  out: 1,
  suspect: 2,
  reasons: [{ reason: "slow", callers: 1 }],
  since: "2026-11-29T03:05:00Z",
});
const DRAINED = host("10.0.3.19:80", {
  drain: {
    host: "10.0.3.19:80",
    who: "user bob",
    reason: "kernel update",
    since: AT,
    until: "2026-11-29T07:06:00Z",
    allRoutes: false,
  },
  callers: 65,
  inFlight: 3,
  callsPerSecond: 0,
  failingShare: null,
});
const CHANGE = {
  id: 881,
  at: "2026-11-29T03:02:00Z",
  actor: "user alice",
  address: "10.1.2.3",
  action: "change",
  comment: "deploy <b>881</b>",
  ticket: "OPS-17",
  requestId: "4f1c",
  routes: [{
    modId: 1,
    cmdId: 7,
    added: ["10.0.3.17:80", "10.0.3.18:80"].map((host) => ({
      host,
      weight: 50,
      zone: "eu-1a",
    })),
    removed: [{ host: "10.0.3.2:80", weight: null, zone: null }],
    changed: [{
      host: "10.0.3.4:80",
      before: { weight: null, zone: null },
      after: { weight: 50, zone: null },
    }],
    settings: {
      before: { policy: null, check: null },
      after: { policy: "adaptive", check: true },
    },
    revisionBefore: "0".repeat(32),
    revisionAfter: "1".repeat(32),
  }],
  drains: [],
};
const DRAIN_CHANGE = {
  ...CHANGE,
  id: 882,
  actor: "user bob",
  action: "drain",
  comment: "kernel update",
  ticket: null,
  routes: [],
  drains: [{
    host: "10.0.3.19:80",
    modId: 1,
    cmdId: 7,
    begins: true,
    reason: "kernel update",
  }],
};
const HOSTS = [
  SICK,
  LESS_SICK,
  DRAINED,
  ...Array.from({ length: 6 }, (_, index) => host(`10.0.3.${20 + index}:80`)),
];
const ROUTE = {
  modId: 1,
  cmdId: 7,
  name: "charge",
  module: "pay",
  owner: "payments",
  runbook: "https://wiki.example/pay",
  revision: "1".repeat(32),
  hosts: HOSTS.map(({ host, weight, zone }) => ({ host, weight, zone })),
  policy: "adaptive",
  check: null,
};
const TRAFFIC = {
  callsPerSecond: 840,
  failingShare: 0.124,
  meanUs: 2_400,
  p99Us: 61_000,
};
const STATUS = { modId: 1, cmdId: 7, asOf: AT, ...TRAFFIC, hosts: HOSTS };
const EVENTS = {
  items: [
    {
      id: 3,
      at: "2026-11-29T03:04:00Z",
      modId: 1,
      cmdId: 7,
      host: "10.0.3.17:80",
      kind: "ejected",
      reason: "refused",
      callers: 65,
      names: ["web-1", "web-2", "web-3"],
      calls: 20,
      failures: 20,
      meanUs: 900,
      peersMeanUs: 2_000,
      policy: "adaptive",
    },
    {
      id: 2,
      at: "2026-11-29T02:40:00Z",
      modId: 1,
      cmdId: 7,
      host: "10.0.3.21:80",
      kind: "returned",
      reason: "none",
      callers: 3,
      names: ["web-1"],
      calls: 0,
      failures: 0,
      meanUs: null,
      peersMeanUs: null,
      policy: "adaptive",
    },
  ],
  next: null,
};
const from = Date.parse(AT) - 3 * 3_600_000;
const PERIODS = Array.from({ length: 180 }, (_, minute) => {
  const bad = minute > 177 ? 0.124 : 0.0001 + (minute % 7) * 0.00001;
  return minute > 60 && minute < 66 ? [] : [{
    at: new Date(from + minute * 60_000).toISOString().replace(".000Z", "Z"),
    calls: 50_400 + (minute % 9) * 300,
    failed: 50_400 * bad,
    failingShare: bad,
    meanUs: 2_100,
    p50Us: 1_800,
    p99Us: 9_800 + (minute % 5) * 200,
    maxUs: 100_000,
    callers: 65,
  }];
}).flat();
const LEASES = [
  { name: "web-7", isOverdue: true, renewedS: 400, digit: "7" },
  { name: null, isOverdue: true, renewedS: null, digit: "8" },
  { name: "web-1", isOverdue: false, renewedS: 0, digit: "1" },
].map(({ name, isOverdue, renewedS, digit }) => ({
  agent: digit.repeat(32),
  name,
  address: `10.0.3.${20 + Number(digit)}`,
  dns: "dns-1",
  instances: 2,
  isOverdue,
  renewedS,
}));
const INSTANCES = [
  { host: "10.0.3.17:80", state: "served", lease: LEASES[2]! },
  { host: "10.0.3.20:80", state: "not_ready", lease: LEASES[0]! },
].map((
  { host, state, lease: { agent, name, address, isOverdue, renewedS } },
) => ({
  modId: 1,
  cmdId: 7,
  host,
  agent,
  agentName: name,
  agentAddress: address,
  state,
  since: "2026-11-29T02:10:00Z",
  isDrained: false,
  isStatic: false,
  weight: 50,
  zone: "eu-1a",
  version: "2.4.1",
  lease: { isOverdue, renewedS },
}));
const TOKEN = {
  id: 3,
  name: "ci",
  scopes: ["read", "write:1/*"],
  createdBy: "user alice",
  createdAt: AT,
  expiresAt: "2027-02-27T03:06:00Z",
  usedAt: null,
};
const RESOURCES: Readonly<Record<string, unknown>> = {
  "/session": {
    actor: "user alice",
    kind: "user",
    name: "alice",
    scopes: ["admin"],
  },
  "/now": {
    asOf: "2026-11-29T03:06:10Z",
    storeAwayS: null,
    dataUntil: AT,
    problems: [{
      modId: 1,
      cmdId: 7,
      name: "charge",
      module: "pay",
      runbook: "https://wiki.example/pay",
      callsPerSecond: 840,
      failingShare: 0.124,
      usualShare: 0.0001,
      failingPerSecondAboveUsual: 104,
      since: "2026-11-29T03:04:00Z",
      hostsOut: 3,
      hosts: 20,
      callers: 65,
      worstHosts: [SICK, LESS_SICK],
      changeBefore: CHANGE,
    }, {
      modId: 2,
      cmdId: 1,
      name: "search",
      module: null,
      runbook: null,
      callsPerSecond: 12,
      failingShare: 0.02,
      usualShare: null,
      failingPerSecondAboveUsual: 0.2,
      since: null,
      hostsOut: 0,
      hosts: 4,
      callers: 3,
      worstHosts: [],
      changeBefore: null,
    }],
    agents: { known: 500, silent: 41, silentZones: ["eu-1b"] },
    changes: [CHANGE, {
      ...CHANGE,
      id: 880,
      actor: "by hand",
      comment: null,
      ticket: null,
    }],
  },
  "/routes": {
    items: Array.from({ length: 30 }, (_, index) => ({
      modId: 1 + (index % 5),
      cmdId: index,
      name: index % 3 ? `command-${index}` : null,
      module: "pay",
      revision: "2".repeat(32),
      hosts: index === 4 ? 0 : 20,
      hostsOut: index === 0 ? 3 : 0,
      hostsDrained: index === 2 ? 1 : 0,
      callsPerSecond: index === 5 ? null : 84 / (index + 1),
      failingShare: index === 5 ? null : index === 0 ? 0.124 : 0.0001,
      meanUs: 2_000,
      p99Us: 9_000 * (index + 1),
      lastChange: index % 2 ? AT : null,
    })),
    next: "abc",
  },
  "/routes/1/7": ROUTE,
  "/routes/1/7/status": STATUS,
  "/routes/1/7/history": {
    stepS: 60,
    from: new Date(from).toISOString().replace(".000Z", "Z"),
    to: AT,
    periods: PERIODS,
  },
  "/routes/1/7/events": EVENTS,
  "/routes/1/7/changes": { items: [CHANGE], next: null },
  "/routes/1/7/callers": {
    items: [{
      modId: 1,
      cmdId: 7,
      host: "10.0.3.17:80",
      agent: "a".repeat(32),
      agentName: "web-1",
      agentAddress: "10.1.0.1",
      zone: "eu-1a",
      state: "ejected",
      reason: "refused",
      since: "2026-11-29T03:04:00Z",
      inFlight: 0,
      nextTryMs: 12_000,
    }],
  },
  "/hosts/10.0.3.17:80": {
    host: "10.0.3.17:80",
    routes: [SICK],
    moreRoutes: 2,
    events: EVENTS.items,
    callers: [],
  },
  "/agents": {
    items: Array.from({ length: 12 }, (_, index) => ({
      agent: String(index).repeat(32).slice(0, 32),
      name: `web-${index}`,
      version: "0.3.0",
      zone: "eu-1a",
      address: `10.1.0.${index}`,
      reporter: "10.2.0.1:9898",
      seenAt: AT,
      isSilent: index === 7,
      routesOut: index === 3 ? 2 : 0,
    })),
  },
  "/leases": { items: LEASES },
  "/members": {
    items: [
      { kind: "dns", name: "dns-1", agents: 2, seenAt: null },
      { kind: "reporter", name: "10.2.0.1:9898", agents: 12, seenAt: AT },
    ],
  },
  "/instances": { items: INSTANCES, next: null },
  "/changes": {
    items: [DRAIN_CHANGE, CHANGE, {
      ...CHANGE,
      id: 880,
      actor: "by hand",
      comment: null,
    }],
    next: null,
  },
  "/changes/881": CHANGE,
  "/changes/882": DRAIN_CHANGE,
  "/alarms": {
    isWatched: true,
    rules: [{
      alarm: "RouteFailing",
      severity: "page",
      summary: "Calls of route {modid}/{cmdid} fail, many more than usual",
      forSeconds: 120,
      keepSeconds: 300,
      limits: { failingShare: 0.05, timesUsual: 10, callsPerSecondMin: 1 },
    }],
    items: [{
      id: "3f09a1c2d4e5f607",
      alarm: "RouteFailing",
      labels: { modid: "1", cmdid: "7" },
      summary: "Calls of route 1/7 fail, many more than usual",
      value: 0.124,
      since: "2026-11-29T03:04:00Z",
      ended: null,
      sent: AT,
      silencedUntil: null,
      silencedBy: null,
    }, {
      id: "77aa00112233ffee",
      alarm: "HostOut",
      labels: { modid: "1", cmdid: "7", host: "10.0.3.17:80" },
      summary: "Host 10.0.3.17:80 of route 1/7 is out",
      value: 1,
      since: "2026-11-29T03:04:00Z",
      ended: null,
      sent: null,
      silencedUntil: "2026-11-29T07:04:00Z",
      silencedBy: "user alice",
    }, {
      id: "0123456789abcdef",
      alarm: "AgentsSilent",
      labels: {},
      summary: "Agents are silent",
      value: 3,
      since: "2026-11-28T22:00:00Z",
      ended: "2026-11-28T22:09:00Z",
      sent: "2026-11-28T22:09:00Z",
      silencedUntil: null,
      silencedBy: null,
    }],
  },
  "/sessions": {
    items: [{
      id: "0123456789abcdef",
      user: "alice",
      address: "10.1.2.3",
      createdAt: AT,
      usedAt: AT,
      isOwn: true,
    }],
  },
  "/users": {
    items: [{
      name: "alice",
      scopes: ["admin"],
      hasPassword: true,
      createdAt: AT,
    }],
  },
  "/tokens": {
    items: [TOKEN],
  },
  "/audit": {
    items: [{
      id: 9,
      at: AT,
      actor: "user alice",
      address: "10.1.2.3",
      action: "drain",
      target: "10.0.3.19:80",
      before: null,
      after: null,
      comment: "kernel update",
      requestId: "17",
      traceparent: null,
    }],
    next: null,
  },
};

/** Every path that has a sample. */
export const SAMPLE_PATHS: readonly string[] = Object.keys(RESOURCES);

/** Where a drain is when it has begun. */
const DRAIN_STATUS = {
  drain: DRAINED.drain,
  routes: 1,
  callers: 65,
  stopped: 62,
  inFlight: 3,
  isDone: false,
};

/** What a drain would do. */
const DRAIN_PREVIEW = {
  routes: [{
    modId: 1,
    cmdId: 7,
    hostsBefore: 9,
    hostsAfter: 8,
    movedShare: 0.011,
  }],
  callers: 65,
  consequences: [],
};

/** What it would do that a registered host goes. */
const INSTANCE_PREVIEW = {
  routes: [{
    ...CHANGE.routes[0],
    added: [],
    removed: [{ host: "10.0.3.17:80", weight: 50, zone: "eu-1a" }],
    changed: [],
    settings: null,
    hostsBefore: 9,
    hostsAfter: 8,
    movedShare: 0.011,
  }],
  consequences: [],
};

/** Answers as the admin API would. @param path Path below /api/v1. */
export function sampleAnswer(method: string, path: string): Response {
  const [name = ""] = path.split("?");
  if (path.includes("dryRun") && /\/(instances|leases)\//.test(name)) {
    return Response.json(
      name.startsWith("/leases")
        ? { ...INSTANCE_PREVIEW, instances: 4 }
        : INSTANCE_PREVIEW,
    );
  }
  if (method === "POST" && path.includes("dryRun")) {
    return Response.json({
      routes: [{
        ...CHANGE.routes[0],
        hostsBefore: 20,
        hostsAfter: 18,
        movedShare: 0.31,
      }],
      consequences: [{
        code: "over_half",
        detail: "11 of 20 hosts go",
        modId: 1,
        cmdId: 7,
        host: null,
      }],
    });
  }
  if (name.endsWith("/drain") && path.includes("dryRun")) {
    return Response.json(DRAIN_PREVIEW);
  }
  if (name.endsWith("/drain") && method !== "DELETE") {
    return Response.json(DRAIN_STATUS);
  }
  if (method === "POST" && name === "/tokens") {
    return Response.json({ ...TOKEN, secret: "lars_sample" }, { status: 201 });
  }
  if (method !== "GET") return Response.json({});
  const body = RESOURCES[name];
  if (body === undefined) {
    return Response.json({
      type: "/problems/not_found",
      title: "There is no such thing",
      status: 404,
      detail: name,
      requestId: "17",
    }, { status: 404 });
  }
  return Response.json(body, { headers: { etag: '"1"' } });
}
