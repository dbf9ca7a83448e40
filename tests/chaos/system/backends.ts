/** Ports of the hosts that routes consist of; every address 127.x.y.z has them. */
export class Backends implements AsyncDisposable {
  /** Two ports: the hosts of a route have the one or the other. */
  readonly ports: readonly number[];
  readonly #listeners: (Deno.Listener | undefined)[];

  constructor() {
    this.#listeners = [0, 0].map((port) => listen(port));
    this.ports = this.#listeners.map((each) =>
      (each!.addr as Deno.NetAddr).port
    );
    this.#listeners.forEach((each) => serve(each!));
  }

  /** Hosts with this port refuse connections. */
  close(index: number): void {
    this.#listeners[index]?.close();
    this.#listeners[index] = undefined;
  }

  /** They accept again. */
  open(index: number): void {
    const listener = listen(this.ports[index]!);
    this.#listeners[index] = listener;
    serve(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const index of this.ports.keys()) this.close(index);
    return Promise.resolve();
  }
}

/** Calls a host: sends a byte and waits for it to come back. */
export async function callBackend(
  at: { hostname: string; port: number },
): Promise<boolean> {
  try {
    using connection = await Deno.connect(at);
    await connection.write(Uint8Array.of(1));
    return await connection.read(new Uint8Array(1)) === 1;
  } catch {
    return false;
  }
}

function listen(port: number): Deno.Listener {
  return Deno.listen({ hostname: "0.0.0.0", port });
}

async function serve(listener: Deno.Listener): Promise<void> {
  try {
    for await (const connection of listener) {
      connection.readable.pipeTo(connection.writable).catch(() => {});
    }
  } catch {
    // Closed.
  }
}
