import type { Random } from "../../net/client.ts";
import type { RouteKey } from "../../proto/mod.ts";
import {
  createPolicy,
  type Policy,
  type PolicyRegistry,
  type PolicySettings,
} from "../policies/mod.ts";
import { type HostOutbox, HostTable } from "./host_table.ts";
import { RouteHosts } from "./route_hosts.ts";

/** What a single route is made of. */
export interface SingleRouteOptions {
  /** Named in its decisions. */
  key: RouteKey;
  /** Name of its policy. */
  policy: string;
  /** Where the policy is looked up; the agent's own if absent. */
  registry?: PolicyRegistry;
  /** Constants of the policy. */
  settings: PolicySettings;
  /** Source of the policy's randomness. */
  random: Random;
  /** Health checks are answered by `hosts.onHealthCheck()`. */
  outbox: HostOutbox;
}

/** One route and its policy, without a shard around them: for replays, the judge and benches. */
export class SingleRoute {
  /** The addresses of its hosts, by row. */
  readonly table: HostTable = new HostTable();
  /** To be ticked by the caller. */
  readonly policy: Policy;
  /** None at first. */
  readonly hosts: RouteHosts;

  /**
   * A route without hosts.
   *
   * @throws {RangeError} If there is no such policy.
   */
  constructor(options: SingleRouteOptions) {
    const { key, settings, random } = options;
    const outbox = this.table.policyOutbox(options.outbox);
    this.policy = createPolicy(
      options.policy,
      { settings, random, outbox },
      options.registry,
    );
    this.hosts = new RouteHosts(this.table, this.policy.createBalancer(key));
  }
}
