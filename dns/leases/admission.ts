import { type Clock, LogBudget, type Logger } from "../../net/mod.ts";
import type { LeaseSync } from "../../proto/mod.ts";
import type { LeasePeer } from "./agent_sets.ts";
import { plainAddress } from "./networks.ts";
import type { RegisterKeys } from "./register_keys.ts";

/** Who may register. */
export interface AdmissionOptions {
  clock: Clock;
  logger: Logger;
  /** Whether an agent at an address may register. */
  isAllowed: (hostname: string) => boolean;
  /** The keys of which an agent must have one; undefined: it needs none. */
  keys?: RegisterKeys | undefined;
}

/** Decides which agents may register, and tells the log of those that may not. */
export class Admission {
  /** Totals so far. */
  readonly counters = { leaseSyncsUnsigned: 0 };
  readonly #options: AdmissionOptions;
  readonly #log: LogBudget;
  /** Of connections that may not register: the set of which that was said last, and why. */
  readonly #refused = new WeakMap<LeasePeer, string>();

  /** Everybody whom `options` allow. */
  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#log = new LogBudget(options);
  }

  /**
   * Judges a LeaseSync with this body: the agent may register, or may not for a
   * reason that it is to hear. "ignored": it has heard that of the same set, and
   * would send all of it again for another answer; or it is a copy of what it said.
   */
  judge(
    peer: LeasePeer,
    body: Uint8Array,
    { renewal, all, hash }: LeaseSync,
  ): "admitted" | "ignored" | { reason: string } {
    const { isAllowed, keys } = this.#options;
    const hostname = plainAddress(peer.remote.hostname);
    if (!isAllowed(hostname)) {
      return this.#refuse(peer, { all, hash }, {
        message: "an agent may not register from its address",
        setting: "[register] networks",
        reason: `${hostname} is not in [register] networks of dns.conf`,
      });
    }
    const signature = keys?.check(peer, body, renewal) ?? "valid";
    if (signature === "valid") {
      this.#refused.delete(peer);
      return "admitted";
    }
    this.counters.leaseSyncsUnsigned += 1;
    if (signature === "repeated") return "ignored";
    const dns = plainAddress(peer.local.hostname);
    const has = signature === "none" ? "none" : "another";
    return this.#refuse(peer, { all, hash }, {
      message: "an agent may not register without the key of this dns",
      setting: "[register] key",
      reason: `dns ${dns} asks for [register] key, and this agent has ${has}`,
    });
  }

  #refuse(
    peer: LeasePeer,
    { all, hash }: Pick<LeaseSync, "all" | "hash">,
    { message, setting, reason }: {
      message: string;
      setting: string;
      reason: string;
    },
  ): "ignored" | { reason: string } {
    const said = `${hash} ${reason}`;
    if (!all) return this.#refused.get(peer) === said ? "ignored" : { reason };
    this.#refused.set(peer, said);
    this.#log.warn(message, { peer: peer.remote.hostname, setting, reason });
    return { reason };
  }
}
