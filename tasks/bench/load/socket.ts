/** The most datagrams that one receive takes. */
export const RECEIVE_MAX = 64;

/** The most that wait to be sent: an answer leads to a report and a request. */
export const SEND_MAX = 4 * RECEIVE_MAX;

/** Room for one datagram; those of the load are shorter. */
export const DATAGRAM_BYTES = 512;

/**
 * A UDP socket as the load uses it: datagrams lie in two buffers that are used
 * again, number `i` of each at offset `i` × {@linkcode DATAGRAM_BYTES}.
 */
export interface LoadSocket extends Disposable {
  /** Name for the output. */
  readonly transport: string;
  /** What is sent next. */
  readonly outgoing: Uint8Array;
  /** What was received last. */
  readonly incoming: Uint8Array;
  /** The length of each datagram received last. */
  readonly incomingBytes: Int32Array;
  /** Sets length and port of outgoing datagram `index`. */
  address(index: number, options: { length: number; port: number }): void;
  /** Sends the first `count` of `outgoing`. */
  send(count: number): void | Promise<void>;
  /**
   * Waits at most `waitUs` for a datagram and receives all there are, up to
   * {@linkcode RECEIVE_MAX}: how many.
   */
  receive(waitUs: number): number | Promise<number>;
}
