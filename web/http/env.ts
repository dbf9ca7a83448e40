import type { Context } from "hono";
import type { Actor } from "../access/actor.ts";

/** Who is at the other end of a request. */
export interface Client {
  /** Its address; behind a proxy that is trusted, the one that the proxy names. */
  address: string;
  /** Whether it speaks TLS, as such a proxy says. */
  isSecure: boolean;
  /** The user that such a proxy names. */
  proxyUser: string | undefined;
}

/** What a request carries on its way through the app. */
export interface WebEnv {
  Bindings: {
    /** Address of the other end of the connection. */
    peer: string;
    /** Whether a page asks, whose own request is counted. */
    isOfPage?: boolean;
  };
  Variables: {
    requestId: string;
    client: Client;
    /** Who asks; undefined: nobody is logged in. */
    actor: Actor | undefined;
  };
}

/** A request and its answer. */
export type WebContext = Context<WebEnv>;
