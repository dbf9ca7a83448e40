/** Most datagrams of one receive. */
export const RECEIVE_MAX = 64;

/** Most datagrams of one send: each answer leads to a report and a request. */
export const SEND_MAX = 4 * RECEIVE_MAX;

/** Bytes between two datagrams in a buffer; those of the load are shorter. */
export const DATAGRAM_BYTES = 512;

/**
 * A UDP socket for a load, with one buffer for outgoing and one for incoming
 * datagrams: number `i` is at offset `i` × {@linkcode DATAGRAM_BYTES}.
 */
export interface LoadSocket extends Disposable {
  /** Name for the output. */
  readonly transport: string;
  /** Datagrams of the next send. */
  readonly outgoing: Uint8Array;
  /** Datagrams of the last receive. */
  readonly incoming: Uint8Array;
  /** Length of each datagram of the last receive. */
  readonly incomingBytes: Int32Array;
  /** Sets length and port of outgoing datagram `index`. */
  address(index: number, options: { length: number; port: number }): void;
  /** Sends the first `count` of `outgoing`. */
  send(count: number): void | Promise<void>;
  /**
   * Waits at most `waitUs` for a datagram, then receives all that are there, up
   * to {@linkcode RECEIVE_MAX}: their number.
   */
  receive(waitUs: number): number | Promise<number>;
}
