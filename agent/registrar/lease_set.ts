import {
  addressKey,
  type HostAddress,
  type LeaseDrain,
  leaseHash,
  type LeaseHost,
  type LeaseOverride,
  type RouteKey,
} from "../../proto/mod.ts";

/** A host of the set, and since which revision it is so. */
interface LeasedHost {
  host: LeaseHost;
  revision: number;
}

/** What dns has said of a host. */
export interface HostVerdict {
  /** Whether dns has stored it as it is now. */
  isStored: boolean;
  /** Why dns refuses it; undefined: it does not. */
  refused?: string;
  /** Why it gets no calls, by the word of a person; undefined: it may get some. */
  drained?: string;
  /** What dns knows of its calls as it leaves; undefined: nothing. */
  draining?: LeaseDrain;
}

/** The hosts of all instances of this agent as dns is to have them, and how much of that it has. */
export class LeaseSet {
  /** Grows with each change. */
  revision = 0;
  /** The revision that dns has stored. */
  storedRevision = 0;
  /** Whether a dns may have heard of a host of it, in this run of the agent or before. */
  wasSent = false;
  /** Hash of the set as it is. */
  hash: number = leaseHash([]);
  #hosts = new Map<string, LeasedHost>();
  #refused = new Map<string, string>();
  #drained = new Map<string, string>();
  #draining = new Map<string, LeaseDrain>();

  /** The set. */
  get hosts(): LeaseHost[] {
    return Array.from(this.#hosts.values(), ({ host }) => host);
  }

  /** Hosts of it. */
  get size(): number {
    return this.#hosts.size;
  }

  /** Whether dns has all of it. */
  get isStored(): boolean {
    return this.storedRevision === this.revision;
  }

  /** Takes that dns may have another set, of the run before: it is to be told, even if there is nothing. */
  restore(): void {
    this.revision += 1;
    this.wasSent = true;
  }

  /** Puts these in place of the hosts before; of one that comes twice the last counts. Whether anything changed. */
  replace(hosts: Iterable<LeaseHost>): boolean {
    const next = this.revision + 1;
    const taken = new Map<string, LeasedHost>();
    for (const host of hosts) {
      const key = keyOf(host);
      const before = this.#hosts.get(key);
      const isSame = before !== undefined && isEqual(before.host, host);
      taken.set(key, isSame ? before : { host, revision: next });
    }
    const isChanged = taken.size !== this.#hosts.size ||
      taken.values().some(({ revision }) => revision === next);
    this.#hosts = taken;
    if (!isChanged) return false;
    this.revision = next;
    this.hash = leaseHash(this.hosts);
    return true;
  }

  /** Takes what dns does not serve of it, in place of what it said before. Returns what it refuses now and did not before, or for another reason. */
  override(
    { refused, drained }: {
      refused: readonly LeaseOverride[];
      drained: readonly LeaseOverride[];
    },
  ): LeaseOverride[] {
    const before = this.#refused;
    this.#refused = new Map(refused.map((each) => [keyOf(each), each.reason]));
    this.#drained = new Map(drained.map((each) => [keyOf(each), each.reason]));
    return refused.filter((each) => before.get(keyOf(each)) !== each.reason);
  }

  /** Takes what dns knows of the calls of hosts that leave, in place of what it said before. */
  drain(draining: readonly LeaseDrain[]): void {
    this.#draining = new Map(draining.map((each) => [keyOf(each), each]));
  }

  /** What dns has said of a host. */
  verdictOn(host: RouteKey & HostAddress): HostVerdict {
    const key = keyOf(host);
    const revision = this.#hosts.get(key)?.revision ?? Infinity;
    const refused = this.#refused.get(key);
    const drained = this.#drained.get(key);
    const draining = this.#draining.get(key);
    return {
      isStored: revision <= this.storedRevision,
      ...refused !== undefined && { refused },
      ...drained !== undefined && { drained },
      ...draining !== undefined && { draining },
    };
  }
}

function keyOf(host: RouteKey & HostAddress): string {
  return `${host.modId}/${host.cmdId} ${addressKey(host)}`;
}

function isEqual(a: LeaseHost, b: LeaseHost): boolean {
  return a.weight === b.weight && a.zone === b.zone &&
    a.version === b.version && a.notReady === b.notReady &&
    a.drainMs === b.drainMs && a.leaving === b.leaving;
}
