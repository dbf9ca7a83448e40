import {
  type ByteStream,
  type Clock,
  type DatagramSocket,
  RECEIVE_PAUSE_MS,
  type StreamListener,
  type Transport,
} from "../../net/mod.ts";
import type { Endpoint } from "../../proto/mod.ts";
import type { Resolver } from "./resolver.ts";

/** Most questions being answered at a time, each of which may wait for dns. */
const QUESTIONS_MAX = 1_024;

/** Most TCP connections, and the time for which one may say nothing. */
const CONNECTIONS_MAX = 64;
const IDLE_MS_MAX = 5_000;

/** Longest question. */
const QUESTION_BYTES_MAX = 4_096;

/** Options of a {@linkcode ResolverServer}. */
export interface ResolverServerOptions {
  transport: Transport;
  clock: Clock;
  resolver: Resolver;
  /** UDP and TCP. */
  at: Endpoint;
}

/** What a resolver counts. */
export type ResolverCounters = Resolver["counters"] & {
  /** Questions and connections. */
  resolverDropped: number;
};

/** Answers DNS questions over UDP and TCP. */
export class ResolverServer {
  readonly #options: ResolverServerOptions;
  readonly #socket: DatagramSocket;
  readonly #listener: StreamListener;
  readonly #streams = new Set<ByteStream>();
  #questions = 0;
  #dropped = 0;

  /**
   * Listens.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  constructor(options: ResolverServerOptions) {
    const { transport, at } = options;
    this.#options = options;
    this.#listener = transport.listen(at);
    try {
      this.#socket = transport.bind(this.#listener.local);
    } catch (error) {
      this.#listener.close();
      throw error;
    }
  }

  /** Where it listens. */
  get local(): Endpoint {
    return this.#listener.local;
  }

  /** Questions so far, and what was dropped for want of room. */
  get counters(): ResolverCounters {
    const { counters } = this.#options.resolver;
    return { ...counters, resolverDropped: this.#dropped };
  }

  /** Answers until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => {
      this.#socket.close();
      this.#listener.close();
      for (const stream of this.#streams) stream.close();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    await Promise.all([this.#receive(signal), this.#accept(signal)]);
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const buffer = new Uint8Array(QUESTION_BYTES_MAX);
    while (!signal.aborted) {
      try {
        const [question, from] = await this.#socket.receive(buffer);
        this.#answerTo(question.slice(), from);
      } catch {
        await clock.sleep(RECEIVE_PAUSE_MS, signal);
      }
    }
  }

  async #answerTo(question: Uint8Array, from: Endpoint): Promise<void> {
    const answer = await this.#answer(question, "udp");
    // Whoever is gone needs none.
    if (answer !== undefined) {
      await this.#socket.send(answer, from).catch(() => {});
    }
  }

  /** The answer; undefined if there is none, or no room. */
  async #answer(
    question: Uint8Array,
    over: "udp" | "tcp",
  ): Promise<Uint8Array | undefined> {
    if (this.#questions >= QUESTIONS_MAX) {
      this.#dropped += 1;
      return undefined;
    }
    this.#questions += 1;
    try {
      return await this.#options.resolver.answer(question, over);
    } finally {
      this.#questions -= 1;
    }
  }

  async #accept(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        const stream = await this.#listener.accept();
        if (this.#streams.size >= CONNECTIONS_MAX) {
          this.#dropped += 1;
          stream.close();
        } else this.#serve(stream);
      } catch {
        await clock.sleep(RECEIVE_PAUSE_MS, signal);
      }
    }
  }

  async #serve(stream: ByteStream): Promise<void> {
    this.#streams.add(stream);
    try {
      for (;;) {
        const question = await this.#read(stream);
        if (question === undefined) break;
        const answer = await this.#answer(question, "tcp");
        if (answer === undefined) break;
        const message = new Uint8Array(2 + answer.length);
        new DataView(message.buffer).setUint16(0, answer.length);
        message.set(answer, 2);
        for (let sent = 0; sent < message.length;) {
          sent += await stream.write(message.subarray(sent));
        }
      }
    } catch {
      // It broke, or was closed here.
    } finally {
      this.#streams.delete(stream);
      stream.close();
    }
  }

  /** The next question, behind its length in two bytes; undefined at the end, or if it takes too long. */
  async #read(stream: ByteStream): Promise<Uint8Array | undefined> {
    const { clock } = this.#options;
    const done = new AbortController();
    clock.sleep(IDLE_MS_MAX, done.signal).then(() => {
      if (!done.signal.aborted) stream.close();
    });
    try {
      const length = await readExactly(stream, 2);
      if (length === undefined) return undefined;
      const bytes = length[0]! * 256 + length[1]!;
      if (bytes > QUESTION_BYTES_MAX) return undefined;
      return await readExactly(stream, bytes);
    } finally {
      done.abort();
    }
  }
}

async function readExactly(
  stream: ByteStream,
  count: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    const read = await stream.read(bytes.subarray(filled));
    if (read === null) return undefined;
    filled += read;
  }
  return bytes;
}
