/** Counters of a shard: totals since its start, and two sizes. */
export class ShardCounters {
  /** getHost requests answered. */
  requests = 0;
  /** getHost requests answered with a host. */
  found = 0;
  /** getHost requests answered "all overloaded". */
  overloaded = 0;
  /** getHost requests answered "no such route". */
  noRoute = 0;
  /** Reports received, of known hosts and unknown. */
  reports = 0;
  /** Reports among them that name no host of a known route, and change nothing. */
  unknownReports = 0;
  /** Reports among them of calls that failed, to known hosts. */
  failedReports = 0;
  /** Reports among them of picks that were not called, of known hosts. */
  unusedReports = 0;
  /** Calls reported that no reporter is told of, as too many hosts left their routes meanwhile. */
  uncountedCalls = 0;
  /** getRoute requests answered. */
  routeRequests = 0;
  /** Explanations not given, as they would have taken too much time from other answers. */
  explainsDropped = 0;
  /** Requests of programs that register, dropped as there were too many. */
  registrationsDropped = 0;
  /** Datagrams dropped: not a frame, an id that is not for an agent, a body that does not decode. */
  badDatagrams = 0;
  /** getRoute answers that had to leave hosts out. */
  cutAnswers = 0;
  /** Pulls sent towards dns. */
  pulls = 0;
  /** Statuses sent towards the reporter. */
  statuses = 0;
  /** Entries without hosts dropped for want of room (UNKNOWN_ROUTES_MAX). */
  evictedRoutes = 0;
  /** Entries dropped as no program asked for them any more. */
  expiredRoutes = 0;
  /** Routes with hosts that dns said are empty, twice. */
  emptiedRoutes = 0;
  /** Routes with hosts now. */
  routes = 0;
  /** Entries without hosts now. */
  unknownRoutes = 0;
}
