import type { RouteKey } from "../../../proto/mod.ts";
import type { Policy, PolicyOptions } from "../balancer.ts";
import { AdaptiveBalancer } from "./balancer.ts";
import { type AdaptiveShared, createShared } from "./shared.ts";

/** `policy = adaptive`: README.md says how it decides. */
export class AdaptivePolicy implements Policy {
  readonly #shared: AdaptiveShared;

  constructor(options: PolicyOptions, shared = createShared(options)) {
    this.#shared = shared;
  }

  createBalancer(key: RouteKey): AdaptiveBalancer {
    return new AdaptiveBalancer(key, this.#shared);
  }

  tick(nowMs: number): void {
    for (const balancer of this.#shared.checking) balancer.tick(nowMs);
  }
}
