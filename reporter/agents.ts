import type { Clock } from "../net/mod.ts";

/** Most agents that are remembered; one more forgets the one that left longest ago. */
const AGENTS_MAX = 16_384;

/** Time for which an agent that has left still counts: it may be on its way back. */
export const GONE_MS = 10_000;

/** An agent that reports, whatever connections it has. */
export interface Agent {
  /** Its number, from 1. */
  readonly number: number;
  /** Its identity, or the address of an agent that has none. */
  readonly identity: string;
  connections: number;
  leftMs: number;
}

/** The agents that report, or have left a short time ago, by identity and number. */
export class Agents {
  readonly #clock: Clock;
  readonly #byIdentity = new Map<string, Agent>();
  readonly #byNumber = new Map<number, Agent>();
  /** Those without a connection, longest without one first. */
  readonly #gone = new Set<Agent>();
  #last = 0;

  /** Begins without agents. */
  constructor(options: { clock: Clock }) {
    this.#clock = options.clock;
  }

  /** An agent with this identity reports on one more connection. */
  arrived(identity: string): Agent {
    let agent = this.#byIdentity.get(identity);
    if (agent === undefined) {
      this.#makeRoom();
      agent = { number: ++this.#last, identity, connections: 0, leftMs: 0 };
      this.#byIdentity.set(identity, agent);
      this.#byNumber.set(agent.number, agent);
    }
    agent.connections += 1;
    this.#gone.delete(agent);
    return agent;
  }

  /** An agent has lost one of its connections. */
  left(agent: Agent): void {
    agent.connections -= 1;
    agent.leftMs = this.#clock.nowMs();
    if (agent.connections === 0) this.#gone.add(agent);
  }

  /** Whether the agent with this number is connected, or was a short time ago. */
  isHere(number: number): boolean {
    const agent = this.#byNumber.get(number);
    if (agent === undefined) return false;
    return agent.connections > 0 ||
      this.#clock.nowMs() - agent.leftMs < GONE_MS;
  }

  /** Those who are connected stay: connections are bounded. */
  #makeRoom(): void {
    if (this.#byIdentity.size < AGENTS_MAX) return;
    const [agent] = this.#gone;
    if (agent === undefined) return;
    this.#gone.delete(agent);
    this.#byIdentity.delete(agent.identity);
    this.#byNumber.delete(agent.number);
  }
}
