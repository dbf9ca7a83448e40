import { addressGroup, type Clock } from "../net/mod.ts";
import { type Endpoint, isIp, parseIp } from "../proto/mod.ts";
import type { Agent } from "./agents.ts";

/** Time for which a caller address belongs to who used it, after it was used last. */
export const CLAIM_MS = 600_000;

/** Most caller addresses that belong to someone, in all and claimed from one address. */
const CALLERS_MAX = 65_536;
export const CALLERS_PER_ADDRESS_MAX = 256;

/** Caller of an agent whose address is none of IPv4, unless it has named another. */
const NO_CALLER = 0;

/** Who reports, as far as the right to a caller address goes. */
export interface Claimant {
  readonly agent: Agent;
  /** The address that it is seen under; 0 if that is none of IPv4. */
  readonly ownCaller: number;
  /** Whom that address is counted to. */
  readonly group: string;
}

/** A caller address that belongs to an agent. */
interface Claim {
  owner: string;
  group: string;
  usedMs: number;
}

/** Owner of an address under which its agents are seen themselves: all of them. */
const ITSELF = "";

/**
 * Which agent may have its statuses kept under which caller address. Agents tell
 * theirs, and could tell another's: an address belongs to the agents that are
 * seen under it, or else to who used it first.
 */
export class Callers {
  /** Statuses kept under the address of their sender, as the one they tell is another's. */
  readonly counters = { callersRefused: 0 };
  readonly #clock: Clock;
  readonly #claims = new Map<number, Claim>();
  readonly #claimsOf = new Map<string, number>();

  /** Begins without claims. */
  constructor(options: { clock: Clock }) {
    this.#clock = options.clock;
  }

  /** Number of claims. */
  get size(): number {
    return this.#claims.size;
  }

  /** What an agent at this address is entitled to. */
  claimant(agent: Agent, { hostname }: Endpoint): Claimant {
    const group = addressGroup(hostname);
    const ownCaller = isIp(group) ? parseIp(group) : NO_CALLER;
    return { agent, ownCaller, group };
  }

  /** The caller under which a status is kept that tells `told`. */
  callerOf({ agent, ownCaller, group }: Claimant, told: number): number {
    const nowMs = this.#clock.nowMs();
    const claim = this.#claims.get(told);
    const owner = told === ownCaller ? ITSELF : agent.identity;
    if (claim !== undefined && nowMs - claim.usedMs < CLAIM_MS) {
      if (claim.owner === owner) {
        claim.usedMs = nowMs;
        return told;
      }
      // Who is seen under an address takes it from who only told it.
      if (owner !== ITSELF) return this.#refuse(ownCaller);
    }
    if (claim !== undefined) this.#end(told, claim);
    if (!this.#mayClaim(owner, group)) return this.#refuse(ownCaller);
    this.#claims.set(told, { owner, group, usedMs: nowMs });
    this.#claimsOf.set(group, (this.#claimsOf.get(group) ?? 0) + 1);
    return told;
  }

  /** Forgets claims that have ended. Call it now and then. */
  expire(): void {
    const nowMs = this.#clock.nowMs();
    for (const [caller, claim] of this.#claims) {
      if (nowMs - claim.usedMs >= CLAIM_MS) this.#end(caller, claim);
    }
  }

  #refuse(ownCaller: number): number {
    this.counters.callersRefused += 1;
    return ownCaller;
  }

  #mayClaim(owner: string, group: string): boolean {
    return owner === ITSELF ||
      this.#claims.size < CALLERS_MAX &&
        (this.#claimsOf.get(group) ?? 0) < CALLERS_PER_ADDRESS_MAX;
  }

  #end(caller: number, { group }: Claim): void {
    this.#claims.delete(caller);
    const left = (this.#claimsOf.get(group) ?? 0) - 1;
    if (left > 0) this.#claimsOf.set(group, left);
    else this.#claimsOf.delete(group);
  }
}
