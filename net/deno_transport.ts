import { type Endpoint, isAddress, unmapIpv4 } from "../proto/mod.ts";
import { SystemClock } from "./clock.ts";
import { firstToOpen } from "./connect/first_to_open.ts";
import { addressesOf } from "./connect/resolve.ts";
import { SystemDatagrams } from "./udp/system_datagrams.ts";
import type {
  ByteStream,
  DatagramSocket,
  StreamListener,
  Transport,
} from "./transport.ts";

/** The system's sockets. */
export class DenoTransport implements Transport {
  readonly #datagrams: SystemDatagrams;

  /** With `reuseAddress` it binds UDP ports that another socket has, as one that systemd keeps. */
  constructor(options: { reuseAddress?: boolean } = {}) {
    this.#datagrams = new SystemDatagrams(options);
  }

  listen(at: Endpoint): StreamListener {
    return new DenoListener(Deno.listen({ ...at, transport: "tcp" }));
  }

  /** Connects; a name is looked up here, each time, and all its addresses are tried. */
  async connect(to: Endpoint, signal?: AbortSignal): Promise<ByteStream> {
    const hostnames = await connectHostnames(to.hostname, signal);
    const attempts = hostnames.map((hostname) => (signal: AbortSignal) =>
      connectTo({ hostname, port: to.port }, signal)
    );
    return attempts.length === 1
      ? await connectTo({ hostname: hostnames[0]!, port: to.port }, signal)
      : await firstToOpen(attempts, { clock: new SystemClock(), signal });
  }

  bindFor(hostname: string, ports?: readonly number[]): DatagramSocket {
    return this.#datagrams.bindFor(hostname, ports);
  }

  bind(at: Endpoint): DatagramSocket {
    return this.#datagrams.bind(at);
  }
}

/**
 * What Deno is to connect to for a hostname: its addresses. With permission for
 * the name alone it is the name, of which Deno tries one address after the other.
 */
async function connectHostnames(
  hostname: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (isAddress(hostname)) return [hostname];
  const { state } = Deno.permissions.querySync({ name: "net" });
  if (state !== "granted") return [hostname];
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([addressesOf(hostname), aborted.promise]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

async function connectTo(
  to: Endpoint,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const connection = await Deno.connect({
    ...to,
    transport: "tcp",
    ...(signal === undefined ? {} : { signal }),
  });
  return new DenoStream(connection);
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

/** An IPv4 peer of a listener for both families has its IPv4 address. */
function endpointOf(address: Deno.Addr): Endpoint {
  const { hostname, port } = address as Deno.NetAddr;
  return { hostname: unmapIpv4(hostname), port };
}
