import { startIdleTimer, SystemClock } from "../../net/client.ts";
import { formatAddress, type RouteKey } from "../../proto/mod.ts";
import type { LarsClient } from "../client.ts";
import type { LarsSocket } from "./lars_socket.ts";

/** Pause between two looks at the route, in milliseconds. */
const LOOK_MS = 2_000;

/** Time without a byte either way after which a connection counts as idle, in milliseconds. */
const IDLE_MS = 1_000;

/**
 * Ends idle connections to hosts that have left their route or are overloaded,
 * so that a pool opens others. While the agent is away, or no host is idle, it
 * ends none. No timer runs without connections.
 */
export class Recycler {
  readonly #client: LarsClient;
  readonly #key: RouteKey;
  readonly #clock = new SystemClock();
  readonly #sockets = new Set<LarsSocket>();
  #stopTimer: (() => void) | undefined;

  constructor(client: LarsClient, key: RouteKey) {
    this.#client = client;
    this.#key = key;
  }

  /** Watches a connection until it closes. */
  add(socket: LarsSocket): void {
    this.#sockets.add(socket);
    this.#stopTimer ??= startIdleTimer(LOOK_MS, () => this.#look());
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size > 0) return;
      this.#stopTimer?.();
      this.#stopTimer = undefined;
    });
  }

  async #look(): Promise<void> {
    const { modId, cmdId } = this.#key;
    const options = { withState: true };
    const outcome = await this.#client.getRoute(modId, cmdId, options);
    if (outcome.state !== "found" || outcome.standIn) return;
    const idle = new Set(
      outcome.hosts.filter(({ overload }) => !overload).map(formatAddress),
    );
    if (idle.size === 0) return;
    const usedBeforeMs = this.#clock.nowMs() - IDLE_MS;
    for (const socket of this.#sockets) {
      const { remoteAddress, remotePort, usedMs } = socket;
      if (remoteAddress === undefined || usedMs > usedBeforeMs) continue;
      if (!idle.has(`${remoteAddress}:${remotePort}`)) socket.end();
    }
  }
}
