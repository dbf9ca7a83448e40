/** Metrics of a service with a TcpServer and a router. */
export const TCP_SERVER_METRICS = [
  ["connections", "connections", "Open connections"],
  ["accepted", "connections_total", "Connections taken"],
  [
    "refusedOverLimit",
    "connections_refused_total",
    "Connections over the limit",
  ],
  [
    "silentReplaced",
    "connections_replaced_total",
    "Silent connections closed to take another",
  ],
  ["acceptFailures", "accept_failures_total", "Failures to take a connection"],
  [
    "resetEarly",
    "connections_reset_early_total",
    "Connections that had gone before they were taken",
  ],
  [
    "protocolErrors",
    "protocol_errors_total",
    "Connections closed for bad bytes",
  ],
  [
    "slowPeersClosed",
    "slow_peers_closed_total",
    "Connections closed for not reading",
  ],
  [
    "stalledClosed",
    "stalled_closed_total",
    "Connections closed as they took nothing",
  ],
  [
    "silentClosed",
    "silent_closed_total",
    "Connections closed as they said nothing",
  ],
  [
    "halfFrameClosed",
    "half_frames_closed_total",
    "Connections closed as they did not end a frame",
  ],
  ["unknownIds", "unknown_ids_total", "Frames dropped for their message id"],
] as const;
