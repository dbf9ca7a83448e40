import { z } from "zod";
import {
  formatIp,
  isValidKey,
  type Route,
  type RouteHost,
  type RouteKey,
  WEIGHT_DRAINED,
  WEIGHT_NORMAL,
} from "../../proto/mod.ts";

/** Type of the resources that a request for endpoints gets. */
export const ENDPOINTS_TYPE =
  "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

/** Most clusters in one request. */
const RESOURCES_MAX = 10_000;

/** The part of Envoy's DiscoveryRequest that is read; Envoy sends names of either kind. */
const discoveryRequest = z.object({
  version_info: z.string().optional(),
  resource_names: z.array(z.string()).max(RESOURCES_MAX).min(1),
  type_url: z.literal(ENDPOINTS_TYPE).optional(),
});

/** Request of Envoy for the hosts of clusters. */
export interface EndpointRequest {
  /** `version_info` of the answer that it has; undefined: none. */
  version: string | undefined;
  /** Clusters that are routes; others are left out. */
  keys: RouteKey[];
}

/**
 * Reads a DiscoveryRequest in Envoy's JSON form, with the names of clusters as
 * MODID.CMDID.
 *
 * @throws {SyntaxError} If it is none, with the reason in words.
 */
export function parseEndpointRequest(text: string): EndpointRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SyntaxError("Cannot read request as it must be JSON");
  }
  const { data, error } = discoveryRequest.safeParse(json);
  if (error !== undefined) {
    throw new SyntaxError(
      `Cannot read request as it must be a DiscoveryRequest for ${ENDPOINTS_TYPE} with 1 to ${RESOURCES_MAX} resource_names: ${
        z.prettifyError(error)
      }`,
    );
  }
  return {
    version: data.version_info || undefined,
    keys: data.resource_names.flatMap((name) => parseCluster(name) ?? []),
  };
}

function parseCluster(name: string): RouteKey | undefined {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(name);
  if (match === null) return undefined;
  const key = { modId: Number(match[1]), cmdId: Number(match[2]) };
  return isValidKey(key) ? key : undefined;
}

/** A route as a ClusterLoadAssignment in JSON: hosts by zone, drained ones marked. */
export function toAssignment({ modId, cmdId, hosts }: Route): object {
  const localities = Map.groupBy(hosts, ({ zone = "" }) => zone);
  return {
    "@type": ENDPOINTS_TYPE,
    cluster_name: `${modId}.${cmdId}`,
    endpoints: Array.from(localities, ([zone, hosts]) => ({
      locality: { zone },
      lb_endpoints: hosts.map(toEndpoint),
    })),
  };
}

function toEndpoint({ ip, port, weight = WEIGHT_NORMAL }: RouteHost): object {
  const isDrained = weight === WEIGHT_DRAINED;
  return {
    endpoint: {
      address: {
        socket_address: { address: formatIp(ip), port_value: port },
      },
    },
    health_status: isDrained ? "DRAINING" : "UNKNOWN",
    // Envoy refuses 0; what drains gets no calls, whatever its weight.
    load_balancing_weight: isDrained ? 1 : weight,
  };
}
