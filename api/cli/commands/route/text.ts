import {
  formatAddress,
  type Route,
  type RouteHost,
  type RouteSettings,
  WEIGHT_DRAINED,
} from "../../../../proto/mod.ts";

/** Values that are set, or removed by null. */
type Changes<Values> = {
  [Name in keyof Values]?: Values[Name] | null | undefined;
};

/** A line for each host, with what it and its route have of their own. */
export function toLines({ modId, cmdId, hosts, settings = {} }: Route): string {
  return hosts.map((host) =>
    `${modId} ${cmdId} ${formatAddress(host)}${formatAttributes(host)}${
      host.drained ? " drained" : ""
    }${formatSettings(settings)}\n`
  ).join("");
}

/** " weight=50 zone=eu-1"; empty if a host has nothing of its own. */
export function formatAttributes(
  { weight, zone }: Changes<Pick<RouteHost, "weight" | "zone">>,
): string {
  const drained = weight === WEIGHT_DRAINED ? " (no calls)" : "";
  return formatWord("weight", weight) + drained + formatWord("zone", zone);
}

/** " policy=adaptive check=off"; empty if a route has nothing of its own. */
export function formatSettings(
  { policy, check }: Changes<RouteSettings>,
): string {
  const word = typeof check === "boolean" ? check ? "on" : "off" : check;
  return formatWord("policy", policy) + formatWord("check", word);
}

function formatWord(
  name: string,
  value: number | string | null | undefined,
): string {
  return value === undefined ? "" : ` ${name}=${value ?? "default"}`;
}
