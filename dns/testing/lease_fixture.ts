import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { FramedConnection, signLeaseSync } from "../../net/mod.ts";
import {
  decodeHelloAck,
  decodeLeaseAck,
  encodeHello,
  encodeLeaseSync,
  FEATURE_LEASES,
  formatAddress,
  type LeaseAck,
  leaseHash,
  type LeaseHost,
  type LeaseOverride,
  MessageId,
  parseAddress,
} from "../../proto/mod.ts";
import { type LeaseStore, StoreError } from "../../store/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { DnsServer } from "../dns_server.ts";
import type { RegisterKeys } from "../leases/register_keys.ts";
import type { CallerEvidence } from "../leases/votes.ts";

/** What a store that is read-only still answers. */
const READS: readonly (keyof LeaseStore)[] = ["leases", "instances"];

const DNS_IP = "10.0.0.1";

/** A dns over a store in memory, and agents that register at it. */
export class LeaseFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore({
    wallSeconds: () => this.clock.wallSeconds(),
  });
  /** Calls to the store of leases, by name. */
  readonly calls: Record<string, number> = {};
  /** What each of them throws from now on. */
  failure: StoreError | undefined;
  /** Whether it can be read only. */
  isReadOnly = false;
  /** Whether an agent at an address may register. */
  isAllowed: (hostname: string) => boolean = () => true;
  server!: DnsServer;
  readonly #network = new MemoryNetwork({ clock: this.clock, random: () => 0 });
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  /** Starts with a dns, which has looked at its store. */
  static async start(
    { evidence, keys }: { evidence?: CallerEvidence; keys?: RegisterKeys } = {},
  ): Promise<LeaseFixture> {
    const fixture = new LeaseFixture();
    fixture.server = await DnsServer.open({
      transport: fixture.#network.machine(DNS_IP),
      clock: fixture.clock,
      random: () => 0,
      store: fixture.store,
      at: { hostname: DNS_IP, port: 7_778 },
      connectionsMax: 1_024,
      watchIntervalMs: 100,
      fullCompareIntervalMs: 10_000,
      leases: {
        store: fixture.#counted(fixture.store.leases()),
        evidence,
        isAllowed: (hostname) => fixture.isAllowed(hostname),
        keys,
      },
    });
    fixture.#running = fixture.server.run(fixture.#stop.signal);
    await fixture.clock.advance(10);
    return fixture;
  }

  /** Connects an agent that has said Hello. */
  async connect(name: string, ip: string): Promise<LeasePeerFake> {
    const connecting = this.#network.machine(ip)
      .connect({ hostname: DNS_IP, port: 7_778 });
    await this.clock.advance(1);
    const peer = new LeasePeerFake(
      new FramedConnection(await connecting),
      this.clock,
    );
    peer.greet(name);
    await this.clock.advance(2);
    return peer;
  }

  /** Hosts that are served, each as "cmdid address". */
  served(): string[] {
    return [...this.server.table.keys()].flatMap((key) => {
      const body = this.server.table.body(key);
      return body === undefined ? [] : [`${key.modId}/${key.cmdId}`];
    });
  }

  /** Hosts of route (1, 1) in the store. */
  async stored(): Promise<string[]> {
    const [route] = await this.store.read([{ modId: 1, cmdId: 1 }]);
    return route!.hosts.filter(({ drained }) => !drained)
      .map(formatAddress).sort();
  }

  /** Names of the agents that have leases. */
  async leases(): Promise<string[]> {
    return (await this.store.leases().leases()).map(({ name, overdue }) =>
      overdue ? `${name} overdue` : name
    );
  }

  #counted(store: LeaseStore): LeaseStore {
    return new Proxy(store, {
      get: (target, name: keyof LeaseStore) => {
        const method = target[name] as (...values: unknown[]) => unknown;
        return (...values: unknown[]) => {
          const isRefused = this.isReadOnly && !READS.includes(name);
          if (isRefused) return Promise.reject(readOnly());
          this.calls[String(name)] = (this.calls[String(name)] ?? 0) + 1;
          if (this.failure !== undefined) return Promise.reject(this.failure);
          return method.apply(target, values);
        };
      },
    });
  }

  /** Makes the store of leases fail, as if it were away. */
  takeAway(): void {
    this.failure = new StoreError("Cannot use store", { retry: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(5_000);
    await this.#running;
    await this.store[Symbol.asyncDispose]();
  }
}

/** An agent: says what it registers, and records what dns answers. */
export class LeasePeerFake {
  /** Every LeaseAck. */
  readonly acks: LeaseAck[] = [];
  /** Whether dns takes registrations, by its last HelloAck. */
  takesLeases = false;
  renewal = 0;
  /** What it signs with; empty: it does not. */
  key = "";
  /** What dns gave it to sign with. */
  nonce = "";
  /** The newest LeaseSync. */
  sent = new Uint8Array();
  readonly connection: FramedConnection;
  readonly #clock: VirtualClock;
  #agentId = "";
  #hosts: LeaseHost[] = [];

  constructor(connection: FramedConnection, clock: VirtualClock) {
    this.connection = connection;
    this.#clock = clock;
    connection.run((_, { id, body }) => {
      if (id === MessageId.leaseAck) this.acks.push(decodeLeaseAck(body));
      if (id !== MessageId.helloAck) return;
      const { features, nonce } = decodeHelloAck(body);
      this.takesLeases = (features & FEATURE_LEASES) !== 0;
      this.nonce ||= nonce ?? "";
    });
  }

  /** Says Hello again and again. */
  async greet(name: string): Promise<void> {
    this.#agentId = new TextEncoder().encode(name).toHex().padEnd(32, "0");
    const hello = encodeHello({
      agentId: this.#agentId,
      epoch: 1,
      name,
      version: "1",
      zone: "",
    });
    while (this.connection.send(MessageId.hello, hello)) {
      await this.#clock.sleep(5_000);
    }
  }

  /** Registers these hosts of route (1, 1), and no others. */
  async register(...hosts: (string | Partial<LeaseHost>)[]): Promise<void> {
    this.#hosts = hosts.map((host) => leaseHost(host));
    this.say({ all: true });
    await this.#clock.advance(100);
  }

  /** Sends a LeaseSync. */
  say(
    { all = false, changes = [], hash }: {
      all?: boolean;
      changes?: LeaseHost[];
      hash?: number;
    } = {},
  ): void {
    for (const change of changes) {
      this.#hosts = this.#hosts.filter(({ ip, port }) =>
        ip !== change.ip || port !== change.port
      );
      if (!change.gone) this.#hosts.push(change);
    }
    const body = encodeLeaseSync({
      renewal: this.renewal += 1,
      ttlMs: 30_000,
      hash: hash ?? leaseHash(this.#hosts),
      all,
      hosts: all ? this.#hosts : changes,
    });
    const signer = { agentId: this.#agentId, epoch: 1, nonce: this.nonce };
    const isSigned = this.key !== "";
    this.send(isSigned ? signLeaseSync(body, this.key, signer) : body);
  }

  /** Sends the body of a LeaseSync as it is. */
  send(body: Uint8Array): void {
    this.sent = body.slice();
    this.connection.send(MessageId.leaseSync, body);
  }

  /** Renews for a while, every 5 s. */
  async renew(ms: number): Promise<void> {
    for (let atMs = 0; atMs < ms; atMs += 5_000) {
      this.say();
      await this.#clock.advance(5_000);
    }
  }

  /** The newest answer: "stored", "all" or "none", then what is refused or drained. */
  last(): string[] {
    const ack = this.acks.at(-1);
    if (ack === undefined) return ["none"];
    const tell = (each: LeaseOverride) =>
      `${formatAddress(each)}: ${each.reason}`;
    const isStored = ack.hash === leaseHash(this.#hosts);
    return [
      ack.all ? "all" : isStored ? "stored" : "other",
      ...ack.refused.map(tell),
      ...ack.drained.map(tell),
    ];
  }
}

/** A host of route (1, 1), by its address or more. */
export function leaseHost(host: string | Partial<LeaseHost>): LeaseHost {
  const more = typeof host === "string" ? parseAddress(host) : host;
  return {
    modId: 1,
    cmdId: 1,
    ip: 1,
    port: 1,
    weight: 0,
    zone: "",
    version: "",
    notReady: false,
    gone: false,
    drainMs: 0,
    ...more,
  };
}

function readOnly(): StoreError {
  return new StoreError("Cannot write to store", { retry: true });
}
