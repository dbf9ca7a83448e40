import { AdaptivePolicy } from "./adaptive/policy.ts";
import type { Policy, PolicyOptions } from "./balancer.ts";
import { LarsPolicy } from "./lars/balancer.ts";

/** Every policy by its name in the agent's file. A new one is added here only. */
const POLICIES = new Map<string, (options: PolicyOptions) => Policy>([
  ["lars", (options) => new LarsPolicy(options)],
  ["adaptive", (options) => new AdaptivePolicy(options)],
]);

/** The names that {@linkcode createPolicy} knows. */
export const POLICY_NAMES: readonly string[] = [...POLICIES.keys()];

/**
 * A policy that knows no route yet.
 *
 * @throws {RangeError} If none has that name.
 *
 * @example
 * ```ts
 * import { createPolicy } from "./mod.ts";
 * import { DEFAULT_POLICY_SETTINGS } from "./settings.ts";
 *
 * const policy = createPolicy("lars", {
 *   settings: DEFAULT_POLICY_SETTINGS,
 *   random: Math.random,
 *   outbox: { check: () => {}, decided: console.log },
 * });
 * const balancer = policy.createBalancer({ modId: 1, cmdId: 1 });
 * balancer.update([{ ip: 2130706433, port: 7777 }], 0);
 * balancer.hosts.address(balancer.pick(0)); // { ip: 2130706433, port: 7777 }
 * ```
 */
export function createPolicy(name: string, options: PolicyOptions): Policy {
  const create = POLICIES.get(name);
  if (create === undefined) {
    throw new RangeError(
      `Cannot create policy as its name must be one of ${
        POLICY_NAMES.map((name) => `"${name}"`).join(", ")
      }: current value is "${name}"`,
    );
  }
  return create(options);
}
