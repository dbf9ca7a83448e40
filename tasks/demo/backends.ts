import { type HostAddress, parseAddress } from "../../proto/mod.ts";

/** TCP servers on this machine that answer every connection; one of them can be down. */
export class Backends implements AsyncDisposable {
  readonly addresses: readonly HostAddress[];
  readonly #sickIndex: number;
  readonly #listeners: Deno.TcpListener[];
  readonly #serving = new Set<Promise<void>>();
  #sick = false;

  constructor(options: { count: number; sickIndex: number }) {
    this.#sickIndex = options.sickIndex;
    this.#listeners = Array.from({ length: options.count }, () => listen(0));
    this.addresses = this.#listeners.map(({ addr }) =>
      parseAddress(`127.0.0.1:${addr.port}`)
    );
    for (const listener of this.#listeners) this.#serve(listener);
  }

  /** Whether one of them is down now. */
  get sick(): boolean {
    return this.#sick;
  }

  /** Takes one backend down, so that it refuses connections, or up again at its port. */
  setSick(sick: boolean): void {
    if (sick === this.#sick) return;
    this.#sick = sick;
    if (sick) this.#listeners[this.#sickIndex]!.close();
    else {
      const listener = listen(this.addresses[this.#sickIndex]!.port);
      this.#listeners[this.#sickIndex] = listener;
      this.#serve(listener);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.setSick(false);
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#serving);
  }

  #serve(listener: Deno.TcpListener): void {
    const serving = answerAll(listener);
    this.#serving.add(serving);
    serving.finally(() => this.#serving.delete(serving));
  }
}

function listen(port: number): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port });
}

async function answerAll(listener: Deno.TcpListener): Promise<void> {
  for await (using connection of listener) {
    await connection.write(new TextEncoder().encode("ok\n")).catch(() => {
      // The caller has left, as it is being stopped.
    });
  }
}
