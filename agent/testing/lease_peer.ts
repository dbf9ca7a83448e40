import {
  decodeLeaseSync,
  encodeLeaseAck,
  formatAddress,
  type HostAddress,
  type LeaseAck,
  type LeaseDrain,
  leaseHash,
  type LeaseHost,
  type LeaseSync,
  type RouteKey,
} from "../../proto/mod.ts";

/** What the store of a fake dns has of one agent. */
interface StoredLease {
  hosts: LeaseHost[];
  hash: number;
}

/** The leases that a store would have, for several fake dns: they keep to the contract of LeaseSync. */
export class LeaseTable {
  /** Every LeaseSync, oldest first. */
  readonly syncs: LeaseSync[] = [];
  /** Their bytes. */
  readonly bodies: Uint8Array[] = [];
  /** What agents sign with. */
  readonly nonce = "ab".repeat(16);
  /** Hosts that are refused or drained, by address, and why. */
  readonly refused = new Map<string, string>();
  readonly drained = new Map<string, string>();
  /** Called before a LeaseSync is answered; false: it is lost with the store. */
  mayStore: () => boolean = () => true;
  /** What is told of hosts that leave; undefined: nothing, as by an older dns. */
  draining: Omit<LeaseDrain, keyof RouteKey | keyof HostAddress> | undefined;
  #leases = new Map<string, StoredLease>();

  /** Hosts of an agent as "1/1 10.0.0.9:80", with "!" behind those that are not ready. */
  of(agentId: string): string[] {
    return (this.#leases.get(agentId)?.hosts ?? [])
      .map((host) =>
        `${host.modId}/${host.cmdId} ${formatAddress(host)}${
          host.notReady ? "!" : ""
        }`
      ).sort();
  }

  /** Forgets all, as a restored backup does. */
  clear(): void {
    this.#leases.clear();
  }

  /** The answer to a LeaseSync; undefined while the store is away. */
  take(agentId: string, body: Uint8Array): Uint8Array | undefined {
    const sync = decodeLeaseSync(body);
    this.syncs.push(sync);
    this.bodies.push(body.slice());
    if (!this.mayStore()) return undefined;
    if (sync.all) {
      const { hosts } = sync;
      this.#leases.set(agentId, { hosts: [...hosts], hash: leaseHash(hosts) });
    }
    const lease = this.#leases.get(agentId);
    return this.#ack(lease, sync);
  }

  /** An answer that comes again, as callers have told something. */
  again(agentId: string): Uint8Array {
    const { renewal } = this.syncs.at(-1)!;
    const lease = this.#leases.get(agentId);
    return this.#ack(lease, { renewal, hash: lease?.hash ?? 0 });
  }

  #ack(
    lease: StoredLease | undefined,
    sync: { renewal: number; hash: number },
  ): Uint8Array {
    const hash = lease?.hash ?? 0;
    const { draining } = this;
    const ack: LeaseAck = {
      renewal: sync.renewal,
      hash,
      all: hash !== sync.hash,
      refused: overrides(lease, this.refused),
      drained: overrides(lease, this.drained),
      draining: draining === undefined || lease === undefined
        ? []
        : lease.hosts.filter(({ leaving }) => leaving)
          .map((host) => ({ ...host, ...draining })),
    };
    return encodeLeaseAck(ack);
  }
}

function overrides(lease: StoredLease | undefined, by: Map<string, string>) {
  return (lease?.hosts ?? [])
    .map((host) => ({ ...host, reason: by.get(formatAddress(host)) }))
    .filter((host): host is typeof host & { reason: string } =>
      host.reason !== undefined
    );
}
