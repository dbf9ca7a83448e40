import { ForeignClient } from "../../support/foreign_wire.ts";

/** Time for all that is sent on a connection, and for the answers. */
const SEND_MS_MAX = 3_000;

const DATAGRAMS = 500;

/** Sends bytes on a connection of its own; one that is refused or closed is an answer. */
export async function send(port: number, bytes: Uint8Array): Promise<void> {
  try {
    const connection = await Deno.connect({ port });
    const stop = new AbortController();
    const { signal } = stop;
    const reading = connection.readable.pipeTo(new WritableStream(), {
      signal,
    });
    const writer = connection.writable.getWriter();
    // Nobody waits for one who stands still.
    const late = setTimeout(() => {
      stop.abort();
      writer.abort().catch(() => {});
    }, SEND_MS_MAX);
    await writer.write(bytes).catch(() => {});
    await writer.close().catch(() => {});
    await reading.catch(() => {});
    clearTimeout(late);
  } catch {
    // It is away.
  }
}

/** Sends datagrams to one server of an agent, or to all in turn. */
export async function sendDatagrams(
  port: number,
  draw: () => Uint8Array,
  { server, count = DATAGRAMS }: { server?: number; count?: number } = {},
): Promise<void> {
  using client = new ForeignClient(port);
  for (let sent = 0; sent < count; sent++) {
    await client.send(draw(), server ?? sent % 3).catch(() => {});
  }
}
