import { lars, MessageId, writeHeader } from "../../../proto/mod.ts";
import {
  DATAGRAM_BYTES,
  type LoadSocket,
  RECEIVE_MAX,
  SEND_MAX,
} from "./socket.ts";

/** The host of each answer, as a field of GetHostResponse. */
const HOST = lars.GetHostResponse.encode({
  host: { ip: 0x0a000001, port: 80 },
}).finish();

/** When the answer to a datagram that arrives at `nowUs` is there; undefined: never. */
export type FakeServer = (nowUs: number) => number | undefined;

/** An agent in virtual time: it answers each getHost as `serve` says. */
export class FakeLoadSocket implements LoadSocket {
  readonly transport = "memory";
  readonly outgoing = new Uint8Array(SEND_MAX * DATAGRAM_BYTES);
  readonly incoming = new Uint8Array(RECEIVE_MAX * DATAGRAM_BYTES);
  readonly incomingBytes = new Int32Array(RECEIVE_MAX);
  nowUs = 0;
  /** Ports that got datagrams, and the reports among these. */
  readonly ports = new Map<number, number>();
  readonly reports: Uint8Array[] = [];
  readonly #serve: FakeServer;
  readonly #lengths = new Int32Array(SEND_MAX);
  #answers: { atUs: number; datagram: Uint8Array }[] = [];

  constructor(serve: FakeServer) {
    this.#serve = serve;
  }

  address(
    index: number,
    { length, port }: { length: number; port: number },
  ): void {
    this.#lengths[index] = length;
    this.ports.set(port, (this.ports.get(port) ?? 0) + 1);
  }

  send(count: number): void {
    for (let index = 0; index < count; index++) {
      const at = index * DATAGRAM_BYTES;
      const datagram = this.outgoing.slice(at, at + this.#lengths[index]!);
      if (datagram[0] === MessageId.reportRequest) this.reports.push(datagram);
      else this.#answer(datagram);
    }
  }

  receive(waitUs: number): number {
    const firstUs = this.#answers[0]?.atUs ?? Infinity;
    // A wait takes time even when it ends at once, or time would stand still.
    const untilUs = Math.min(firstUs, this.nowUs + waitUs);
    this.nowUs = Math.max(this.nowUs + 1, untilUs);
    const ready = this.#answers
      .filter(({ atUs }) => atUs <= this.nowUs)
      .slice(0, RECEIVE_MAX);
    this.#answers = this.#answers.slice(ready.length);
    ready.forEach(({ datagram }, index) => {
      this.incoming.set(datagram, index * DATAGRAM_BYTES);
      this.incomingBytes[index] = datagram.length;
    });
    return ready.length;
  }

  [Symbol.dispose](): void {}

  #answer(request: Uint8Array): void {
    const atUs = this.#serve(this.nowUs);
    if (atUs === undefined) return;
    const datagram = new Uint8Array(request.length + HOST.length);
    datagram.set(request);
    datagram.set(HOST, request.length);
    writeHeader(datagram, MessageId.getHostResponse, datagram.length - 8);
    this.#answers.push({ atUs, datagram });
    this.#answers.sort((a, b) => a.atUs - b.atUs);
  }
}
