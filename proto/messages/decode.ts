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
