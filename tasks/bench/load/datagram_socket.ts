import {
  DATAGRAM_BYTES,
  type LoadSocket,
  RECEIVE_MAX,
  SEND_MAX,
} from "./socket.ts";

/**
 * A load socket on `Deno.listenDatagram`, for where FFI is not permitted. It
 * costs several times as much CPU as the batch socket, and waits at least 1 ms.
 */
export class LoadDatagramSocket implements LoadSocket {
  readonly transport = "datagram";
  readonly outgoing = new Uint8Array(SEND_MAX * DATAGRAM_BYTES);
  readonly incoming = new Uint8Array(RECEIVE_MAX * DATAGRAM_BYTES);
  readonly incomingBytes = new Int32Array(RECEIVE_MAX);
  readonly #socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  readonly #hostname: string;
  readonly #lengths = new Int32Array(SEND_MAX);
  readonly #ports = new Int32Array(SEND_MAX);
  /** A receive whose wait ended before a datagram came; the next wait takes it over. */
  #pending: Promise<number> | undefined;

  constructor(hostname: string) {
    this.#hostname = hostname;
  }

  address(
    index: number,
    { length, port }: { length: number; port: number },
  ): void {
    this.#lengths[index] = length;
    this.#ports[index] = port;
  }

  async send(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const at = index * DATAGRAM_BYTES;
      await this.#socket.send(
        this.outgoing.subarray(at, at + this.#lengths[index]!),
        {
          transport: "udp",
          hostname: this.#hostname,
          port: this.#ports[index]!,
        },
      );
    }
  }

  async receive(waitUs: number): Promise<number> {
    this.#pending ??= this.#receiveOne();
    const timeout = Promise.withResolvers<number>();
    const timer = setTimeout(() => timeout.resolve(0), waitUs / 1_000);
    const received = await Promise.race([this.#pending, timeout.promise]);
    clearTimeout(timer);
    if (received > 0) this.#pending = undefined;
    return received;
  }

  async #receiveOne(): Promise<number> {
    const buffer = this.incoming.subarray(0, DATAGRAM_BYTES);
    try {
      const [datagram] = await this.#socket.receive(buffer);
      this.incomingBytes[0] = datagram.length;
      return 1;
    } catch {
      // The socket was closed.
      return 0;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
