import {
  type Hello,
  LEASE_HASH_EMPTY,
  leaseHash,
  type LeaseHost,
  type LeaseSync,
} from "../../proto/mod.ts";
import {
  type AgentSet,
  type HeldHost,
  type LeaseRenewal,
  placeKey,
  placeOf,
  type RouteRow,
} from "../../store/mod.ts";

/** Most hosts that all agents of a dns register together. */
export const HOSTS_MAX = 400_000;

/** Connection of an agent, as far as leases need it. */
export interface LeasePeer {
  /** What it has said of itself. */
  readonly hello: Hello | undefined;
  /** This end. */
  readonly local: { readonly hostname: string };
  /** Its end. */
  readonly remote: { readonly hostname: string };
  /** Whether either side has closed it. */
  readonly closed: boolean;
  /** Sends a frame; false if it is closed. */
  send(id: number, body: Uint8Array): boolean;
}

/** A host that is not registered, and why. */
export interface RefusedHost extends RouteRow {
  reason: string;
}

/** What an agent registers here, and how much of that is stored. */
export interface AgentState {
  readonly agent: string;
  readonly peer: LeasePeer;
  readonly connectedMs: number;
  /** The newest set, by {@linkcode placeKey}; undefined: not told yet. */
  hosts: ReadonlyMap<string, LeaseHost> | undefined;
  /** Those of them that this dns takes. */
  taken: readonly LeaseHost[];
  /** Hash of it as the agent has it. */
  hash: number;
  /** When it came. */
  changedMs: number;
  /** The newest renewal, and the newest with this set. */
  renewal: number;
  setRenewal: number;
  ttlMs: number;
  /** Hosts of the set that this dns does not take, whatever the store holds. */
  refusedHere: readonly RefusedHost[];
  /** Hosts that other agents hold. */
  refusedThere: readonly HeldHost[];
  /** Hosts that a person has removed. */
  removed: readonly RouteRow[];
  /** Whether the store is to be told of the set, and whether it is being told. */
  isPending: boolean;
  isSyncing: boolean;
  /** Hash of the set that is stored; undefined: not known. */
  storedHash: number | undefined;
  /** When it was stored, or found to be. */
  storedMs: number;
  /** Whether it was found to be stored, and not compared with what is served yet. */
  isUnchecked: boolean;
  /** When the store was last told of a set. */
  syncedMs: number;
  /** The newest renewal that is written. */
  writtenRenewal: number;
}

/** Sets of the agents that are connected to this dns. */
export class AgentSets {
  /** Hosts in all sets. */
  hosts = 0;
  readonly #byAgent = new Map<string, AgentState>();
  readonly #byPeer = new Map<LeasePeer, AgentState>();

  /** Every agent. */
  get all(): Iterable<AgentState> {
    return this.#byAgent.values();
  }

  /** Number of agents. */
  get size(): number {
    return this.#byAgent.size;
  }

  /** The agent with an identity. */
  get(agent: string): AgentState | undefined {
    return this.#byAgent.get(agent);
  }

  /** The agent of a connection; the newest connection of an agent is its own. */
  of(peer: LeasePeer, nowMs: number): AgentState | undefined {
    const agent = peer.hello?.agentId ?? "";
    if (agent === "") return undefined;
    const known = this.#byPeer.get(peer);
    if (known?.agent === agent) return known;
    if (known !== undefined) this.drop(peer);
    const before = this.#byAgent.get(agent);
    if (before !== undefined) this.drop(before.peer);
    const state: AgentState = {
      agent,
      peer,
      connectedMs: nowMs,
      hosts: undefined,
      taken: [],
      hash: LEASE_HASH_EMPTY,
      changedMs: -Infinity,
      renewal: 0,
      setRenewal: 0,
      ttlMs: 0,
      refusedHere: [],
      refusedThere: [],
      removed: [],
      isPending: false,
      isSyncing: false,
      storedHash: undefined,
      storedMs: -Infinity,
      isUnchecked: false,
      syncedMs: -Infinity,
      writtenRenewal: -1,
    };
    this.#byAgent.set(agent, state);
    this.#byPeer.set(peer, state);
    return state;
  }

  /** Forgets the agent of a connection, and gives back its room; returns it. */
  drop(peer: LeasePeer): AgentState | undefined {
    const state = this.#byPeer.get(peer);
    if (state === undefined) return undefined;
    this.#byPeer.delete(peer);
    this.#byAgent.delete(state.agent);
    this.hosts -= state.hosts?.size ?? 0;
    return state;
  }

  /**
   * Takes what an agent says. `check` says why a host is refused; undefined: it is
   * not.
   *
   * @returns "unknown": its whole set is needed; "full": there is no room for it.
   */
  take(
    state: AgentState,
    sync: LeaseSync,
    { nowMs, check }: {
      nowMs: number;
      check: (host: LeaseHost) => string | undefined;
    },
  ): "taken" | "unknown" | "full" {
    state.renewal = Math.max(state.renewal, sync.renewal);
    state.ttlMs = sync.ttlMs;
    if (!sync.all && state.hosts === undefined) return "unknown";
    if (!sync.all && sync.hosts.length === 0) {
      if (state.hash !== sync.hash) return "unknown";
      state.setRenewal = sync.renewal;
      return "taken";
    }
    const hosts = new Map(sync.all ? [] : state.hosts);
    for (const host of sync.hosts) {
      if (host.gone) hosts.delete(placeKey(host));
      else hosts.set(placeKey(host), host);
    }
    if (leaseHash(hosts.values()) !== sync.hash) return "unknown";
    const more = hosts.size - (state.hosts?.size ?? 0);
    if (this.hosts + more > HOSTS_MAX) return "full";
    this.hosts += more;
    // With the same hash hosts may have begun to leave that got no calls before.
    const isSame = state.hosts !== undefined && state.hash === sync.hash;
    if (!isSame) state.changedMs = nowMs;
    state.hosts = hosts;
    state.hash = sync.hash;
    state.setRenewal = sync.renewal;
    state.refusedHere = [...hosts.values()].flatMap((host) => {
      const reason = check(host);
      return reason === undefined ? [] : [{ ...placeOf(host), reason }];
    });
    const refused = new Set(state.refusedHere.map(placeKey));
    state.taken = [...hosts.values()]
      .filter((host) => !refused.has(placeKey(host)));
    return "taken";
  }
}

/** An agent's set as the store takes it. */
export function toSet(state: AgentState, lease: LeaseRenewal): AgentSet {
  return {
    lease,
    hash: state.hash,
    hosts: state.taken.map((host) => ({
      ...placeOf(host),
      ...host.weight === 0 ? {} : { weight: host.weight },
      ...host.zone === "" ? {} : { zone: host.zone },
      version: host.version,
      notReady: host.notReady,
    })),
  };
}
