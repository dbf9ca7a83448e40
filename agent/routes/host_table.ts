import type { HostAddress, RouteKey } from "../../proto/mod.ts";
import type { HostChange, PolicyOutbox } from "../policies/balancer.ts";
import { HostColumns } from "../policies/host_columns.ts";

/** A policy's decision about a host. */
export interface HostDecision extends RouteKey, HostAddress {
  /** When, in milliseconds of the policy's time. */
  atMs: number;
  /** What and why, in one sentence. */
  text: string;
}

/** Where the messages of policies go, with addresses for rows; called synchronously, must not throw. */
export interface HostOutbox {
  /** Asks whether a host accepts connections. */
  healthCheck(key: RouteKey, host: HostAddress): void;
  /** Takes a decision for `lars explain`. */
  decided(decision: HostDecision): void;
  /** Takes what became of a host; absent: no one wants to know. */
  changed?(change: HostChange): void;
}

/**
 * The addresses of the hosts of all routes of one shard, by row. Policies keep
 * columns of their own, of the same rows.
 */
export class HostTable extends HostColumns {
  /** IPv4 addresses as numbers. */
  ip: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** Their ports. */
  port: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  /** Rows that were allocated at least once: those after were never used. */
  #used = 0;
  /** Rows that were given back. */
  readonly #free: number[] = [];
  readonly #onRelease: ((row: number) => void) | undefined;

  /** Without hosts; `onRelease` is called with each row that is given back, which still holds its address. */
  constructor(onRelease?: (row: number) => void) {
    super();
    this.#onRelease = onRelease;
  }

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
    this.#onRelease?.(row);
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
      changed: (change) => outbox.changed?.(change),
    };
  }
}
