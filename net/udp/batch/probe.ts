import { BatchUnavailableError, Libc, type LibcOptions } from "./libc.ts";
import { BatchSocket } from "./socket.ts";

/** Why datagrams in batches do not work here, and what to do; undefined if they work. */
export function batchUnavailableReason(
  options: LibcOptions = {},
): string | undefined {
  try {
    Libc.open(options)[Symbol.dispose]();
    using socket = BatchSocket.open({ at: { hostname: "127.0.0.1", port: 0 } });
    socket.receive();
    if (socket.counters.receiveFailures === 0) return undefined;
    // As in a sandbox that filters system calls.
    return "Cannot use batches of datagrams as the system refuses recvmmsg: use transport = datagram";
  } catch (error) {
    if (error instanceof BatchUnavailableError) return error.message;
    throw error;
  }
}
