import type { RouteKey } from "../../../proto/mod.ts";
import type { Policy, PolicyOptions } from "../balancer.ts";
import { AdaptiveBalancer } from "./balancer.ts";
import { AdaptiveShared } from "./shared.ts";

/** `policy = adaptive`: README.md says how it decides. */
export class AdaptivePolicy implements Policy {
  readonly #shared: AdaptiveShared;

  constructor(options: PolicyOptions, shared = new AdaptiveShared(options)) {
    this.#shared = shared;
  }

  createBalancer(key: RouteKey): AdaptiveBalancer {
    return new AdaptiveBalancer(key, this.#shared);
  }

  tick(nowMs: number): void {
    for (const balancer of this.#shared.checking) balancer.tick(nowMs);
  }
}
