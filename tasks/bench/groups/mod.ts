import { client } from "./client.ts";
import { embedded } from "./embedded.ts";
import type { Group } from "./group.ts";
import { manyRoutes } from "./many_routes.ts";
import { pick } from "./pick.ts";
import { shard } from "./shard.ts";
import { soak } from "./soak.ts";
import { STORE_GROUPS } from "./store_groups.ts";
import { tcpEcho } from "./tcp_echo.ts";
import { udpLatency, udpOnePort, udpThreePorts } from "./udp.ts";

/** Everything that can be measured, in the order in which it is. */
export const GROUPS: readonly Group[] = [
  udpOnePort,
  udpThreePorts,
  udpLatency,
  client,
  embedded,
  pick,
  shard,
  manyRoutes,
  tcpEcho,
  ...STORE_GROUPS,
  soak,
];
