import type { Endpoint } from "../proto/mod.ts";
import type {
  ByteStream,
  DatagramSocket,
  StreamListener,
  Transport,
} from "./transport.ts";

/** The system's sockets. */
export class DenoTransport implements Transport {
  listen(at: Endpoint): StreamListener {
    return new DenoListener(Deno.listen({ ...at, transport: "tcp" }));
  }

  async connect(to: Endpoint, signal?: AbortSignal): Promise<ByteStream> {
    const connection = await Deno.connect({
      ...to,
      transport: "tcp",
      ...(signal === undefined ? {} : { signal }),
    });
    return new DenoStream(connection);
  }

  bind(at: Endpoint): DatagramSocket {
    return new DenoDatagramSocket(
      Deno.listenDatagram({ ...at, transport: "udp" }),
    );
  }
}

class DenoListener implements StreamListener {
  readonly local: Endpoint;
  readonly #listener: Deno.TcpListener;
  readonly #close: () => void;

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.#close = once(() => listener.close());
    this.local = endpointOf(listener.addr);
  }

  async accept(): Promise<ByteStream> {
    return new DenoStream(await this.#listener.accept());
  }

  close(): void {
    this.#close();
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

class DenoStream implements ByteStream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #connection: Deno.TcpConn;
  readonly #close: () => void;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#close = once(() => connection.close());
    this.local = endpointOf(connection.localAddr);
    this.remote = endpointOf(connection.remoteAddr);
    try {
      // Frames are small, and peers wait for them.
      connection.setNoDelay(true);
      connection.setKeepAlive(true);
    } catch {
      // Some systems refuse once the peer has gone; the first read fails then.
    }
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#connection.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  close(): void {
    this.#close();
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

class DenoDatagramSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #socket: Deno.DatagramConn;
  readonly #close: () => void;

  constructor(socket: Deno.DatagramConn) {
    this.#socket = socket;
    this.#close = once(() => socket.close());
    this.local = endpointOf(socket.addr);
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#socket.receive(buffer) as Promise<[Uint8Array, Deno.NetAddr]>;
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<unknown> {
    // Deno reads hostname and port only, so no object per datagram is needed.
    return this.#socket.send(datagram, to as Deno.NetAddr);
  }

  close(): void {
    this.#close();
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

/** Makes closing idempotent: closing a Deno resource twice throws. */
function once(close: () => void): () => void {
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    close();
  };
}

function endpointOf(address: Deno.Addr): Endpoint {
  const { hostname, port } = address as Deno.NetAddr;
  return { hostname, port };
}
