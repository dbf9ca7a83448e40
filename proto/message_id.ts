/** Message ids, the first field of every frame. */
export const MessageId = {
  getRouteRequest: 1,
  getRouteResponse: 2,
  reportStatusRequest: 3,
  getHostRequest: 4,
  getHostResponse: 5,
  reportRequest: 6,
  apiGetRouteRequest: 7,
  apiGetRouteResponse: 8,
  // Added by Lars: the original counts such a datagram as unknown and drops it.
  explainRequest: 16,
  explainResponse: 17,
  hello: 18,
  helloAck: 19,
  registerRequest: 20,
  registerResponse: 21,
  beatRequest: 22,
  beatResponse: 23,
  deregisterRequest: 24,
  deregisterResponse: 25,
  leaseSync: 26,
  leaseAck: 27,
  hostEvents: 28,
  callTotals: 29,
  callTotalsAck: 30,
  hostStates: 31,
} as const;

/** One of the ids in {@linkcode MessageId}. */
export type MessageId = typeof MessageId[keyof typeof MessageId];

/** Return codes of a GetHostResponse. */
export const ReturnCode = {
  success: 0,
  overload: 1,
  systemError: 2,
  noSuchRoute: 3,
} as const;

/** One of the codes in {@linkcode ReturnCode}. */
export type ReturnCode = typeof ReturnCode[keyof typeof ReturnCode];
