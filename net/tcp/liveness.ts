/**
 * How each end of a connection knows that the other is there. After a Hello the
 * client repeats its Hello and the server its HelloAck; an original peer does
 * neither, and may be silent for long.
 *
 * @module
 */

/** Interval at which each end of a connection with a Hello says something. */
export const HEARTBEAT_MS = 5_000;

/** Time without a frame after which the other end of such a connection is taken for gone. */
export const SILENCE_MS_MAX = 20_000;
