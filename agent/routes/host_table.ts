import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import type { PolicyOutbox } from "../policies/balancer.ts";
import { HostColumns } from "../policies/host_columns.ts";

/** A policy's decision about a host. */
export interface HostDecision extends RouteKey, HostAddress {
  atMs: number;
  /** What and why, in one sentence. */
  text: string;
}

/** Where the messages of policies go, with addresses for rows; called synchronously, must not throw. */
export interface HostOutbox {
  healthCheck(key: RouteKey, host: HostAddress): void;
  decided(decision: HostDecision): void;
}

/**
 * The addresses of the hosts of all routes of one shard, by row. Policies keep
 * columns of their own, of the same rows.
 */
export class HostTable extends HostColumns {
  ip = new Uint32Array(0);
  port = new Uint16Array(0);
  /** Rows that were allocated at least once: those after were never used. */
  #used = 0;
  /** Rows that were given back. */
  readonly #free: number[] = [];

  /** Number of hosts. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** A row for a host. */
  allocate({ ip, port }: HostAddress): number {
    const row = this.#free.pop() ?? this.#used++;
    this.ensure(row);
    this.ip[row] = ip;
    this.port[row] = port;
    return row;
  }

  /** Gives a row back: the next host may get it. */
  release(row: number): void {
    this.#free.push(row);
  }

  /** The address of a row. */
  address(row: number): HostAddress {
    return { ip: this.ip[row]!, port: this.port[row]! };
  }

  /** The outbox of policies whose hosts are rows of this table. */
  policyOutbox(outbox: HostOutbox): PolicyOutbox {
    return {
      healthCheck: (key, row) => outbox.healthCheck(key, this.address(row)),
      decided: ({ key, row, atMs, text }) =>
        outbox.decided({ ...key, ...this.address(row), atMs, text }),
    };
  }
}
