/**
 * Balancing policies: how the host of a call is chosen.
 *
 * A policy is a folder here and a line in {@linkcode POLICIES}. It knows no
 * address, no socket and no clock: hosts are rows of its columns, and time comes
 * with each call.
 *
 * @module
 */
import { AdaptivePolicy } from "./adaptive/policy.ts";
import type { HostAttributes, Policy, PolicyOptions } from "./balancer.ts";
import { LarsPolicy } from "./lars/policy.ts";

export { POLICY_NAMES } from "../../proto/mod.ts";
export type { Random } from "../../net/client.ts";
export type {
  CallReport,
  HostAddress,
  HostStatus,
  RouteHost,
  RouteKey,
} from "../../proto/mod.ts";
export * from "./balancer.ts";
export { HostColumns } from "./host_columns.ts";
export * from "./settings.ts";

/** How each policy is made, by its name in the agent's file. */
export type PolicyRegistry = ReadonlyMap<
  string,
  (options: PolicyOptions) => Policy
>;

/** Every policy of the agent; {@linkcode POLICY_NAMES} has their names. */
export const POLICIES: PolicyRegistry = new Map([
  ["lars", (options: PolicyOptions): Policy => new LarsPolicy(options)],
  ["adaptive", (options: PolicyOptions): Policy => new AdaptivePolicy(options)],
]);

/**
 * Attributes of hosts that a policy does not look at, by its name; none of it for
 * the others. Weight 0 is no calls under every policy.
 */
export const IGNORED_ATTRIBUTES: ReadonlyMap<
  string,
  readonly (keyof HostAttributes)[]
> = new Map([["lars", ["weight", "zone"]]]);

/**
 * A policy that knows no route yet.
 *
 * @throws {RangeError} If `registry` has none of that name.
 *
 * @example
 * ```ts
 * import { createPolicy, DEFAULT_POLICY_SETTINGS } from "./mod.ts";
 *
 * const policy = createPolicy("lars", {
 *   settings: DEFAULT_POLICY_SETTINGS,
 *   random: Math.random,
 *   outbox: {
 *     healthCheck: () => {},
 *     decided: console.log,
 *     changed: console.log,
 *   },
 * });
 * const balancer = policy.createBalancer({ modId: 1, cmdId: 1 });
 * balancer.update({
 *   rows: [0, 1],
 *   attributes: [{}, {}],
 *   added: [0, 1],
 *   ejected: [],
 *   removed: [],
 *   healthChecks: false,
 * }, 0);
 * balancer.pick(0); // 0
 * balancer.pick(0); // 1
 * ```
 */
export function createPolicy(
  name: string,
  options: PolicyOptions,
  registry: PolicyRegistry = POLICIES,
): Policy {
  const create = registry.get(name);
  if (create === undefined) {
    throw new RangeError(
      `Cannot create policy as its name must be one of ${
        [...registry.keys()].map((name) => `"${name}"`).join(", ")
      }: current value is "${name}"`,
    );
  }
  return create(options);
}

/** The policies of one shard: the agent's own, and those that single routes name. */
export class Policies {
  readonly #options: PolicyOptions;
  #defaultName = "";
  readonly #registry: PolicyRegistry;
  /** Those that some route used, by name. */
  readonly #policies = new Map<string, Policy>();
  /** The same. */
  readonly #list: Policy[] = [];

  /**
   * The policies of `registry`, the agent's own if absent.
   *
   * @throws {RangeError} If none has the name `defaultName`.
   */
  constructor(
    defaultName: string,
    options: PolicyOptions & { registry?: PolicyRegistry },
  ) {
    this.#options = options;
    this.#registry = options.registry ?? POLICIES;
    this.setDefault(defaultName);
  }

  /**
   * Sets the policy of routes that name none.
   *
   * @throws {RangeError} If there is none of that name.
   */
  setDefault(name: string): void {
    this.get(name);
    this.#defaultName = name;
  }

  /** The name of the policy for a route that names `wanted`: the agent's own if there is no such one. */
  nameFor(wanted: string | undefined): string {
    return wanted !== undefined && this.#registry.has(wanted)
      ? wanted
      : this.#defaultName;
  }

  /**
   * The policy of that name, of which a shard has one.
   *
   * @throws {RangeError} If there is none.
   */
  get(name: string): Policy {
    let policy = this.#policies.get(name);
    if (policy === undefined) {
      policy = createPolicy(name, this.#options, this.#registry);
      this.#policies.set(name, policy);
      this.#list.push(policy);
    }
    return policy;
  }

  /** When tick() is due; Infinity while nothing waits for time. */
  dueMs(): number {
    let dueMs = Infinity;
    for (const policy of this.#list) dueMs = Math.min(dueMs, policy.dueMs());
    return dueMs;
  }

  /** Does what is due in all of them. */
  tick(nowMs: number): void {
    for (const policy of this.#list) policy.tick(nowMs);
  }
}
