import {
  decodeLeaseAck,
  encodeLeaseSync,
  FEATURE_LEASES,
  formatAddress,
  type Hello,
  type HelloAck,
  MessageId,
} from "../../proto/mod.ts";
import {
  type Clock,
  type Deadline,
  type LogBudget,
  type Logger,
  signLeaseSync,
  StandingCondition,
} from "../../net/mod.ts";
import { keyText } from "./instance.ts";
import type { LeaseSet } from "./lease_set.ts";

/**
 * Time from one renewal to the next: dns writes renewals every 10 s and reads all
 * leases every 5 s, so that a lease is seen to move within 22 s, before its ttl.
 */
export const RENEW_MS = 7_000;

/** Time without a renewal after which the lease of this machine is overdue. */
export const LEASE_TTL_MS = 30_000;

/** Time that a dns has to say that it takes registrations. */
const ACK_MS_MAX = 2_000;

/** Pause between two attempts to find a dns that takes registrations: the first, and the longest, as all routes are pulled each time. */
const LEAVE_PAUSE_MS = 60_000;
const LEAVE_PAUSE_MS_MAX = 3_600_000;

/** Renewals under way that are known; of one more the oldest is forgotten. */
const SENT_MAX = 16;

/** A renewal under way. */
interface SentRenewal {
  renewal: number;
  revision: number;
  hash: number;
  /** Whether the whole set went with it. */
  isWhole: boolean;
}

/** What a lease link is made of. */
export interface LeaseLinkOptions {
  clock: Clock;
  logger: Logger;
  /** For lines that dns decides the number of. */
  log: LogBudget;
  lease: LeaseSet;
  /** Who the agent is. */
  hello: () => Hello;
  /** Sends a frame to dns. */
  send: (id: number, body: Uint8Array) => void;
  /** Leaves this dns for another, if there is one. */
  tryOthers: () => void;
}

/**
 * Keeps a dns told of the instances of this machine: a change at once, a renewal
 * every {@linkcode RENEW_MS} while there are any. Without any it does nothing.
 *
 * A change travels as the whole set, as does the first renewal of a connection, so
 * that nothing depends on what this dns, or the one before it, has heard: 400 hosts
 * are one frame. One is under way at a time.
 */
export class LeaseLink implements Deadline {
  /** What happened so far. */
  readonly counters = { leaseSyncsSent: 0 };
  readonly #options: LeaseLinkOptions;
  readonly #unknown: StandingCondition;
  /** Since when there is a connection; undefined: there is none. */
  #connectedMs: number | undefined;
  /** Whether the dns has said that it takes registrations. */
  #isCapable = false;
  /** Key that dns may ask for; empty: none. */
  #key = "";
  /** What dns has given to sign with on this connection; an older one gives nothing. */
  #nonce: string | undefined;
  /** Whether dns has asked for the whole set. */
  #isAsked = false;
  #renewal = 0;
  #sent: SentRenewal[] = [];
  #renewMs = Infinity;
  /** When a dns that takes no registrations was last left. */
  #leftMs = -Infinity;
  #leavePauseMs = LEAVE_PAUSE_MS;

  /** Sends nothing until there is something, and a dns that takes it. */
  constructor(options: LeaseLinkOptions) {
    this.#options = options;
    this.#unknown = new StandingCondition({
      ...options,
      level: "warn",
      begins:
        "registrations wait, as this dns does not take any: it is an older one, an original one, or its store has no tables for them",
      ends: "dns takes registrations",
    });
  }

  /** Why a host that dns has not stored waits. */
  get waitsFor(): string {
    if (this.#connectedMs === undefined) return "no dns answers";
    return this.#isCapable
      ? "dns has not stored it yet"
      : "this dns does not take registrations";
  }

  /** Takes another key: a dns that has refused the one before hears everything again. */
  setKey(key: string): void {
    if (key === this.#key) return;
    this.#key = key;
    if (!this.#isCapable || this.#isIdle) return;
    this.#isAsked = true;
    this.#send();
  }

  /** There is a connection to dns, or none any more. */
  onConnection(isConnected: boolean): void {
    this.#connectedMs = isConnected ? this.#options.clock.nowMs() : undefined;
    this.#isCapable = false;
    this.#nonce = undefined;
    this.#sent = [];
    this.#renewMs = Infinity;
  }

  /** Dns says what it can do. */
  onHelloAck({ features, nonce }: HelloAck): void {
    this.#nonce ??= nonce;
    const isCapable = (features & FEATURE_LEASES) !== 0;
    if (isCapable === this.#isCapable) return;
    this.#isCapable = isCapable;
    this.#sent = [];
    this.#renewMs = Infinity;
    if (!isCapable) return;
    this.#unknown.end();
    this.#leavePauseMs = LEAVE_PAUSE_MS;
    this.#isAsked = true;
    if (!this.#isIdle) this.#send();
  }

  /** The set has changed. */
  onChange(): void {
    if (this.#isCapable && !this.#sent.some(({ isWhole }) => isWhole)) {
      this.#send();
    }
  }

  /**
   * Takes a LeaseAck.
   *
   * @throws {ProtocolError} If it is none.
   */
  onLeaseAck(body: Uint8Array): void {
    const ack = decodeLeaseAck(body);
    // Also one that comes again, as callers have told something.
    this.#options.lease.drain(ack.draining);
    const at = this.#sent.findIndex(({ renewal }) => renewal === ack.renewal);
    const answered = this.#sent[at];
    if (answered === undefined) return;
    this.#sent = this.#sent.slice(at + 1);
    const { lease, log } = this.#options;
    const isStored = !ack.all && ack.hash === answered.hash;
    if (isStored) {
      lease.storedRevision = Math.max(lease.storedRevision, answered.revision);
    }
    this.#isAsked = !isStored;
    for (const refused of lease.override(ack)) {
      log.warn("dns refuses a registration", {
        route: keyText(refused),
        host: formatAddress(refused),
        reason: refused.reason,
      });
    }
    // One that asks for all it has just got waits for the next renewal.
    if (this.#isAsked ? !answered.isWhole : !lease.isStored) this.onChange();
    if (this.#isIdle) this.#renewMs = Infinity;
  }

  /** When tick() is due. */
  dueMs(): number {
    if (this.#isCapable) return this.#renewMs;
    return this.#connectedMs === undefined || this.#isIdle
      ? Infinity
      : Math.max(
        this.#connectedMs + ACK_MS_MAX,
        this.#leftMs + this.#leavePauseMs,
      );
  }

  /** Renews the lease; leaves a dns that takes none. */
  tick(nowMs: number): void {
    if (nowMs < this.dueMs()) return;
    if (this.#isCapable) {
      this.#send();
      return;
    }
    if (this.#leftMs > -Infinity) {
      this.#leavePauseMs = Math.min(LEAVE_PAUSE_MS_MAX, 2 * this.#leavePauseMs);
    }
    this.#leftMs = nowMs;
    this.#unknown.begin();
    this.#options.tryOthers();
  }

  /** Whether dns needs to hear nothing. */
  get #isIdle(): boolean {
    const { lease } = this.#options;
    return lease.size === 0 && lease.isStored;
  }

  #send(): void {
    const { clock, lease } = this.#options;
    const { revision, hash } = lease;
    const isWhole = this.#isAsked || !lease.isStored;
    const renewal = ++this.#renewal;
    lease.wasSent = true;
    this.#sendSigned(encodeLeaseSync({
      renewal,
      ttlMs: LEASE_TTL_MS,
      hash,
      all: isWhole,
      hosts: isWhole ? lease.hosts : [],
    }));
    this.counters.leaseSyncsSent += 1;
    this.#sent.push({ renewal, revision, hash, isWhole });
    if (this.#sent.length > SENT_MAX) this.#sent.shift();
    this.#renewMs = clock.nowMs() + RENEW_MS;
  }

  #sendSigned(body: Uint8Array): void {
    const { hello, send } = this.#options;
    const nonce = this.#nonce;
    const isSigned = this.#key !== "" && nonce !== undefined;
    send(
      MessageId.leaseSync,
      isSigned ? signLeaseSync(body, this.#key, { ...hello(), nonce }) : body,
    );
  }
}
