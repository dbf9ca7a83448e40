import type { Balancer } from "./balancer.ts";
import { LarsBalancer } from "./lars_balancer.ts";
import type { LoadBalanceSettings } from "./settings.ts";

/** Every policy by its name in the agent's file. A new one is added here only. */
const POLICIES = new Map<string, (settings: LoadBalanceSettings) => Balancer>([
  ["lars", (settings) => new LarsBalancer(settings)],
]);

/** The names that {@linkcode createBalancer} knows. */
export const POLICY_NAMES: readonly string[] = [...POLICIES.keys()];

/**
 * A balancer without hosts.
 *
 * @throws {RangeError} If no policy has that name.
 *
 * @example
 * ```ts
 * import { createBalancer } from "./policy.ts";
 * import { DEFAULT_SETTINGS } from "./settings.ts";
 *
 * const balancer = createBalancer("lars", DEFAULT_SETTINGS);
 * balancer.update([{ ip: 2130706433, port: 7777 }], 0);
 * balancer.pick(0); // { ip: 2130706433, port: 7777 }
 * ```
 */
export function createBalancer(
  policyName: string,
  settings: LoadBalanceSettings,
): Balancer {
  const create = POLICIES.get(policyName);
  if (create === undefined) {
    throw new RangeError(
      `Cannot create balancer as policy must be one of ${
        POLICY_NAMES.map((name) => `"${name}"`).join(", ")
      }: current value is "${policyName}"`,
    );
  }
  return create(settings);
}
