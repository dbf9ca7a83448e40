import type { Endpoint, RouteKey } from "../../proto/mod.ts";
import type { LarsClientCounters } from "../source.ts";
import type { NoAnswer } from "../outcome.ts";
import type { Waiting } from "./resend_timer.ts";

/** A datagram that is to be answered. */
export interface AskedDatagram extends Waiting {
  readonly datagram: Uint8Array;
  readonly to: Endpoint;
}

/** What those who ask an agent need of the socket they share. */
export interface DatagramLink {
  readonly counters: LarsClientCounters;
  /** How often a request is sent before it is given up. */
  readonly tries: number;
  /** Aborted when the socket closes. */
  readonly closing: AbortSignal;
  endpointOf(key: RouteKey): Endpoint;
  /** Why nothing can be asked now, if so; counts it. */
  refusal(): NoAnswer | undefined;
  /** Sends a request, and calls its onDue() unless it is done in time. */
  ask(asked: AskedDatagram): void;
  /** The request waits no more. */
  done(asked: AskedDatagram): void;
  /** Sends what is not answered; false if it has not left. Never rejects. */
  tell(datagram: Uint8Array, to: Endpoint): Promise<boolean>;
}
