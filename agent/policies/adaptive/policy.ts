import type { RouteKey } from "../../../proto/mod.ts";
import { AdaptiveBalancer } from "./balancer.ts";
import { Evidence } from "./likelihood.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { LevelRule } from "./failure_baseline.ts";
import { Median } from "./median.ts";
import { RouteNumbers } from "./route_floats.ts";
import { ChoiceRandom } from "./random.ts";
import type { Policy, PolicyOptions, PolicyOutbox } from "../balancer.ts";
import type { AdaptiveSettings } from "../settings.ts";

/** What all balancers of a policy share. */
export interface AdaptiveShared {
  settings: AdaptiveSettings;
  /** Where the agent stands; empty is nowhere in particular. */
  zone: string;
  outbox: PolicyOutbox;
  hosts: AdaptiveHosts;
  evidence: Evidence;
  level: LevelRule;
  numbers: RouteNumbers;
  random: ChoiceRandom;
  median: Median;
  /** Those with hosts to check: the only ones that time alone moves. */
  checking: Set<AdaptiveBalancer>;
}

/**
 * `policy = adaptive`: the policy that everybody should use. adaptive_balancer.ts
 * tells the rule.
 */
export class AdaptivePolicy implements Policy {
  readonly #shared: AdaptiveShared;

  constructor({ settings, random, outbox }: PolicyOptions) {
    const hosts = new AdaptiveHosts();
    this.#shared = {
      settings: settings.adaptive,
      zone: settings.zone,
      outbox,
      hosts,
      evidence: new Evidence(hosts, settings.adaptive),
      level: new LevelRule(hosts, settings.adaptive),
      numbers: new RouteNumbers(),
      random: new ChoiceRandom(random),
      median: new Median(),
      checking: new Set(),
    };
  }

  createBalancer(key: RouteKey): AdaptiveBalancer {
    return new AdaptiveBalancer(key, this.#shared);
  }

  tick(nowMs: number): void {
    for (const balancer of this.#shared.checking) balancer.tick(nowMs);
  }
}
