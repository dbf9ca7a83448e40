import { SystemClock } from "../net/client.ts";
import type { HostAddress, RouteKey } from "../proto/mod.ts";
import type { LarsClient } from "./client.ts";
import { noHostError } from "./outcome.ts";
import { toDurationUs } from "./arguments.ts";

const clock = new SystemClock();

/** Hosts that are asked for, at most, to find one other than the last. */
const OTHER_TRIES = 3;

/** How to find the host of an {@linkcode Attempt}. */
export interface AttemptOptions {
  /** Ends the wait for a host. */
  signal?: AbortSignal | null | undefined;
  /** The host of the attempt before; another is taken if there is one. */
  avoid?: HostAddress | undefined;
}

/** One call of one host, on behalf of another library. */
export class Attempt {
  /** The host to call. */
  readonly host: HostAddress;
  readonly #client: LarsClient;
  readonly #key: RouteKey;
  readonly #startMs = clock.nowMs();
  #hasEnded = false;

  private constructor(client: LarsClient, key: RouteKey, host: HostAddress) {
    this.#client = client;
    this.#key = key;
    this.host = host;
  }

  /**
   * Finds a host; the time counts from then on.
   *
   * @throws {NoHostError} If there is no host to call.
   * @throws {unknown} The signal's reason, if it is aborted first.
   */
  static async begin(
    client: LarsClient,
    key: RouteKey,
    { signal, avoid }: AttemptOptions = {},
  ): Promise<Attempt> {
    const { modId, cmdId } = key;
    const options = signal ? { signal } : {};
    for (let tried = 1;; tried++) {
      const outcome = await client.getHost(modId, cmdId, options);
      if (outcome.state !== "found") throw noHostError(modId, cmdId, outcome);
      const { host } = outcome;
      const isOther = host.ip !== avoid?.ip || host.port !== avoid.port;
      if (isOther || tried === OTHER_TRIES) {
        return new Attempt(client, key, host);
      }
    }
  }

  /** Reports how the call went, 0 being success; once. */
  end(returnCode: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#report(returnCode, toDurationUs(clock.nowMs() - this.#startMs));
  }

  /** Reports a failure that came after the call had ended. */
  fail(returnCode: number): void {
    if (this.#hasEnded) this.#report(returnCode);
    else this.end(returnCode);
  }

  /** Ends the attempt without a report: its caller does not want the answer any more. */
  drop(): void {
    this.#hasEnded = true;
  }

  #report(returnCode: number, durationUs = 0): void {
    const { modId, cmdId } = this.#key;
    const { host } = this;
    this.#client.report(modId, cmdId, { host, returnCode, durationUs });
  }
}
