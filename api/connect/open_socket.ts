import { connect, type Socket } from "node:net";
import { formatIp, type HostAddress, type RouteKey } from "../../proto/mod.ts";
import { Attempt } from "../attempt.ts";
import type { LarsClient } from "../client.ts";

/** Return code of a connection that failed or broke. */
const CONNECTION_FAILED = 1;

/** How to connect; everything has a default. */
export interface ConnectOptions {
  /** Other hosts that are tried when one refuses; 1 if not given. */
  retries?: number;
  /** Time for one host to accept, in milliseconds; 3,000 if not given. */
  connectTimeoutMs?: number;
}

/** What {@linkcode openSocket} connects to. */
export interface OpenOptions extends ConnectOptions {
  key: RouteKey;
  /** Ends the wait. */
  signal: AbortSignal;
}

/**
 * Connects to a host that Lars picks, to another if it refuses, and reports
 * each: the connection now, and a failure when it breaks.
 *
 * @throws {NoHostError} If there is no host.
 * @throws {Error} If the last one that was tried does not accept.
 * @throws {unknown} The signal's reason, if it is aborted first.
 */
export async function openSocket(
  client: LarsClient,
  { key, signal, retries = 1, connectTimeoutMs = 3_000 }: OpenOptions,
): Promise<Socket> {
  let avoid: HostAddress | undefined;
  for (let tried = 0;; tried++) {
    const attempt = await Attempt.begin(client, key, { signal, avoid });
    try {
      const { host } = attempt;
      const socket = await connected(host, { signal, connectTimeoutMs });
      attempt.end(0);
      socket.once("error", () => attempt.fail(CONNECTION_FAILED));
      return socket;
    } catch (error) {
      if (signal.aborted) attempt.drop();
      else attempt.end(CONNECTION_FAILED);
      if (signal.aborted || tried >= retries) throw error;
      avoid = attempt.host;
    }
  }
}

/** A socket when it is connected. */
function connected(
  { ip, port }: HostAddress,
  { signal, connectTimeoutMs }: {
    signal: AbortSignal;
    connectTimeoutMs: number;
  },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const hostname = formatIp(ip);
    const socket = connect({ host: hostname, port, noDelay: true });
    const fail = (error: unknown) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    socket.setTimeout(connectTimeoutMs, () => {
      const within = `within ${connectTimeoutMs} ms`;
      fail(new Error(`Cannot connect to ${hostname}:${port} ${within}`));
    });
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.removeListener("error", fail);
      signal.removeEventListener("abort", onAbort);
      resolve(socket);
    });
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}
