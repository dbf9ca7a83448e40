import type { LeasePeer } from "../../../dns/leases/agent_sets.ts";
import type { Random } from "../../../net/mod.ts";
import type { VirtualClock } from "../../../net/testing/mod.ts";
import {
  decodeLeaseAck,
  encodeLeaseSync,
  leaseHash,
  type LeaseHost,
} from "../../../proto/mod.ts";
import { placeKey } from "../../../store/mod.ts";
import type { LeaseDns } from "./lease_dns.ts";

/** Time between two renewals, and without an answer after which a dns is left. */
const RENEW_MS = 7_000;
const SILENCE_MS = 20_000;

/** The agent of one machine: it renews its lease at some dns, and moves to another. */
export class LeaseAgent {
  /** Identity; another one when its disk is lost. */
  id: string;
  /** What its programs serve. */
  readonly hosts = new Map<string, LeaseHost>();
  /** Hosts that a dns has said are stored, as they are. */
  readonly acknowledged = new Set<string>();
  /** Whether its machine is cut off from every dns. */
  isCut = false;
  /** When its machine died; undefined: it lives. */
  diedMs: number | undefined;
  /** Until when the agent is away, as for an upgrade. */
  awayUntilMs = -Infinity;
  readonly address: string;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #dns: () => readonly LeaseDns[];
  #epoch: number;
  #renewal = 0;
  #at: { dns: LeaseDns; peer: LeasePeer; heardMs: number } | undefined;
  #sent = new Map<number, { hash: number; keys: string[] }>();
  #isKnown = false;

  constructor(
    { index, clock, random, dns }: {
      index: number;
      clock: VirtualClock;
      random: Random;
      dns: () => readonly LeaseDns[];
    },
  ) {
    this.address = `10.1.0.${index + 1}`;
    this.#clock = clock;
    this.#random = random;
    this.#dns = dns;
    this.id = this.#draw();
    this.#epoch = this.#drawEpoch();
  }

  /** Whether its machine lives. */
  get lives(): boolean {
    return this.diedMs === undefined;
  }

  /** Registers a host, or says something else of it. */
  put(host: LeaseHost): void {
    const key = placeKey(host);
    this.hosts.set(key, host);
    this.acknowledged.delete(key);
    this.#isKnown = false;
    this.#say();
  }

  /** Deregisters a host. */
  remove(key: string): void {
    this.hosts.delete(key);
    this.acknowledged.delete(key);
    this.#isKnown = false;
    this.#say();
  }

  /** Ends with its machine. */
  die(): void {
    this.diedMs = this.#clock.nowMs();
    this.#leave();
  }

  /** Starts again after a while; `isNew`: without its disk. */
  restart(ms: number, { isNew }: { isNew: boolean }): void {
    this.#leave();
    this.awayUntilMs = this.#clock.nowMs() + ms;
    this.#epoch = this.#drawEpoch();
    this.#renewal = 0;
    if (!isNew) return;
    this.id = this.#draw();
    this.acknowledged.clear();
  }

  /** Renews its lease again and again. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.#random() * RENEW_MS, signal);
    while (!signal.aborted) {
      this.#say();
      await this.#clock.sleep(RENEW_MS, signal);
    }
  }

  #say(): void {
    const nowMs = this.#clock.nowMs();
    if (!this.lives || nowMs < this.awayUntilMs) return;
    if (this.#at !== undefined) {
      const { heardMs, dns } = this.#at;
      if (nowMs - heardMs > SILENCE_MS || !dns.isUp && !dns.clock.isStopped) {
        this.#leave();
      }
    }
    if (this.#at === undefined && !this.#connect()) return;
    this.#send(!this.#isKnown);
  }

  #connect(): boolean {
    const up = this.#dns().filter((dns) => dns.isUp);
    const dns = up[Math.floor(this.#random() * up.length)];
    if (dns === undefined || this.isCut) return false;
    const peer = {
      hello: {
        agentId: this.id,
        epoch: this.#epoch,
        name: this.address,
        version: "1",
        zone: "",
      },
      local: { hostname: "10.0.0.1" },
      remote: { hostname: this.address },
      closed: false,
      send: (_id: number, body: Uint8Array) => {
        if (this.#at?.peer === peer && !this.isCut) this.#hear(body);
        return !peer.closed;
      },
    };
    this.#at = { dns, peer, heardMs: this.#clock.nowMs() };
    this.#sent.clear();
    this.#isKnown = false;
    return true;
  }

  #leave(): void {
    if (this.#at === undefined) return;
    const { dns, peer } = this.#at;
    this.#at = undefined;
    const isSeen = !this.isCut && this.lives;
    // A dns that was not told finds out by itself.
    this.#clock.schedule(isSeen ? 1 : SILENCE_MS, () => dns.drop(peer));
  }

  #send(all: boolean): void {
    const { dns, peer } = this.#at!;
    const hosts = [...this.hosts.values()];
    const hash = leaseHash(hosts);
    const renewal = this.#renewal += 1;
    this.#sent.set(renewal, { hash, keys: [...this.hosts.keys()] });
    if (this.#sent.size > 32) {
      this.#sent.delete(this.#sent.keys().next().value!);
    }
    const body = encodeLeaseSync({
      renewal,
      ttlMs: 30_000,
      hash,
      all,
      hosts: all ? hosts : [],
    });
    this.#clock.schedule(1 + this.#random() * 5, () => {
      if (this.#at?.peer === peer && !this.isCut) dns.take(peer, body);
    });
  }

  #hear(body: Uint8Array): void {
    const ack = decodeLeaseAck(body);
    this.#at!.heardMs = this.#clock.nowMs();
    const sent = this.#sent.get(ack.renewal);
    if (sent === undefined) return;
    if (ack.all) {
      this.#send(true);
      return;
    }
    if (sent.hash !== ack.hash) return;
    this.#isKnown = leaseHash(this.hosts.values()) === ack.hash;
    if (!this.#isKnown) return;
    const refused = new Set(ack.refused.map(placeKey));
    for (const key of sent.keys) {
      if (!refused.has(key)) this.acknowledged.add(key);
    }
  }

  #draw(): string {
    return Array.from(
      { length: 32 },
      () => Math.floor(this.#random() * 16).toString(16),
    ).join("");
  }

  #drawEpoch(): number {
    return Math.floor(this.#random() * 2 ** 40);
  }
}
