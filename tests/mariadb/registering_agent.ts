import {
  decodeHelloAck,
  decodeLeaseAck,
  encodeFrame,
  encodeHello,
  encodeLeaseSync,
  type Endpoint,
  FEATURE_LEASES,
  formatAddress,
  FrameDecoder,
  leaseHash,
  type LeaseHost,
  MessageId,
  parseAddress,
} from "../../proto/mod.ts";
import { eventually } from "../support/wait.ts";

/** An agent that does nothing but register hosts of route (1, 1) at a dns. */
export class RegisteringAgent implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #running: Promise<void>;
  readonly #name: string;
  #takesLeases = false;
  #storedHash = -1;
  #refused: string[] = [];
  #hosts: LeaseHost[] = [];
  #renewal = 0;

  private constructor(connection: Deno.TcpConn, name: string) {
    this.#connection = connection;
    this.#name = name;
    this.#running = this.#run();
  }

  /** Connects, and waits until dns takes registrations. */
  static async open(at: Endpoint, name: string): Promise<RegisteringAgent> {
    const agent = new RegisteringAgent(await Deno.connect(at), name);
    await agent.#greet();
    await eventually("dns takes registrations", () => agent.#takesLeases);
    return agent;
  }

  /** Registers these hosts, and no others; returns those that are refused when it is stored. */
  async register(...hosts: string[]): Promise<string[]> {
    this.#hosts = hosts.map((host) => ({
      modId: 1,
      cmdId: 1,
      ...parseAddress(host),
      weight: 0,
      zone: "",
      version: "1.0",
      notReady: false,
      gone: false,
      drainMs: 0,
    }));
    const hash = leaseHash(this.#hosts);
    await this.#say();
    await eventually("it is stored", () => this.#storedHash === hash);
    return this.#refused;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#running;
  }

  async #greet(): Promise<void> {
    await this.#send(
      MessageId.hello,
      encodeHello({
        agentId: new TextEncoder().encode(this.#name).toHex().padEnd(32, "0"),
        epoch: 1,
        name: this.#name,
        version: "1",
        zone: "",
      }),
    );
  }

  async #say(): Promise<void> {
    await this.#send(
      MessageId.leaseSync,
      encodeLeaseSync({
        renewal: this.#renewal += 1,
        ttlMs: 30_000,
        hash: leaseHash(this.#hosts),
        all: true,
        hosts: this.#hosts,
      }),
    );
  }

  async #send(id: number, body: Uint8Array): Promise<void> {
    const bytes = encodeFrame(id, body);
    for (let at = 0; at < bytes.length;) {
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  async #run(): Promise<void> {
    const decoder = new FrameDecoder();
    try {
      for await (const chunk of this.#connection.readable) {
        for (const { id, body } of decoder.decode(chunk)) {
          if (id === MessageId.helloAck) {
            const { features } = decodeHelloAck(body);
            this.#takesLeases = (features & FEATURE_LEASES) !== 0;
            // Whoever is silent is closed.
            await this.#greet();
          }
          if (id !== MessageId.leaseAck) continue;
          const { hash, refused } = decodeLeaseAck(body);
          this.#storedHash = hash;
          this.#refused = refused.map(formatAddress);
        }
      }
    } catch {
      // The connection is closed.
    }
  }
}
