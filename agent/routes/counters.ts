/** Counters of a shard: totals since its start, and two sizes. */
export interface ShardCounters {
  /** getHost requests answered. */
  requests: number;
  /** getHost requests answered with a host. */
  found: number;
  /** getHost requests answered "all overloaded". */
  overloaded: number;
  /** getHost requests answered "no such route". */
  noRoute: number;
  /** Reports received, of known hosts and unknown. */
  reports: number;
  /** Reports among them that name no host of a known route, and change nothing. */
  unknownReports: number;
  /** getRoute requests answered. */
  routeRequests: number;
  /** Datagrams dropped: not a frame, an id that is not for an agent, a body that does not decode. */
  badDatagrams: number;
  /** getRoute answers that had to leave hosts out. */
  cutAnswers: number;
  /** Pulls sent towards dns. */
  pulls: number;
  /** Statuses sent towards the reporter. */
  statuses: number;
  /** Entries without hosts dropped for want of room (UNKNOWN_ROUTES_MAX). */
  evictedRoutes: number;
  /** Entries dropped as no program asked for them any more. */
  expiredRoutes: number;
  /** Routes with hosts that dns said are empty, twice. */
  emptiedRoutes: number;
  /** Routes with hosts now. */
  routes: number;
  /** Entries without hosts now. */
  unknownRoutes: number;
}

/** Counters at 0. */
export function createShardCounters(): ShardCounters {
  return {
    requests: 0,
    found: 0,
    overloaded: 0,
    noRoute: 0,
    reports: 0,
    unknownReports: 0,
    routeRequests: 0,
    badDatagrams: 0,
    cutAnswers: 0,
    pulls: 0,
    statuses: 0,
    evictedRoutes: 0,
    expiredRoutes: 0,
    emptiedRoutes: 0,
    routes: 0,
    unknownRoutes: 0,
  };
}
