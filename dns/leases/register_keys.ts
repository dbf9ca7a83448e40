import { checkLeaseSync, type LeaseSignature } from "../../net/mod.ts";
import type { LeasePeer } from "./agent_sets.ts";

/** What is known of a connection. */
interface SignedConnection {
  readonly nonce: string;
  /** The newest renewal that was signed. */
  renewal: number;
}

/**
 * The keys of which agents must have one to register, as they show by signing each
 * LeaseSync. Without any key everybody may.
 */
export class RegisterKeys {
  /** Any of them will do. */
  keys: readonly string[] = [];
  readonly #makeNonce: () => string;
  readonly #connections = new WeakMap<LeasePeer, SignedConnection>();

  /** `makeNonce` makes 32 hexadecimal digits that nobody can guess. */
  constructor(makeNonce: () => string) {
    this.#makeNonce = makeNonce;
  }

  /** What the agent of a connection signs with, the same for as long as that lasts. */
  nonceOf(peer: LeasePeer): string {
    return this.#of(peer).nonce;
  }

  /**
   * Whether a LeaseSync is signed as it must be. "repeated": it is, and was seen on
   * its connection before.
   */
  check(
    peer: LeasePeer,
    body: Uint8Array,
    renewal: number,
  ): LeaseSignature | "repeated" {
    if (this.keys.length === 0) return "valid";
    const connection = this.#of(peer);
    const { agentId = "", epoch = 0 } = peer.hello ?? {};
    const { nonce } = connection;
    const signature = checkLeaseSync(body, this.keys, {
      nonce,
      agentId,
      epoch,
    });
    if (signature !== "valid") return signature;
    if (renewal <= connection.renewal) return "repeated";
    connection.renewal = renewal;
    return "valid";
  }

  #of(peer: LeasePeer): SignedConnection {
    const known = this.#connections.get(peer);
    if (known !== undefined) return known;
    const connection = { nonce: this.#makeNonce(), renewal: -1 };
    this.#connections.set(peer, connection);
    return connection;
  }
}
