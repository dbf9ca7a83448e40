import { type Endpoint, formatEndpoint, type Hello } from "../../proto/mod.ts";
import type { TargetGroup } from "./prometheus.ts";

/** A service of Lars, and where its page of metrics is. */
export interface Member {
  /** "agent" or "dns". */
  service: string;
  /** Its page. */
  at: Endpoint;
  /** Its version. */
  version: string;
  /** Its zone; empty is none. */
  zone: string;
}

/** The agents whose pages are known: those of open connections whose Hello says where. */
export function membersOf(
  connections: Iterable<{ remote: Endpoint; hello: Hello | undefined }>,
): Member[] {
  const members = new Map<string, Member>();
  for (const { remote: { hostname }, hello } of connections) {
    if (hello?.metricsPort === undefined) continue;
    const { metricsPort: port, version, zone } = hello;
    const at = { hostname, port };
    // One that has come back while its old connection lingers.
    members.set(formatEndpoint(at), { service: "agent", at, version, zone });
  }
  return [...members.values()];
}

/** Members as Prometheus' targets. */
export function memberGroups(members: readonly Member[]): TargetGroup[] {
  return members.map(({ service, at, version, zone }) => ({
    targets: [formatEndpoint(at)],
    labels: {
      __meta_lars_service: service,
      __meta_lars_version: version,
      ...zone !== "" && { __meta_lars_zone: zone },
    },
  }));
}
