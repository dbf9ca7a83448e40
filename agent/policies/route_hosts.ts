import { addressKey, type HostAddress } from "../../proto/mod.ts";
import { NO_HOST } from "./balancer.ts";
import type { HostTable } from "./host_table.ts";

/** With more hosts than this a map finds them; fewer are looked through. */
const SCAN_HOSTS_MAX = 16;

/** The hosts of one route: slots of a table, found by address. */
export class RouteHosts {
  readonly #table: HostTable;
  /** In no particular order; to be read only. */
  slots: number[] = [];
  /** From addressKey() to slot, for long routes only: a map costs 60 bytes a host. */
  #slotByKey: Map<number, number> | undefined;

  constructor(table: HostTable) {
    this.#table = table;
  }

  /** The slot of a host, or NO_HOST if it is not one of these. */
  find(host: HostAddress): number {
    if (this.#slotByKey !== undefined) {
      return this.#slotByKey.get(addressKey(host)) ?? NO_HOST;
    }
    const { ip, port } = this.#table;
    const { ip: wantedIp, port: wantedPort } = host;
    for (const slot of this.slots) {
      if (ip[slot] === wantedIp && port[slot] === wantedPort) return slot;
    }
    return NO_HOST;
  }

  /**
   * Makes the hosts these, each once: `remove` is told each slot that goes,
   * before it is given back, and `add` each new one.
   */
  update<Host extends HostAddress>(
    hosts: readonly Host[],
    { add, remove, keep }: {
      add: (slot: number, host: Host) => void;
      remove: (slot: number) => void;
      keep?: (slot: number, host: Host) => void;
    },
  ): void {
    const table = this.#table;
    if (this.#isSame(hosts)) {
      for (const [index, host] of hosts.entries()) {
        keep?.(this.slots[index]!, host);
      }
      return;
    }
    const before = new Map<number, number>();
    for (const slot of this.slots) {
      before.set(addressKey(table.address(slot)), slot);
    }
    const wanted = new Map<number, Host>();
    for (const host of hosts) wanted.set(addressKey(host), host);
    for (const [key, slot] of before) {
      if (wanted.has(key)) continue;
      remove(slot);
      table.release(slot);
    }
    const slotByKey = new Map<number, number>();
    for (const [key, host] of wanted) {
      const known = before.get(key);
      const slot = known ?? table.allocate(host);
      slotByKey.set(key, slot);
      if (known === undefined) add(slot, host);
      else keep?.(slot, host);
    }
    this.slots = exactly(slotByKey.values(), slotByKey.size);
    this.#slotByKey = this.slots.length > SCAN_HOSTS_MAX
      ? slotByKey
      : undefined;
  }

  /** Whether nothing comes or goes: what nearly every answer of dns says. */
  #isSame(hosts: readonly HostAddress[]): boolean {
    const { ip, port } = this.#table;
    return hosts.length === this.slots.length &&
      this.slots.every((slot, index) =>
        ip[slot] === hosts[index]!.ip && port[slot] === hosts[index]!.port
      );
  }
}

/** A list without the room to grow that a list gets which grew. */
function exactly(values: Iterable<number>, length: number): number[] {
  const list = new Array<number>(length);
  let index = 0;
  for (const value of values) list[index++] = value;
  return list;
}
