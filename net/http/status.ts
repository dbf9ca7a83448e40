import { type Endpoint, formatEndpoint } from "../../proto/mod.ts";
import type { ByteStream } from "../transport.ts";

/** Bytes of an answer that are looked at. */
const STATUS_BYTES = 64;

/**
 * Asks GET of a path on a connection that has said nothing yet, and reads the
 * status of the answer; undefined: what answers is not HTTP. What follows the
 * status is left on the connection, which is of no use afterwards.
 *
 * @throws {Error} If the connection breaks.
 */
export async function getStatus(
  stream: ByteStream,
  { host, path }: { host: Endpoint; path: string },
): Promise<number | undefined> {
  const request = `GET ${path} HTTP/1.1\r\nHost: ${
    formatEndpoint(host)
  }\r\nUser-Agent: lars\r\nConnection: close\r\n\r\n`;
  let bytes: Uint8Array = new TextEncoder().encode(request);
  while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
  const answer = new Uint8Array(STATUS_BYTES);
  let length = 0;
  while (length < answer.length) {
    const read = await stream.read(answer.subarray(length));
    if (read === null) break;
    length += read;
    if (answer.subarray(0, length).includes(0x0a)) break;
  }
  const text = new TextDecoder().decode(answer.subarray(0, length));
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}
