/**
 * Connections of other libraries' pools to hosts that Lars picks: mysql2, pg,
 * ioredis, and whatever else takes a stream.
 *
 * @example
 * ```ts
 * import { LarsClient } from "@lars/lars";
 * import { larsConnect } from "@lars/lars/connect";
 * import mysql from "mysql2/promise";
 *
 * const client = LarsClient.open();
 * if (await client.register(2, 1)) {
 *   const pool = mysql.createPool({
 *     stream: larsConnect(client, [2, 1]),
 *     user: "root",
 *   });
 *   console.log(await pool.query("SELECT 1"));
 *   await pool.end();
 * }
 * await client.close();
 * ```
 *
 * @module
 */
import { routeKey } from "../arguments.ts";
import type { LarsClient } from "../client.ts";
import { LarsSocket } from "./lars_socket.ts";
import { type ConnectOptions, openSocket } from "./open_socket.ts";
import { Recycler } from "./recycler.ts";

export { type Callback, LarsSocket } from "./lars_socket.ts";
export type { ConnectOptions } from "./open_socket.ts";

/** How a pool connects; everything has a default. */
export interface PoolOptions extends ConnectOptions {
  /**
   * Whether connections without traffic are ended when their host has left the
   * route or is overloaded; false if not given. A pool then opens others, and may
   * tell of the end as an error: pg's needs a listener for `error`.
   */
  recycle?: boolean;
}

/** The modid and the cmdid of a route. */
export type RouteIds = readonly [number, number];

/**
 * A function that opens a connection of a route, for the option `stream` of
 * mysql2 and pg. It returns at once; a connection that finds no host, or none
 * that accepts, ends with the error. The connection is reported when it is open
 * or has failed, and as a failure when it breaks.
 *
 * @throws {RangeError} If an id is not an int32.
 */
export function larsConnect(
  client: LarsClient,
  route: RouteIds,
  { recycle = false, ...options }: PoolOptions = {},
): () => LarsSocket {
  const key = routeKey(...route);
  const recycler = recycle ? new Recycler(client, key) : undefined;
  return () => {
    const socket = new LarsSocket((signal) =>
      openSocket(client, { ...options, key, signal })
    );
    recycler?.add(socket);
    return socket;
  };
}

/** What a connector of ioredis has for its own use. */
interface ConnectorState {
  connecting: boolean;
  stream: LarsSocket;
  firstError?: Error;
}

/**
 * A class for the option `Connector` of ioredis, made from its
 * `AbstractConnector`: each connection is one of {@linkcode larsConnect}.
 *
 * @throws {RangeError} If an id is not an int32.
 *
 * @example
 * ```ts
 * import { LarsClient } from "@lars/lars";
 * import { larsConnector } from "@lars/lars/connect";
 * import { AbstractConnector, Redis } from "ioredis";
 *
 * const client = LarsClient.open();
 * if (await client.register(3, 1)) {
 *   const Connector = larsConnector(client, [3, 1], { AbstractConnector });
 *   const redis = new Redis({ Connector });
 *   console.log(await redis.ping());
 *   redis.disconnect();
 * }
 * await client.close();
 * ```
 */
export function larsConnector<Connector>(
  client: LarsClient,
  route: RouteIds,
  { AbstractConnector, ...options }: PoolOptions & {
    AbstractConnector: abstract new (disconnectTimeout: number) => Connector;
  },
): new (options: unknown) => Connector {
  const open = larsConnect(client, route, options);
  // Its properties are protected in the types, and a base class is abstract.
  const Base = AbstractConnector as unknown as new (
    disconnectTimeout: number,
  ) => ConnectorState;

  class LarsConnector extends Base {
    constructor(options: unknown) {
      super((options as { disconnectTimeout: number }).disconnectTimeout);
    }

    connect(): Promise<LarsSocket> {
      this.connecting = true;
      this.stream = open();
      this.stream.once("error", (error) => this.firstError = error);
      return Promise.resolve(this.stream);
    }
  }

  return LarsConnector as unknown as new (options: unknown) => Connector;
}
