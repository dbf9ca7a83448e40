import type { HostStatus, RouteHost, RouteKey } from "../../proto/mod.ts";
import type { Balancer, Policy, PolicyOptions } from "./balancer.ts";
import { createPolicy, POLICY_NAMES } from "./mod.ts";

/** The policies of one shard: the agent's own, and those that single routes ask for. */
export class Policies {
  readonly #options: PolicyOptions;
  readonly #defaultName: string;
  readonly #create: typeof createPolicy;
  /** Those that some route used, by name. */
  readonly #policies = new Map<string, Policy>();

  /** @throws {RangeError} If no policy has that name. */
  constructor(
    defaultName: string,
    options: PolicyOptions & { createPolicy?: typeof createPolicy },
  ) {
    this.#options = options;
    this.#defaultName = defaultName;
    this.#create = options.createPolicy ?? createPolicy;
    this.#get(defaultName);
  }

  /** The policy of a route that asks for `wanted`: that, if there is such a one, or else the agent's own. */
  nameFor(wanted: string | undefined): string {
    return wanted !== undefined && POLICY_NAMES.includes(wanted)
      ? wanted
      : this.#defaultName;
  }

  /** A balancer without hosts. */
  create(key: RouteKey, name: string): Balancer {
    return this.#get(name).createBalancer(key);
  }

  /** A balancer of another policy that goes on with what `before` knew, which is not used afterwards. */
  exchange(
    before: Balancer,
    { key, name, hosts, nowMs }: {
      key: RouteKey;
      name: string;
      hosts: readonly RouteHost[];
      nowMs: number;
    },
  ): Balancer {
    const statuses: readonly HostStatus[] = before.status();
    before.release();
    const after = this.create(key, name);
    after.update(hosts, nowMs);
    after.inherit(statuses, nowMs);
    return after;
  }

  /** Does what time has made due in all of them. */
  tick(nowMs: number): void {
    for (const policy of this.#policies.values()) policy.tick(nowMs);
  }

  #get(name: string): Policy {
    let policy = this.#policies.get(name);
    if (policy === undefined) {
      policy = this.#create(name, this.#options);
      this.#policies.set(name, policy);
    }
    return policy;
  }
}
