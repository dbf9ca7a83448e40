import { type HostAddress, parseAddress } from "../proto/mod.ts";

/** TCP servers that answer every connection; one of them can be sick. */
export class Backends implements AsyncDisposable {
  readonly #sickIndex: number;
  /** Whether the sick one is sick now. */
  sick = false;
  readonly addresses: HostAddress[];
  readonly #listeners: Deno.TcpListener[];
  readonly #serving: Promise<void>[];

  constructor(options: { count: number; sickIndex: number }) {
    this.#sickIndex = options.sickIndex;
    this.#listeners = Array.from(
      { length: options.count },
      () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    );
    this.addresses = this.#listeners.map(({ addr }) =>
      parseAddress(`127.0.0.1:${addr.port}`)
    );
    this.#serving = this.#listeners.map((listener, index) =>
      this.#serve(listener, index)
    );
  }

  isSick(index: number): boolean {
    return this.sick && index === this.#sickIndex;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#serving);
  }

  async #serve(listener: Deno.TcpListener, index: number): Promise<void> {
    for await (const connection of listener) {
      try {
        if (!this.isSick(index)) {
          await connection.write(new TextEncoder().encode("ok\n"));
        }
      } catch {
        // The caller has left; it is being stopped.
      } finally {
        connection.close();
      }
    }
  }
}
