import { registration } from "../fleet/registration.ts";
import { LEASE_GROUPS } from "../fleet/lease_load.ts";
import { WEB_GROUPS } from "../fleet/web_load.ts";
import { client } from "./client.ts";
import { embedded } from "./embedded.ts";
import type { Group } from "./group.ts";
import { manyRoutes } from "./many_routes.ts";
import { pick } from "./pick.ts";
import { runtimes } from "./runtimes.ts";
import { shard } from "./shard.ts";
import { soak } from "./soak.ts";
import { STORE_GROUPS } from "./store_groups.ts";
import { tailGroups, tailIdle } from "./tail.ts";
import { tcpEcho } from "./tcp_echo.ts";
import { udpOnePort, udpThreePorts } from "./udp.ts";

/** Everything that can be measured, in the order in which it is. */
export const GROUPS: readonly Group[] = [
  udpOnePort,
  udpThreePorts,
  ...tailGroups,
  tailIdle,
  client,
  runtimes,
  embedded,
  pick,
  shard,
  manyRoutes,
  tcpEcho,
  ...STORE_GROUPS,
  registration,
  ...LEASE_GROUPS,
  ...WEB_GROUPS,
  soak,
];
