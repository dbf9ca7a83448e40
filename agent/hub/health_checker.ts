import { addressKey, formatIp, type HostAddress } from "../../proto/mod.ts";
import type { Clock, Logger, Transport } from "../../net/mod.ts";

/** Time after which a host that has not accepted a connection counts as dead. */
export const CHECK_TIMEOUT_MS = 1_000;

/** Most connections under way; a check above that is dropped. */
export const CHECKS_MAX = 256;

/** Checks whether hosts accept TCP connections, before a program's call probes them. */
export class HealthChecker {
  /** Events so far. */
  readonly counters = { checks: 0, checksAlive: 0, checksDropped: 0 };
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Checks under way, by address: a host of many routes is checked once. */
  readonly #running = new Map<number, Promise<boolean | undefined>>();
  #forbidden = false;

  constructor(
    options: { transport: Transport; clock: Clock; logger: Logger },
  ) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Whether a host accepts connections; undefined if the check was dropped. Never rejects. */
  async check(host: HostAddress): Promise<boolean | undefined> {
    const key = addressKey(host);
    let running = this.#running.get(key);
    if (running === undefined) {
      if (this.#forbidden || this.#running.size >= CHECKS_MAX) {
        this.counters.checksDropped += 1;
        return undefined;
      }
      running = this.#connect(host)
        .finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return await running;
  }

  async #connect({ ip, port }: HostAddress): Promise<boolean | undefined> {
    this.counters.checks += 1;
    const timedOut = new AbortController();
    const ended = new AbortController();
    const timer = this.#clock.sleep(CHECK_TIMEOUT_MS, ended.signal)
      .then(() => timedOut.abort());
    try {
      const to = { hostname: formatIp(ip), port };
      const stream = await this.#transport.connect(to, timedOut.signal);
      stream.close();
      this.counters.checksAlive += 1;
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        return this.#noteForbidden(error);
      }
      return false;
    } finally {
      ended.abort();
      await timer;
    }
  }

  #noteForbidden(error: Error): undefined {
    if (this.#forbidden) return;
    this.#forbidden = true;
    this.#logger.warn(
      "hosts cannot be checked as this agent may not connect to them: allow it with --allow-net, or set [loadbalance] check = off",
      { error },
    );
  }
}
