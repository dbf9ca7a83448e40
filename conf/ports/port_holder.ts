import type { Endpoint } from "../../proto/mod.ts";

/** Longest command line that is shown. */
const COMMAND_LENGTH_MAX = 160;

/** TCP_LISTEN in /proc/net/tcp. */
const LISTEN = "0A";

/** The entry file or executable of a service of Lars, in a command line. */
const SERVICE = /(?:^|\/)(?:(agent|dns|reporter|web)\/main\.ts|lars-(\w+))$/;

/** A socket of /proc/net that holds a port. */
interface Held {
  inode: string;
  uid: string;
}

/** The process that holds a port. */
export interface PortHolder {
  /** Its command line; empty if it is another user's. */
  command: readonly string[];
  /** Such as "another Lars dns (pid 123, dns/main.ts --conf=x.conf)". */
  text: string;
}

/**
 * The process that holds a port, as Linux tells; undefined if nothing holds it,
 * or if this process may not look.
 */
export function portHolder(
  protocol: "tcp" | "udp",
  at: Endpoint,
): PortHolder | undefined {
  try {
    const held = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]
      .flatMap((path) => holdersIn(Deno.readTextFileSync(path), protocol, at))
      .at(0);
    if (held === undefined) return undefined;
    const pid = pidOf(held.inode);
    if (pid === undefined) {
      return { command: [], text: `a process of user ${held.uid}` };
    }
    const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
    const command = line.split("\0").filter((word) => word);
    return { command, text: describeProcess(pid, command) };
  } catch {
    // Another system, or no right to look there: Deno gives it with -A only.
    return undefined;
  }
}

/** The sockets in a file of /proc/net whose address collides with `at`. */
export function holdersIn(
  text: string,
  protocol: "tcp" | "udp",
  { hostname, port }: Endpoint,
): Held[] {
  const wanted = wantedAddress(hostname);
  const found: Held[] = [];
  for (const line of text.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const [address = "", portHex = ""] = columns[1]?.split(":") ?? [];
    if (parseInt(portHex, 16) !== port) continue;
    if (protocol === "tcp" && columns[3] !== LISTEN) continue;
    const collides = wanted === undefined || address.length !== 8 ||
      address === wanted || /^0+$/.test(address);
    if (!collides) continue;
    found.push({ uid: columns[7] ?? "", inode: columns[9] ?? "" });
  }
  return found;
}

/** An IPv4 address as /proc/net has it; undefined for one that collides with any. */
function wantedAddress(hostname: string): string | undefined {
  const parts = hostname.split(".").map(Number);
  if (parts.length !== 4 || hostname === "0.0.0.0") return undefined;
  // A number in the order of bytes of this machine, which is little-endian.
  return parts.toReversed().map((part) => part.toString(16).padStart(2, "0"))
    .join("").toUpperCase();
}

/** The process that has the socket open. */
function pidOf(inode: string): number | undefined {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (/^\d+$/.test(name) && hasSocket(name, inode)) return Number(name);
  }
  return undefined;
}

function hasSocket(pid: string, inode: string): boolean {
  const path = `/proc/${pid}/fd`;
  return filesIn(path).some((file) => {
    try {
      return Deno.readLinkSync(`${path}/${file}`) === `socket:[${inode}]`;
    } catch {
      // Closed since: the others of the process may still be looked at.
      return false;
    }
  });
}

/** Names in a folder of /proc; none of a process that has ended, or is another user's. */
function filesIn(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name);
  } catch {
    return [];
  }
}

/** What a process is called in a message. */
export function describeProcess(
  pid: number,
  command: readonly string[],
): string {
  if (pid === Deno.pid) return "this process itself, for another setting";
  const entry = command.findIndex((arg) => SERVICE.test(arg));
  const [, byFile, byName] = SERVICE.exec(command[entry] ?? "") ?? [];
  const service = byFile ?? byName;
  const words = service === undefined ? command : command.slice(entry);
  const line = words.join(" ");
  const shown = line.length > COMMAND_LENGTH_MAX
    ? `${line.slice(0, COMMAND_LENGTH_MAX)}…`
    : line;
  return service === undefined
    ? `another program (pid ${pid}, ${shown})`
    : `another Lars ${service} (pid ${pid}, ${shown})`;
}
