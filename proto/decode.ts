import { ProtocolError } from "./frame.ts";

/**
 * Decodes a body with the `decode` of a generated message.
 *
 * @throws {ProtocolError} If the bytes are not such a message.
 *
 * @example
 * ```ts
 * import { decodeBody, lars } from "./mod.ts";
 *
 * decodeBody(lars.GetRouteRequest, new Uint8Array([8, 1, 16, 1])).modid; // 1
 * ```
 */
export function decodeBody<Message>(
  type: { name: string; decode(body: Uint8Array): Message },
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
