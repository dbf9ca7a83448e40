import type { Clock } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import type { DnsLink } from "./dns_link.ts";

/** Known routes are pulled again in slices of so many, with so long a pause between. */
const PULL_SLICE = 512;
const PULL_SLICE_MS = 10;

/**
 * Pulls all known routes again on each new connection, as a dns pushes only
 * what was asked of it there: but not faster than it goes out.
 */
export class KnownPulls {
  readonly #clock: Clock;
  readonly #dns: Pick<DnsLink, "pull" | "waiting">;
  readonly #keys: () => Iterable<RouteKey>;
  /** Times that a link to dns opened or was lost. */
  #connections = 0;

  constructor(
    options: {
      clock: Clock;
      dns: Pick<DnsLink, "pull" | "waiting">;
      /** The known routes, which may come and go while one goes through them. */
      keys: () => Iterable<RouteKey>;
    },
  ) {
    this.#clock = options.clock;
    this.#dns = options.dns;
    this.#keys = options.keys;
  }

  /** The link to dns opened or was lost. */
  onDnsChange(connected: boolean): void {
    this.#connections += 1;
    if (connected) this.#pullAll(this.#connections);
  }

  async #pullAll(connection: number): Promise<void> {
    let count = 0;
    for (const key of this.#keys()) {
      this.#dns.pull(key);
      count += 1;
      if (count % PULL_SLICE > 0) continue;
      do await this.#clock.sleep(PULL_SLICE_MS); while (
        connection === this.#connections && this.#dns.waiting >= PULL_SLICE
      );
      if (connection !== this.#connections) return;
    }
  }
}
