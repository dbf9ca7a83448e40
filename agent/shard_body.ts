import {
  DATAGRAM_BYTES_MAX,
  decodeBody,
  HEADER_BYTES,
  type MessageId,
  ProtocolError,
  writeHeader,
} from "../proto/mod.ts";

/** Longest body of an answer: it must fit one datagram with its header. */
export const ANSWER_BODY_BYTES_MAX = DATAGRAM_BYTES_MAX - HEADER_BYTES;

/** The message in a body, as protobufjs reads it; undefined if it is none. */
export function decodeIfValid<Message>(
  type: { name: string; decode(body: Uint8Array): Message },
  body: Uint8Array,
): Message | undefined {
  try {
    return decodeBody(type, body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Writes an answer of at most ANSWER_BODY_BYTES_MAX with its header; the length of both. */
export function writeAnswer(
  response: Uint8Array,
  id: MessageId,
  body: Uint8Array,
): number {
  response.set(body, HEADER_BYTES);
  writeHeader(response, id, body.length);
  return HEADER_BYTES + body.length;
}
