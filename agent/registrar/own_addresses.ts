import { type Endpoint, formatIp, isIp, parseIp } from "../../proto/mod.ts";
import type { AddressRange } from "./instance.ts";

/** Time for which the machine's addresses are not read again. */
const FRESH_MS = 1_000;

/** The addresses of the machine, or why they are not known. */
export type MachineAddresses = { ips: readonly number[] } | { reason: string };

/** Reads the IPv4 addresses of the machine, if that is permitted. Never asks. */
export function machineAddresses(): MachineAddresses {
  const permission = { name: "sys", kind: "networkInterfaces" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") {
    return {
      reason:
        "this agent may not read the addresses of its machine (--allow-sys=networkInterfaces)",
    };
  }
  try {
    const ips = Deno.networkInterfaces()
      .filter(({ family }) => family === "IPv4")
      .map(({ address }) => parseIp(address));
    return { ips };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      reason: `the system does not tell the addresses of this machine (${why})`,
    };
  }
}

/** What an instance's address is: an ip, or why it has none, or why it may have none yet. */
export type FoundAddress =
  | { state: "found"; ip: number }
  | { state: "refused"; reason: string }
  | { state: "unknown" };

/** Which addresses the programs of this machine may register, and which is its own. */
export class OwnAddresses {
  /** Those of `[register] advertise`. */
  advertised: readonly AddressRange[] = [];
  readonly #read: () => MachineAddresses;
  /** This machine's end of the connection to dns. */
  #towardsDns: number | undefined;
  #isConnected = false;
  #known: MachineAddresses = { ips: [] };
  #knownMs = -Infinity;

  /** Asks `read` for the addresses of the machine, once a second at most. */
  constructor(read: () => MachineAddresses) {
    this.#read = read;
  }

  /** Takes this machine's end of the connection to dns, or that there is none. */
  onDns(local: Endpoint | undefined): void {
    this.#isConnected = local !== undefined;
    if (local === undefined || !isIp(local.hostname)) return;
    this.#towardsDns = parseIp(local.hostname);
  }

  /**
   * The address of an instance that says `ip`, where 0 is the machine's own. It
   * keeps the one that it has while the machine has that.
   */
  find(
    ip: number,
    { nowMs, current }: { nowMs: number; current: number | undefined },
  ): FoundAddress {
    if (ip === 0) return this.#own(nowMs, current);
    return current === ip ? { state: "found", ip } : this.#check(ip, nowMs);
  }

  #own(nowMs: number, current: number | undefined): FoundAddress {
    const advertised = this.advertised.filter(({ bits }) => bits === 32)
      .map(({ ip }) => ip);
    if (advertised.length > 0) {
      const isKept = current !== undefined && advertised.includes(current);
      return { state: "found", ip: isKept ? current : advertised[0]! };
    }
    const machine = this.#machine(nowMs);
    if (current !== undefined && !isGone(current, machine)) {
      return { state: "found", ip: current };
    }
    const towardsDns = this.#towardsDns;
    if (towardsDns !== undefined && isReachable(towardsDns)) {
      return { state: "found", ip: towardsDns };
    }
    const ips = "ips" in machine ? machine.ips.filter(isReachable) : [];
    const [first] = ips;
    // Of several the connection to dns will tell which it is.
    if (ips.length > 1 && !this.#isConnected) return { state: "unknown" };
    if (first !== undefined) return { state: "found", ip: first };
    const why = "reason" in machine
      ? machine.reason
      : "this machine has no address that others reach";
    return { state: "refused", reason: `${why}: set [register] advertise` };
  }

  #check(ip: number, nowMs: number): FoundAddress {
    if (this.advertised.some((range) => isIn(ip, range))) {
      return { state: "found", ip };
    }
    const text = formatIp(ip);
    if (!isReachable(ip)) {
      return {
        state: "refused",
        reason:
          `nobody reaches ${text} from another machine: if none has to, set [register] advertise = ${text}`,
      };
    }
    if (ip === this.#towardsDns) return { state: "found", ip };
    const machine = this.#machine(nowMs);
    if ("reason" in machine) {
      return {
        state: "refused",
        reason:
          `${machine.reason}: allow that, or set [register] advertise = ${text}`,
      };
    }
    return machine.ips.includes(ip) ? { state: "found", ip } : {
      state: "refused",
      reason:
        `${text} is no address of this machine: if it is reached there, set [register] advertise = ${text}`,
    };
  }

  #machine(nowMs: number): MachineAddresses {
    if (nowMs - this.#knownMs >= FRESH_MS) {
      this.#known = this.#read();
      this.#knownMs = nowMs;
    }
    return this.#known;
  }
}

/** Whether an address is in a range. */
function isIn(ip: number, range: AddressRange): boolean {
  return (ip ^ range.ip) >>> (32 - range.bits) === 0;
}

/** Whether a machine does not have an address any more, as far as that is known. */
function isGone(ip: number, machine: MachineAddresses): boolean {
  return !isReachable(ip) || "ips" in machine && !machine.ips.includes(ip);
}

/** Whether an address may be reached from other machines: not loopback, link-local, or of a whole network. */
function isReachable(ip: number): boolean {
  const first = ip >>> 24;
  const isLinkLocal = ip >>> 16 === 0xa9fe;
  return first > 0 && first !== 127 && first < 224 && !isLinkLocal;
}
