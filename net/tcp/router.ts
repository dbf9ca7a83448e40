import type { Frame } from "../../proto/mod.ts";
import type { FramedConnection } from "./framed_connection.ts";

/** Handles one kind of message; throws ProtocolError if it does not decode. */
export type MessageHandler = (
  connection: FramedConnection,
  body: Uint8Array,
) => void | Promise<void>;

/** Sends each frame to the handler of its message id. */
export class MessageRouter {
  readonly #handlers = new Map<number, MessageHandler>();
  /** Frames dropped as their id has no handler. */
  unknownIds = 0;

  /**
   * Registers the handler of a message id.
   *
   * @throws {TypeError} If the id has one.
   */
  on(id: number, handler: MessageHandler): this {
    if (this.#handlers.has(id)) {
      throw new TypeError(`Cannot route message id as it has a handler: ${id}`);
    }
    this.#handlers.set(id, handler);
    return this;
  }

  /** Passes a frame to its handler and returns the handler's promise, if any. */
  dispatch(
    connection: FramedConnection,
    frame: Frame,
  ): void | Promise<void> {
    const handler = this.#handlers.get(frame.id);
    if (handler === undefined) {
      this.unknownIds += 1;
      return;
    }
    return handler(connection, frame.body);
  }
}
