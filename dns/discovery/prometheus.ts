import {
  formatAddress,
  type Route,
  type RouteHost,
  WEIGHT_DRAINED,
} from "../../proto/mod.ts";

/** One entry of Prometheus' HTTP service discovery. */
export interface TargetGroup {
  /** Addresses, IP:PORT. */
  targets: string[];
  /** Labels for relabelling; Prometheus drops them afterwards. */
  labels: Record<string, string>;
}

/** The hosts of a route as Prometheus' targets, one group for each zone, drained hosts apart. */
export function targetGroups({ modId, cmdId, hosts }: Route): TargetGroup[] {
  const groups = Map.groupBy(
    hosts,
    ({ zone = "", weight }) => `${weight === WEIGHT_DRAINED} ${zone}`,
  );
  return Array.from(groups.values(), (hosts) => ({
    targets: hosts.map(formatAddress),
    labels: {
      __meta_lars_modid: String(modId),
      __meta_lars_cmdid: String(cmdId),
      ...attributeLabels(hosts[0]!),
    },
  }));
}

function attributeLabels({ zone, weight }: RouteHost): Record<string, string> {
  return {
    ...(zone !== undefined && { __meta_lars_zone: zone }),
    ...(weight === WEIGHT_DRAINED && { __meta_lars_drained: "true" }),
  };
}
