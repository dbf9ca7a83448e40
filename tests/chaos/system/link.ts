import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** A pair of sockets: an agent's, and the one to the service. */
interface Pair {
  agent: Socket;
  service: Socket;
}

/** Way from agents to a dns or reporter, where connections can be disturbed. */
export class Link {
  /** Where agents connect to. */
  readonly port: number;
  readonly name: string;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #frozen = false;
  #chopped = false;
  /** Bytes of each connection that still pass before it is reset. */
  #tornAfter: number | undefined;

  private constructor(name: string, server: Server, port: number) {
    this.name = name;
    this.#server = server;
    this.port = port;
  }

  /** Opens a way to a port of this machine. */
  static async open(
    { name, port, to }: { name: string; port: number; to: number },
  ): Promise<Link> {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const link = new Link(name, server, port);
    server.on("connection", (agent) => link.#accept(agent, to));
    return link;
  }

  /** Resets every connection at both ends. */
  reset(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** From now on nothing passes, in either direction, and no one is told. */
  freeze(): void {
    this.#frozen = true;
    for (const { agent, service } of this.#pairs) {
      agent.pause();
      service.pause();
    }
  }

  /** From now on bytes pass in pieces of one to three. */
  chop(): void {
    this.#chopped = true;
  }

  /** The next bytes of each connection pass only in part: then it is reset. */
  tear(afterBytes: number): void {
    this.#tornAfter = afterBytes;
  }

  /** Everything passes again. */
  heal(): void {
    this.#frozen = false;
    this.#chopped = false;
    this.#tornAfter = undefined;
    for (const { agent, service } of this.#pairs) {
      agent.resume();
      service.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(agent: Socket, to: number): void {
    const service = connect(to, "127.0.0.1");
    const pair = { agent, service };
    this.#pairs.add(pair);
    this.#pass(pair, agent, service);
    this.#pass(pair, service, agent);
  }

  #pass(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on("data", (bytes: Uint8Array) => {
      if (this.#tornAfter !== undefined) {
        to.write(bytes.subarray(0, this.#tornAfter));
        setTimeout(() => this.#end(pair), 5);
        return;
      }
      if (this.#write(to, bytes)) return;
      from.pause();
      to.once("drain", () => {
        if (!this.#frozen) from.resume();
      });
    });
    from.on("end", () => to.end());
    from.on("error", () => this.#end(pair));
    from.on("close", () => this.#end(pair));
    if (this.#frozen) from.pause();
  }

  #write(to: Socket, bytes: Uint8Array): boolean {
    if (!this.#chopped) return to.write(bytes);
    let all = true;
    for (let at = 0, step = 1; at < bytes.length; at += step) {
      step = at % 3 + 1;
      all = to.write(bytes.subarray(at, at + step));
    }
    return all;
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.agent.resetAndDestroy();
    pair.service.resetAndDestroy();
  }
}
