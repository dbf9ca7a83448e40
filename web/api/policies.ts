import { POLICY_NAMES, type Route } from "../../proto/mod.ts";
import type { UnknownPolicy } from "../../store/mod.ts";
import { ProblemError } from "../http/problem.ts";
import type { Consequence } from "../model/preview.ts";

/** What a policy must be, for people. */
const MUST = `must be one of ${POLICY_NAMES.join(", ")}`;

/**
 * Refuses a policy that agents of this version do not know. One that the route has
 * already stays: agents of another version may know it.
 *
 * @throws {ProblemError} With the names that there are.
 */
export function checkPolicy(
  policy: string | null | undefined,
  { route: { modId, cmdId, settings }, pointer }: {
    route: Route;
    /** Where the request has it. */
    pointer: string;
  },
): void {
  if (!isUnknown(policy) || policy === settings?.policy) return;
  throw new ProblemError(
    "unprocessable",
    `The policy of (${modId}, ${cmdId}) ${MUST}: current value is "${policy}"`,
    { errors: [{ pointer, detail: MUST }] },
  );
}

/** Whether agents of this version know no such policy. */
export function isUnknown(
  policy: string | null | undefined,
): policy is string {
  return policy != null && !POLICY_NAMES.includes(policy);
}

/** What an import says of a policy that it leaves out. */
export function leftOut(
  { modId, cmdId, policy }: UnknownPolicy,
): Consequence {
  return {
    code: "unknown_policy",
    detail: `Policy "${policy}" is none of ${
      POLICY_NAMES.join(", ")
    }: the route keeps what it has`,
    modId,
    cmdId,
    host: undefined,
  };
}
