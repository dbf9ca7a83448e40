import type { Clock } from "../../net/mod.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { type AdminStore, type NameRow, StoreError } from "../../store/mod.ts";

/** For how long names are good enough. */
const FRESH_MS = 5_000;

/** What modules and commands are called. */
export class Names {
  readonly #admin: AdminStore;
  readonly #clock: Clock;
  #rows = new Map<string, NameRow>();
  #atMs = -Infinity;

  constructor(options: { admin: AdminStore; clock: Clock }) {
    this.#admin = options.admin;
    this.#clock = options.clock;
  }

  /** Reads them if they are old; while the store is away they stay. */
  async refresh({ now = false } = {}): Promise<void> {
    const nowMs = this.#clock.nowMs();
    if (!now && nowMs - this.#atMs < FRESH_MS) return;
    try {
      const rows = await this.#admin.names();
      this.#rows = new Map(
        rows.map((row) => [`${row.modId} ${row.cmdId ?? ""}`, row]),
      );
      this.#atMs = nowMs;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** That of a module. */
  module(modId: number): NameRow | undefined {
    return this.#rows.get(`${modId} `);
  }

  /** That of a command. */
  command({ modId, cmdId }: RouteKey): NameRow | undefined {
    return this.#rows.get(`${modId} ${cmdId}`);
  }
}
