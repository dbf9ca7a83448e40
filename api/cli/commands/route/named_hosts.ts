import {
  addressKey,
  formatAddress,
  type HostAddress,
  type Route,
} from "../../../../proto/mod.ts";
import type { EditResult, HostChange } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { print, printJson } from "../../output.ts";
import { formatAttributes } from "./text.ts";

/** What a command does with the hosts that it names. */
export type HostAction = "add" | "remove" | "set";

type Attributes = Pick<HostChange, "weight" | "zone">;

/** Hosts that a command named, by what it did with them. */
export interface NamedHosts {
  added: readonly HostAddress[];
  removed: readonly HostAddress[];
  changed: readonly HostAddress[];
  /** Those that are as they were. */
  unchanged: readonly HostAddress[];
}

/** What an action does with hosts of a route as it was before. */
export function actOn(
  before: Route | undefined,
  { action, hosts, attributes }: {
    action: HostAction;
    hosts: readonly HostAddress[];
    attributes: Attributes;
  },
): NamedHosts {
  const present = new Map(
    before?.hosts.map((host) => [addressKey(host), host]),
  );
  const { added = [], removed = [], changed = [], unchanged = [] } = Object
    .groupBy(hosts, (host) => {
      const was = present.get(addressKey(host));
      if (action === "remove") return was ? "removed" : "unchanged";
      if (was === undefined) return action === "add" ? "added" : "unchanged";
      const isOther = (["weight", "zone"] as const).some((name) =>
        attributes[name] !== undefined &&
        attributes[name] !== (was[name] ?? null)
      );
      return isOther ? "changed" : "unchanged";
    });
  return { added, removed, changed, unchanged };
}

/** Words before hosts that an action leaves as they were. */
const UNCHANGED = {
  add: "Already a host",
  remove: "Not a host",
  set: "Already so, host",
};

/** Prints what changed, and says of the other hosts why nothing did. */
export function printNamedHosts(
  environment: Environment,
  { done, result, action, route, attributes, where, json = false }: {
    done: NamedHosts;
    result: Partial<EditResult>;
    action: HostAction;
    route: { modId: number; cmdId: number };
    attributes: Attributes;
    where: string;
    json?: boolean | undefined;
  },
): void {
  const textOf = (hosts: readonly HostAddress[]) =>
    `of (${route.modId}, ${route.cmdId}): ${
      hosts.map(formatAddress).join(", ")
    }${formatAttributes(attributes)}`;
  const { unchanged } = done;
  if (json) {
    printJson(environment, {
      ...result,
      ...unchanged.length > 0 && { unchanged: unchanged.map(formatAddress) },
    });
  }
  for (const past of json ? [] : ["added", "removed", "changed"] as const) {
    const hosts = done[past];
    if (hosts.length === 0) continue;
    print(environment, `${past} host ${textOf(hosts)} in ${where}`);
  }
  if (unchanged.length === 0) return;
  environment.printError(`${UNCHANGED[action]} ${textOf(unchanged)}`);
}
