import type { Clock } from "../net/mod.ts";

/** Most agents that are remembered after they have left; one more forgets another. */
const AGENTS_MAX = 65_536;

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
    return agent;
  }

  /** An agent has lost one of its connections. */
  left(agent: Agent): void {
    agent.connections -= 1;
    agent.leftMs = this.#clock.nowMs();
  }

  /** Whether the agent with this number is connected, or was a short time ago. */
  isHere(number: number): boolean {
    const agent = this.#byNumber.get(number);
    if (agent === undefined) return false;
    return agent.connections > 0 ||
      this.#clock.nowMs() - agent.leftMs < GONE_MS;
  }

  /** Forgets those who have left longest ago; those who are connected stay. */
  #makeRoom(): void {
    if (this.#byIdentity.size < AGENTS_MAX) return;
    for (const [identity, { number }] of this.#byIdentity) {
      if (this.isHere(number)) continue;
      this.#byIdentity.delete(identity);
      this.#byNumber.delete(number);
    }
  }
}
