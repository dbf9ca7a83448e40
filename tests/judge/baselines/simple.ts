import type { CandidateOptions } from "../world/candidate.ts";
import type { HostServer } from "../world/host_server.ts";
import { Baseline } from "./baseline.ts";
import { anyOf } from "./random_choice.ts";

/** Each host in turn. */
export class RoundRobin extends Baseline {
  #turn = 0;

  protected override choose(): number {
    this.#turn = (this.#turn + 1) % this.members.length;
    return this.members[this.#turn]!;
  }
}

/** Any host. */
export class RandomChoice extends Baseline {
  protected override choose(): number {
    return this.members[anyOf(this.members.length, this.random)]!;
  }
}

/** A host with the fewest calls in flight, of several any. */
export class LeastInFlight extends Baseline {
  protected override choose(): number {
    const { members, inFlight } = this;
    const offset = anyOf(members.length, this.random);
    let best = members[offset]!;
    for (let step = 1; step < members.length; step++) {
      const host = members[(offset + step) % members.length]!;
      if (inFlight[host]! < inFlight[best]!) best = host;
    }
    return best;
  }
}

/**
 * Knows every host's true state, its queue included, and sends the call where it
 * should end first: what no policy can reach, and all are measured against.
 */
export class AllKnowing extends Baseline {
  readonly #servers: readonly HostServer[];

  constructor(options: CandidateOptions) {
    super(options);
    this.#servers = options.servers;
  }

  protected override choose(nowMs: number): number {
    const { members } = this;
    const offset = anyOf(members.length, this.random);
    let best = members[offset]!;
    let bestMs = Infinity;
    for (let step = 0; step < members.length; step++) {
      const host = members[(offset + step) % members.length]!;
      const endMs = this.#servers[host]!.expectedEndMs(nowMs);
      if (endMs < bestMs) {
        best = host;
        bestMs = endMs;
      }
    }
    return best;
  }
}
