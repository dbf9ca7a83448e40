import type { Logger } from "./log.ts";

/** A condition that lasts: logged once when it begins and once when it ends. */
export class StandingCondition {
  readonly #logger: Logger;
  readonly #level: "warn" | "error";
  readonly #begins: string;
  readonly #ends: string;
  #active = false;
  #isTold = false;

  /** `begins` and `ends` are the two lines. */
  constructor(
    options: {
      logger: Logger;
      level: "warn" | "error";
      begins: string;
      ends: string;
    },
  ) {
    this.#logger = options.logger;
    this.#level = options.level;
    this.#begins = options.begins;
    this.#ends = options.ends;
  }

  /** Whether it has begun and not ended. */
  get active(): boolean {
    return this.#active;
  }

  /**
   * The condition holds: logs that it begins, unless it has; `properties` say why
   * and where. While it is `quiet`, as another line says the same, it is active and
   * logs nothing.
   */
  begin(
    properties?: Record<string, unknown>,
    { quiet = false }: { quiet?: boolean } = {},
  ): void {
    this.#active = true;
    if (quiet || this.#isTold) return;
    this.#isTold = true;
    this.#logger[this.#level](this.#begins, properties);
  }

  /** The condition does not hold: logs that it ends, if it has logged that it began. */
  end(properties?: Record<string, unknown>): void {
    this.#active = false;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#logger.info(this.#ends, properties);
  }
}
