import { ProtocolError } from "../frame.ts";

/** A generated message. */
export interface MessageType<Message> {
  /** Its name in lars.proto. */
  name: string;
  /** Decodes a body. */
  decode(body: Uint8Array): Message;
}

/**
 * Decodes a body with the `decode` of a generated message.
 *
 * @throws {ProtocolError} If the bytes are not such a message.
 *
 * @example
 * ```ts
 * import { decodeBody, lars } from "@lars/lars/proto";
 *
 * decodeBody(lars.GetRouteRequest, new Uint8Array([8, 1, 16, 1])).modid; // 1
 * ```
 */
export function decodeBody<Message>(
  type: MessageType<Message>,
  body: Uint8Array,
): Message {
  try {
    return type.decode(body);
  } catch (cause) {
    throw new ProtocolError(
      `Cannot decode ${type.name} of ${body.length} bytes: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
}

/** As {@linkcode decodeBody}; undefined if the bytes are no such message. */
export function decodeIfValid<Message>(
  type: MessageType<Message>,
  body: Uint8Array,
): Message | undefined {
  try {
    return type.decode(body);
  } catch {
    return undefined;
  }
}

/** Bytes of the identity of an agent, a store or an instance. */
export const IDENTITY_BYTES = 16;

/** Hexadecimal digits of an identity, in lower case; empty for bytes that are none. */
export function toIdentity(bytes: Uint8Array): string {
  if (bytes.length !== IDENTITY_BYTES) return "";
  // Not toHex(), which Node.js 22 lacks.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** The bytes of an identity of hexadecimal digits; none for an empty one. */
export function fromIdentity(identity: string): Uint8Array {
  const bytes = new Uint8Array(identity.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(identity.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}
