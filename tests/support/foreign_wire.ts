/**
 * The wire as others would write it from proto/README.md alone: on purpose
 * nothing of `proto/` or `net/` is used here.
 *
 * @module
 */

/** A field of a message: its number, and a number or the bytes of a part. */
export type Field = [number: number, value: bigint | Uint8Array];

/** A frame as it is read. */
export interface ForeignFrame {
  id: number;
  body: Uint8Array;
}

/** How long a foreign client waits for an answer. */
const ANSWER_MS_MAX = 30_000;

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  // A negative int32 goes as 64 bits.
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** A message of numbers and parts, by field number; zeros are left out. */
export function message(
  fields: Record<number, number | Uint8Array | undefined>,
): Uint8Array {
  const bytes = Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined || value === 0) return [];
    const tag = BigInt(key) << 3n;
    return typeof value === "number"
      ? [...varint(tag), ...varint(BigInt(value))]
      : [...varint(tag | 2n), ...varint(BigInt(value.length)), ...value];
  });
  return Uint8Array.from(bytes);
}

/** A frame: id, length, body. */
export function frame(id: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, id, true);
  view.setInt32(4, body.length, true);
  bytes.set(body, 8);
  return bytes;
}

/** A frame "report status" of one host of a route, counted by 127.0.0.1 at second 1,000. */
export function statusFrame(
  { modId = 1, cmdId = 1, ...result }: {
    modId?: number;
    cmdId?: number;
    ip: number;
    port: number;
    succ: number;
    err?: number;
    overload?: boolean;
  },
): Uint8Array {
  const { ip, port, succ, err, overload } = result;
  const host = { 1: ip, 2: port, 3: succ, 4: err, 5: overload ? 1 : 0 };
  const status = { 1: modId, 2: cmdId, 3: 0x7f00_0001, 4: message(host) };
  return frame(3, message({ ...status, 5: 1_000 }));
}

/** The fields of a message, in their order. */
export function fieldsOf(body: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  function number(): bigint {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = BigInt(body[at++]!);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  }
  while (at < body.length) {
    const tag = number();
    const value = number();
    if ((tag & 7n) === 0n) {
      fields.push([Number(tag >> 3n), value]);
    } else {
      fields.push([
        Number(tag >> 3n),
        body.subarray(at, at += Number(value)),
      ]);
    }
  }
  return fields;
}

/** A number field of a message as int32; 0 if it is not there. */
export function int32(body: Uint8Array, field: number): number {
  const found = fieldsOf(body).find(([number]) => number === field);
  return Number(BigInt.asIntN(32, (found?.[1] ?? 0n) as bigint));
}

/** All parts of a message with this field number. */
export function parts(body: Uint8Array, field: number): Uint8Array[] {
  return fieldsOf(body)
    .filter(([number]) => number === field)
    .map(([, value]) => value as Uint8Array);
}

/** A HostInfo or the head of a HostCallResult as text. */
export function hostText(part: Uint8Array): string {
  const ip = int32(part, 1) >>> 0;
  const dotted = [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".");
  return `${dotted}:${int32(part, 2)}`;
}

/** A UDP socket that asks an agent. */
export class ForeignClient implements Disposable {
  readonly #socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  readonly #firstPort: number;

  constructor(firstPort: number) {
    this.#firstPort = firstPort;
  }

  /** Sends a datagram to the agent's server `server` without waiting. */
  async send(bytes: Uint8Array, server = 0): Promise<void> {
    const port = this.#firstPort + server;
    await this.#socket.send(bytes, {
      transport: "udp",
      hostname: "127.0.0.1",
      port,
    });
  }

  /** Sends a datagram and takes the next one that comes back. */
  async ask(bytes: Uint8Array, server = 0): Promise<Uint8Array> {
    await this.send(bytes, server);
    return await this.receive();
  }

  /** The next datagram. */
  async receive(): Promise<Uint8Array> {
    const [bytes] = await within(this.#socket.receive(), "a datagram");
    return bytes;
  }

  /** get host, on the port that the route belongs to: its return code and host. */
  async getHost(
    modid: number,
    cmdid: number,
    seq = 1,
  ): Promise<{ seq: number; retcode: number; host: string | undefined }> {
    const server = (((modid + cmdid) % 3) + 3) % 3;
    const request = message({ 1: seq, 2: modid, 3: cmdid });
    const body = (await this.ask(frame(4, request), server)).subarray(8);
    const host = parts(body, 5)[0];
    return {
      seq: int32(body, 1),
      retcode: int32(body, 4),
      host: host && hostText(host),
    };
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** A TCP connection that sends and reads frames. */
export class ForeignConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #read = new Uint8Array();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to "IP:PORT". */
  static async open(address: string): Promise<ForeignConnection> {
    const [hostname = "", port] = address.split(":");
    const connection = await Deno.connect({ hostname, port: Number(port) });
    return new ForeignConnection(connection);
  }

  /** Writes all bytes. */
  async send(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** The next frame with its header, or null when the peer has closed. */
  async receiveBytes(): Promise<Uint8Array | null> {
    if (!await this.#fill(8)) return null;
    const length = new DataView(this.#read.buffer, this.#read.byteOffset)
      .getInt32(4, true);
    if (!await this.#fill(8 + length)) return null;
    const bytes = this.#read.slice(0, 8 + length);
    this.#read = this.#read.slice(8 + length);
    return bytes;
  }

  /** The next frame. */
  async receive(): Promise<ForeignFrame> {
    const bytes = await this.receiveBytes();
    if (bytes === null) throw new Error("the peer closed the connection");
    const id = new DataView(bytes.buffer).getInt32(0, true);
    return { id, body: bytes.subarray(8) };
  }

  async #fill(size: number): Promise<boolean> {
    const chunk = new Uint8Array(65_536);
    while (this.#read.length < size) {
      const reading = this.#connection.read(chunk).catch(() => null);
      const bytes = await within(reading, "a frame");
      if (bytes === null) return false;
      const joined = new Uint8Array(this.#read.length + bytes);
      joined.set(this.#read);
      joined.set(chunk.subarray(0, bytes), this.#read.length);
      this.#read = joined;
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

async function within<Value>(
  promise: Promise<Value>,
  what: string,
): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${what} did not come`)),
    ANSWER_MS_MAX,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
