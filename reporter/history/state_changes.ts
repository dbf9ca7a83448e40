import {
  type HostStateEntry,
  isValidAddress,
  isValidKey,
} from "../../proto/mod.ts";
import { type HostStateRow, STATE_IN_USE } from "../../store/mod.ts";

/** Changes from which on agents are not read until some are written. */
export const CHANGES_MAX = 100_000;

/** Greatest number of a state or reason that the store takes. */
const NUMBER_MAX = 255;

/** Rows from which on a write takes no further agent. */
const WRITE_ROWS_FULL = 5_000;

/** What is to be written of one agent. */
interface AgentChanges {
  /** Whether the rows that the store has of it go first. */
  replaces: boolean;
  /** Newest state of each host, by its key. */
  readonly rows: Map<string, HostStateRow>;
}

/** Changes to be written together. */
export interface StateWrite {
  /** Agents all of whose rows go first. */
  replace: string[];
  /** Rows to be set, or removed if they say that a host is in use. */
  rows: HostStateRow[];
}

/** States of hosts that agents have told of and that are not written yet: the newest of each. */
export class StateChanges {
  /** Entries left out, as there can be no such host or state. */
  readonly counters = { statesInvalid: 0 };
  readonly #byAgent = new Map<string, AgentChanges>();
  #size = 0;

  /** Whether something waits, be it that an agent has none any more. */
  get isPending(): boolean {
    return this.#byAgent.size > 0;
  }

  /** Whether agents may go on. */
  get hasRoom(): boolean {
    return this.#size < CHANGES_MAX;
  }

  /** Takes what an agent says at a time, in Unix seconds. */
  take(
    agent: string,
    { all, hosts, nowS }: {
      all: boolean;
      hosts: readonly HostStateEntry[];
      nowS: number;
    },
  ): void {
    if (all) this.#replace(agent);
    for (const host of hosts) {
      const isValid = isValidKey(host) && isValidAddress(host) &&
        host.state <= NUMBER_MAX && host.reason <= NUMBER_MAX;
      if (!isValid) {
        this.counters.statesInvalid += 1;
        continue;
      }
      const { ageMs, ...state } = host;
      const since = Math.max(0, nowS - Math.round(ageMs / 1_000));
      this.#set({ ...state, agent, since });
    }
  }

  /** Forgets what an agent has said: it tells all again when it comes back. */
  forget(agent: string): void {
    this.#size -= this.#byAgent.get(agent)?.rows.size ?? 0;
    this.#byAgent.delete(agent);
  }

  /** Takes out what is to be written now; return it by {@linkcode putBack} if that failed. */
  batch(): StateWrite {
    const write: StateWrite = { replace: [], rows: [] };
    for (const [agent, { replaces, rows }] of this.#byAgent) {
      if (write.rows.length >= WRITE_ROWS_FULL) break;
      if (replaces) write.replace.push(agent);
      // Too many for the arguments of one call.
      for (const row of rows.values()) write.rows.push(row);
      this.forget(agent);
    }
    return write;
  }

  /** Returns what was not written, unless there is something newer. */
  putBack({ replace, rows }: StateWrite): void {
    // What has come since: it is put on top again.
    const since = new Map(this.#byAgent);
    this.#byAgent.clear();
    this.#size = 0;
    for (const agent of replace) this.#replace(agent);
    for (const row of rows) this.#set(row);
    for (const [agent, changes] of since) {
      if (changes.replaces) this.#replace(agent);
      for (const row of changes.rows.values()) this.#set(row);
    }
  }

  #replace(agent: string): void {
    this.forget(agent);
    this.#byAgent.set(agent, { replaces: true, rows: new Map() });
  }

  #set(row: HostStateRow): void {
    let changes = this.#byAgent.get(row.agent);
    if (changes === undefined) {
      changes = { replaces: false, rows: new Map() };
      this.#byAgent.set(row.agent, changes);
    }
    const key = `${row.modId}/${row.cmdId}/${row.ip}:${row.port}`;
    const isEnd = row.state === STATE_IN_USE && changes.replaces;
    this.#size -= changes.rows.delete(key) ? 1 : 0;
    // Its row goes anyway.
    if (isEnd) return;
    changes.rows.set(key, row);
    this.#size += 1;
  }
}
