import type { RouteKey } from "../../../proto/mod.ts";
import type { Policy, PolicyOptions } from "../balancer.ts";
import { LarsBalancer, type LarsShared } from "./balancer.ts";
import { LarsHosts } from "./hosts.ts";

/** `policy = lars`: the rule of the original system, as README.md gives it. */
export class LarsPolicy implements Policy {
  readonly #shared: LarsShared;

  constructor({ settings, outbox }: PolicyOptions) {
    const hosts = new LarsHosts();
    this.#shared = { settings: settings.loadBalance, outbox, hosts };
  }

  createBalancer(key: RouteKey): LarsBalancer {
    return new LarsBalancer(key, this.#shared);
  }

  /** Never: only a report moves a host, which is part of the rule. */
  dueMs(): number {
    return Infinity;
  }

  tick(): void {}
}
