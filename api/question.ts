import type { Endpoint } from "../net/mod.ts";
import type { lars, RouteKey } from "../proto/mod.ts";
import type { Waiting } from "./resend_timer.ts";

/** The answer to a request, or why there is none. */
export type Reply<Message> =
  | { state: "answered"; message: Message }
  | { state: "timeout" | "closed" | "refused" };

/** A request on its way, and what to do with its answer. */
export interface Question<Message = never> extends Waiting {
  key: RouteKey;
  to: Endpoint;
  datagram: Uint8Array;
  triesLeft: number;
  settle: (reply: Reply<Message>) => void;
}

/** A request for a host; waits under its seq. */
export type HostQuestion = Question<lars.GetHostResponse>;

/** A request for all hosts of a route; waits under its route. */
export interface RouteQuestion extends Question<lars.GetRouteResponse> {
  withState: boolean;
  /** For everybody who asks the same while this one is on its way. */
  reply: Promise<Reply<lars.GetRouteResponse>>;
}
