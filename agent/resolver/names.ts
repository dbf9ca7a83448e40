import {
  formatIp,
  type HostAddress,
  ID_MAX,
  isIp,
  parseIp,
  type RouteKey,
} from "../../proto/mod.ts";

/** What a name below the domain means. */
export type Meaning =
  | { kind: "route"; key: RouteKey }
  | { kind: "host"; ip: number }
  /** The domain itself, and what is between it and the others. */
  | { kind: "empty" };

/** Label below which the names of hosts are. */
const HOSTS = "host";

/**
 * What `name` means: MODID.CMDID.DOMAIN is a route, also behind labels that begin
 * with "_", as _http._tcp; A-B-C-D.host.DOMAIN is that host. Undefined: nothing.
 */
export function meaningOf(
  name: string,
  domain: string,
): Meaning | "outside" | undefined {
  const lower = name.toLowerCase();
  if (lower === domain) return { kind: "empty" };
  if (!lower.endsWith(`.${domain}`)) return "outside";
  const labels = lower.slice(0, -domain.length - 1).split(".");
  while (labels.length > 2 && labels[0]!.startsWith("_")) labels.shift();
  const [first = "", second] = labels;
  if (labels.length === 1) {
    return first === HOSTS || isId(first) ? { kind: "empty" } : undefined;
  }
  if (labels.length > 2 || second === undefined) return undefined;
  if (second === HOSTS) {
    const ip = first.replaceAll("-", ".");
    return isIp(ip) ? { kind: "host", ip: parseIp(ip) } : undefined;
  }
  if (!isId(first) || !isId(second)) return undefined;
  return {
    kind: "route",
    key: { modId: Number(first), cmdId: Number(second) },
  };
}

/** The name of a host. */
export function hostName({ ip }: HostAddress, domain: string): string {
  return `${formatIp(ip).replaceAll(".", "-")}.${HOSTS}.${domain}`;
}

/** Whether a label is an id, without zeros in front. */
function isId(label: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(label) && Number(label) <= ID_MAX;
}
