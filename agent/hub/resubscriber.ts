import type { Clock } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import type { DnsLink } from "./dns_link.ts";

/** Routes that are pulled at a time, and the pause after them. */
const PULL_SLICE = 512;
const PULL_SLICE_MS = 10;

/**
 * Pulls all routes with hosts on each new connection to dns, which pushes only
 * what was pulled there; no faster than the socket takes it.
 */
export class Resubscriber {
  readonly #clock: Clock;
  readonly #dns: Pick<DnsLink, "pull" | "waiting">;
  readonly #keys: () => Iterable<RouteKey>;
  /** Times that the link to dns opened or was lost. */
  #connections = 0;

  constructor(
    options: {
      clock: Clock;
      dns: Pick<DnsLink, "pull" | "waiting">;
      /** The routes with hosts; they may come and go during the iteration. */
      keys: () => Iterable<RouteKey>;
    },
  ) {
    this.#clock = options.clock;
    this.#dns = options.dns;
    this.#keys = options.keys;
  }

  /** Takes that the link to dns opened or was lost. */
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
