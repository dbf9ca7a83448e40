import type { StandingCondition } from "../../net/mod.ts";

/**
 * What keeps the parts of a reporter from their store. Each is a line of the log,
 * but a cause that several have is told by the first.
 */
export class StoreTroubles {
  /** Causes in the log, by the part that told them. */
  readonly #told = new Map<StandingCondition, string>();

  /** A part cannot use the store. */
  begin(condition: StandingCondition, error: Error): void {
    const cause = causeOf(error);
    const isTold = this.#told.entries()
      .some(([other, theirs]) => other !== condition && theirs === cause);
    condition.begin({ error }, { quiet: isTold });
    if (!isTold) this.#told.set(condition, cause);
  }

  /** It can again. */
  end(
    condition: StandingCondition,
    properties?: Record<string, unknown>,
  ): void {
    this.#told.delete(condition);
    condition.end(properties);
  }
}

/** What is wrong with the store, without what was to be done with it. */
function causeOf({ message }: Error): string {
  return message.slice(Math.max(0, message.indexOf('"')));
}
