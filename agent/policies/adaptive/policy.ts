import type { RouteKey } from "../../../proto/mod.ts";
import type { Policy, PolicyOptions } from "../balancer.ts";
import { AdaptiveBalancer } from "./balancer.ts";
import { AdaptiveShared } from "./adaptive_shared.ts";

/** `policy = adaptive`: README.md says how it decides. */
export class AdaptivePolicy implements Policy {
  readonly #shared: AdaptiveShared;

  constructor(options: PolicyOptions, shared = new AdaptiveShared(options)) {
    this.#shared = shared;
  }

  createBalancer(key: RouteKey): AdaptiveBalancer {
    return new AdaptiveBalancer(key, this.#shared);
  }

  dueMs(): number {
    return this.#shared.checksDueMs;
  }

  tick(nowMs: number): void {
    const shared = this.#shared;
    if (nowMs < shared.checksDueMs) return;
    shared.checksDueMs = Infinity;
    shared.checksTickedMs = nowMs;
    for (const balancer of shared.checking) {
      const dueMs = balancer.tick(nowMs);
      shared.checksDueMs = Math.min(shared.checksDueMs, dueMs);
    }
  }
}
