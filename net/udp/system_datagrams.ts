import { type Endpoint, isAddress } from "../../proto/mod.ts";
import { SystemClock } from "../clock.ts";
import { addressesOf } from "../connect/resolve.ts";
import type { DatagramSocket, DatagramTransport } from "../transport.ts";
import { localHostname, NamedSocket } from "./named_socket.ts";
import { ConnectedSockets, NodeSocket } from "./node_socket.ts";

/**
 * The system's datagram sockets on Deno, Node and Bun: `Deno.listenDatagram`
 * where it is there, which takes Deno's flag `--unstable-net`, else `node:dgram`.
 */
export class SystemDatagrams implements DatagramTransport {
  readonly #reuseAddress: boolean;

  /** With `reuseAddress` its datagrams come here although another socket is bound to the same port, if that allows it. */
  constructor({ reuseAddress = false } = {}) {
    this.#reuseAddress = reuseAddress;
  }

  bind(at: Endpoint): DatagramSocket {
    return bindSocket(at, this.#reuseAddress);
  }

  bindFor(hostname: string, ports: readonly number[] = []): DatagramSocket {
    const bind = (at: Endpoint) => {
      const socket = bindSocket(at);
      socket.unref();
      return socket;
    };
    if (!isAddress(hostname)) {
      const resolve = () => datagramAddresses(hostname);
      return new NamedSocket({ clock: new SystemClock(), resolve, bind });
    }
    if (ports.length === 0 || hasListenDatagram()) {
      return bind({ hostname: localHostname(hostname), port: 0 });
    }
    const sockets = new ConnectedSockets(hostname, ports);
    sockets.unref();
    return sockets;
  }
}

function bindSocket(
  at: Endpoint,
  reuseAddress = false,
): DenoSocket | NodeSocket {
  return hasListenDatagram()
    ? new DenoSocket(at, reuseAddress)
    : new NodeSocket(at);
}

/** Whether this is Deno with the flag. */
function hasListenDatagram(): boolean {
  return typeof Deno === "object" && typeof Deno.listenDatagram === "function";
}

/** The addresses of a name; the name itself where this process may not look it up. */
async function datagramAddresses(hostname: string): Promise<string[]> {
  try {
    return await addressesOf(hostname);
  } catch (error) {
    const isForbidden = error instanceof Error && "code" in error &&
      error.code === "EPERM";
    if (isForbidden) return [hostname];
    throw error;
  }
}

class DenoSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #socket: Deno.DatagramConn;
  #isClosed = false;

  constructor(at: Endpoint, reuseAddress: boolean) {
    this.#socket = Deno.listenDatagram({
      ...at,
      transport: "udp",
      reuseAddress,
    });
    const { hostname, port } = this.#socket.addr as Deno.NetAddr;
    this.local = { hostname, port };
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#socket.receive(buffer) as Promise<[Uint8Array, Deno.NetAddr]>;
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<unknown> {
    // Deno reads hostname and port only, so no object per datagram is needed.
    return this.#socket.send(datagram, to as Deno.NetAddr);
  }

  /** Lets the process end while nothing but this socket is open. */
  unref(): void {
    this.#refable.unref?.();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The process must not end before a receive that waits has failed.
    this.#refable.ref?.();
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Methods that are there at run time, but not in the types. */
  get #refable(): { ref?(): void; unref?(): void } {
    return this.#socket as { ref?(): void; unref?(): void };
  }
}
