import { ProblemError } from "../http/problem.ts";
import type { FleetView } from "../model/fleet.ts";
import type { Moment } from "../model/past/moment.ts";
import type { ApiContext } from "./context.ts";
import { timeOf } from "./schemas.ts";

/** How far back anything is kept, in seconds: 400 days. */
const KEPT_S = 400 * 86_400;

/** The moment that a request asks for; undefined: now. @throws {ProblemError} If it is none of the past that is kept. */
export function momentOf(
  { past, clock }: Pick<ApiContext, "past" | "clock">,
  at: string | undefined,
): Moment | undefined {
  if (at === undefined) return undefined;
  const seconds = Math.floor(Date.parse(at) / 1_000);
  const nowSeconds = clock.wallSeconds();
  if (seconds > nowSeconds) {
    throw noMoment(
      `There is nothing of ${at} yet: it is ${timeOf(nowSeconds)}`,
      "must not be in the future",
    );
  }
  if (seconds < nowSeconds - KEPT_S) {
    throw noMoment(
      `Nothing of ${at} is kept: the oldest is of ${
        timeOf(nowSeconds - KEPT_S)
      }`,
      "must be of the last 400 days",
    );
  }
  return past.at(seconds);
}

/** What callers told at a moment; undefined: what they tell now. */
export function fleetAt(
  { fleet }: Pick<ApiContext, "fleet">,
  moment: Moment | undefined,
): FleetView {
  return moment ?? fleet;
}

function noMoment(message: string, detail: string): ProblemError {
  return new ProblemError("malformed", message, {
    errors: [{ pointer: "query: at", detail }],
  });
}
