import { dirname } from "node:path";
import {
  IGNORED_ATTRIBUTES,
  POLICY_NAMES,
} from "../../../../agent/policies/mod.ts";
import { agentConf, locate } from "../../../../conf/mod.ts";
import {
  type Route,
  type RouteHost,
  type RouteKey,
  WEIGHT_DRAINED,
} from "../../../../proto/mod.ts";
import type { UnknownPolicy } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import type { RoutesOptions } from "../../options/routes.ts";

/** Attributes of hosts; null takes one away. */
type Attributes = {
  [Name in "weight" | "zone"]?: RouteHost[Name] | null | undefined;
};

/** Says of attributes that are set now which of them the policy in force does not look at. */
export async function noteIgnored(
  environment: Environment,
  { route, attributes, options }: {
    route: Route | undefined;
    attributes: Attributes;
    options: RoutesOptions;
  },
): Promise<void> {
  if (route === undefined) return;
  const own = route.settings?.policy;
  const policy = own ?? await policyOfAgents(options);
  const ignored = namesIgnored(attributes, policy ?? "lars");
  if (ignored.length === 0) return;
  const inForce = own !== undefined
    ? `${own}, which it asks for`
    : policy === undefined
    ? "lars, which agents use unless their file names another"
    : `${policy}, which the agents' file names`;
  environment.printError(
    `Note: the policy of ${keyText(route)} is ${inForce}: it does not look at ${
      ignored.join(" and ")
    }; "lars route policy ${route.modId} ${route.cmdId} adaptive" makes agents look`,
  );
}

/** Says of a policy that is set now what hosts have that it does not look at. */
export function noteHostsIgnored(
  environment: Environment,
  { route, policy }: { route: Route; policy: string },
): void {
  const names = new Set(
    route.hosts.flatMap((host) => namesIgnored(host, policy)),
  );
  if (names.size === 0) return;
  environment.printError(
    `Note: hosts of ${keyText(route)} have a ${
      [...names].join(" and a ")
    }: the policy ${policy} does not look at that`,
  );
}

/** Says how many of these routes have a weight or zone that the policy in force does not look at. */
export async function noteRoutesIgnored(
  environment: Environment,
  { routes, options }: { routes: readonly Route[]; options: RoutesOptions },
): Promise<void> {
  const other = await policyOfAgents(options) ?? "lars";
  const ignoring = routes.filter(({ hosts, settings }) =>
    hosts.some((host) =>
      namesIgnored(host, settings?.policy ?? other).length > 0
    )
  );
  const [first] = ignoring;
  if (first === undefined) return;
  environment.printError(
    `Note: ${ignoring.length} of these routes, such as ${
      keyText(first)
    }, have a weight or zone that their policy does not look at: "lars route policy ${first.modId} ${first.cmdId} adaptive" makes agents look`,
  );
}

/** Says which policies an import has left out. */
export function noteUnknownPolicies(
  environment: Environment,
  unknown: readonly UnknownPolicy[],
): void {
  const [first] = unknown;
  if (first === undefined) return;
  const names = [...new Set(unknown.map(({ policy }) => `"${policy}"`))];
  environment.printError(
    `Note: ${unknown.length} of these routes, such as ${
      keyText(first)
    }, name a policy that is none of ${POLICY_NAMES.join(", ")}: ${
      names.slice(0, 3).join(", ")
    }; it is left out, and they keep what they have`,
  );
}

/** Names of those attributes that are given and that a policy does not look at. */
export function namesIgnored(
  attributes: Attributes,
  policy: string,
): string[] {
  const names = IGNORED_ATTRIBUTES.get(policy) ?? [];
  return names.filter((name) =>
    // No calls is no calls under every policy.
    attributes[name] != null && attributes[name] !== WEIGHT_DRAINED
  );
}

/** The policy of routes that name none, by the agents' file of this machine; undefined if there is none. */
async function policyOfAgents(
  { conf }: RoutesOptions,
): Promise<string | undefined> {
  try {
    const folder = conf === undefined
      ? undefined
      : dirname((await locate("dns", { conf })).conf);
    const place = await locate("agent", { conf: folder });
    return (await agentConf.load(place.conf)).config.policy;
  } catch {
    return undefined;
  }
}

function keyText({ modId, cmdId }: RouteKey): string {
  return `(${modId}, ${cmdId})`;
}
