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

/** A resource of Deno that may be closed twice, as owners on both sides may do. */
class DenoResource implements Disposable {
  readonly local: Endpoint;
  readonly #resource: { close(): void };
  #isClosed = false;

  constructor(resource: { close(): void }, local: Deno.Addr) {
    this.#resource = resource;
    this.local = endpointOf(local);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#resource.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

class DenoListener extends DenoResource implements StreamListener {
  readonly #listener: Deno.TcpListener;

  constructor(listener: Deno.TcpListener) {
    super(listener, listener.addr);
    this.#listener = listener;
  }

  async accept(): Promise<ByteStream> {
    return new DenoStream(await this.#listener.accept());
  }
}

class DenoStream extends DenoResource implements ByteStream {
  readonly remote: Endpoint;
  readonly #connection: Deno.TcpConn;

  constructor(connection: Deno.TcpConn) {
    super(connection, connection.localAddr);
    this.#connection = connection;
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
}

class DenoDatagramSocket extends DenoResource implements DatagramSocket {
  readonly #socket: Deno.DatagramConn;

  constructor(socket: Deno.DatagramConn) {
    super(socket, socket.addr);
    this.#socket = socket;
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#socket.receive(buffer) as Promise<[Uint8Array, Deno.NetAddr]>;
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<unknown> {
    // Deno reads hostname and port only, so no object per datagram is needed.
    return this.#socket.send(datagram, to as Deno.NetAddr);
  }
}

function endpointOf(address: Deno.Addr): Endpoint {
  const { hostname, port } = address as Deno.NetAddr;
  return { hostname, port };
}
