import type { Endpoint, HostAddress, RouteKey } from "../../proto/mod.ts";
import { StoreError } from "../../store/mod.ts";
import { MysqlRouteStore } from "../../store/mysql/route_store.ts";
import type { Ledger, Outcome } from "../support/ledger.ts";
import { type Account, Session, type Sql } from "../support/session.ts";
import { storeOptions } from "../galera/store_editor.ts";
import { sleep } from "../support/wait.ts";
import type { Choices } from "./choices.ts";

/** Between two attempts at an edit that failed: the database may be starting. */
const RETRY_MS_MAX = 300;

/** Between two edits of one editor. */
const PAUSE_MS_MAX = 300;

/** Transactions that a {@linkcode LongEditor} has open at a time. */
export const LONG_TRANSACTIONS = 5;

const LONG_MS_MIN = 100;

const INSERT =
  "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)";
const DELETE =
  "DELETE FROM RouteData WHERE modid = ? AND cmdid = ? AND serverip = ? AND serverport = ?";
const VERSION =
  "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1";
const CHANGE =
  "INSERT INTO RouteChange(modid, cmdid, version) VALUES (?, ?, UNIX_TIMESTAMP(NOW()))";

export interface EditorOptions {
  database: Endpoint;
  account: Account;
  /** Routes that only this editor writes to. */
  keys: readonly RouteKey[];
  ledger: Ledger;
  choices: Choices;
}

/** Somebody who edits routes; each call of `edit` ends with as many edits acknowledged as it returns. */
export interface Editor extends AsyncDisposable {
  edit(): Promise<number>;
}

/** Knows what its routes have, whatever became of its attempts. */
abstract class HandWriter implements Editor {
  protected readonly options: EditorOptions;
  /** For whatever is done one after the other. */
  protected readonly session: Session;
  readonly #known = new Map<RouteKey, HostAddress[]>();

  constructor(options: EditorOptions) {
    this.options = options;
    this.session = new Session(options.database, options.account);
  }

  abstract edit(): Promise<number>;

  [Symbol.asyncDispose](): Promise<void> {
    this.session[Symbol.dispose]();
    return Promise.resolve();
  }

  protected known(key: RouteKey): HostAddress[] {
    return this.#known.get(key) ?? [];
  }

  /** Notes how an attempt ended; one in doubt is followed by one that is certain. */
  protected async settle(
    route: RouteKey & { key: RouteKey; hosts: HostAddress[] },
    outcome: Outcome,
  ): Promise<boolean> {
    this.options.ledger.note(route, outcome);
    if (outcome === "committed") this.#known.set(route.key, route.hosts);
    if (outcome === "doubtful") await this.replace(route.key);
    return outcome !== "refused";
  }

  /** Gives a route other hosts, in one transaction, until that is acknowledged. */
  protected async replace(key: RouteKey): Promise<void> {
    const { ledger, choices } = this.options;
    const { modId, cmdId } = key;
    for (;;) {
      const hosts = ledger.freshHosts(choices.pick([1, 2, 3]));
      const outcome = await this.session.transact(async (sql) => {
        await sql("DELETE FROM RouteData WHERE modid = ? AND cmdid = ?", [
          modId,
          cmdId,
        ]);
        for (const { ip, port } of hosts) {
          await sql(INSERT, [modId, cmdId, ip, port]);
        }
        await sql(CHANGE, [modId, cmdId]);
        await sql(VERSION);
        return "commit";
      });
      ledger.note({ ...key, hosts }, outcome);
      if (outcome === "committed") {
        this.#known.set(key, hosts);
        return;
      }
      await this.pauseAfterFailure();
    }
  }

  protected pauseAfterFailure(): Promise<void> {
    return sleep(this.options.choices.between(20, RETRY_MS_MAX));
  }

  /** One host more, or one less. */
  protected chooseChange(key: RouteKey) {
    const { ledger, choices } = this.options;
    const before = this.known(key);
    const remove = before.length > 0 &&
      (before.length > 3 || choices.chance(0.4));
    const host = remove ? choices.pick(before) : ledger.freshHosts(1)[0]!;
    const hosts = remove
      ? before.filter((each) => each !== host)
      : [...before, host];
    const { ip, port } = host;
    return {
      route: { ...key, key, hosts },
      statement: remove ? DELETE : INSERT,
      values: [key.modId, key.cmdId, ip, port],
    };
  }
}

/** Types the original's statements, each of which commits by itself. */
export class HandEditor extends HandWriter {
  override async edit(): Promise<number> {
    const { choices, keys } = this.options;
    await this.editByHand(choices.pick(keys));
    await sleep(choices.between(0, PAUSE_MS_MAX));
    return 1;
  }

  protected async editByHand(key: RouteKey): Promise<void> {
    if (this.options.choices.chance(0.15)) return await this.replace(key);
    for (;;) {
      const { route, statement, values } = this.chooseChange(key);
      const outcome = await this.session.change(statement, values);
      if (await this.settle(route, outcome)) break;
      await this.pauseAfterFailure();
    }
    await this.#announce(VERSION);
    await this.#announce(CHANGE, [key.modId, key.cmdId]);
  }

  /** Until it is acknowledged: what is announced twice does no harm. */
  async #announce(statement: string, values: number[] = []): Promise<void> {
    while (await this.session.change(statement, values) !== "committed") {
      await this.pauseAfterFailure();
    }
  }
}

/** Edits twice within each second of the database's clock, so that both have one version. */
export class TwiceASecondEditor extends HandEditor {
  override async edit(): Promise<number> {
    const { choices, keys } = this.options;
    await sleep(1_000 - Date.now() % 1_000);
    await this.editByHand(choices.pick(keys));
    await this.editByHand(choices.pick(keys));
    return 2;
  }
}

/**
 * Holds several transactions open, each on a connection of its own: their rows
 * get ids in one order, and are committed in another.
 */
export class LongEditor extends HandWriter {
  readonly #sessions: Session[];
  readonly #longMsMax: number;
  readonly #onCommitted: (key: RouteKey) => Promise<void>;

  constructor(
    options: EditorOptions & {
      /** How long a transaction stays open at most. */
      longMsMax: number;
      /** Waited for before the next transactions. */
      onCommitted?: (key: RouteKey) => Promise<void>;
    },
  ) {
    super(options);
    this.#longMsMax = options.longMsMax;
    this.#onCommitted = options.onCommitted ?? (() => Promise.resolve());
    this.#sessions = Array.from(
      { length: LONG_TRANSACTIONS },
      () => new Session(options.database, options.account),
    );
  }

  override async edit(): Promise<number> {
    // Each transaction has keys of its own, as each route has one writer at a time.
    const { keys, choices } = this.options;
    let begun = Promise.resolve();
    const ends = this.#sessions.map((session, index) => {
      const key = choices.pick(
        keys.filter((_, at) => at % LONG_TRANSACTIONS === index),
      );
      const longMs = choices.between(LONG_MS_MIN, this.#longMsMax);
      const written = Promise.withResolvers<void>();
      const previous = begun;
      begun = written.promise;
      return this.#transact(session, {
        key,
        longMs,
        previous,
        onWritten: written.resolve,
      });
    });
    const committed = await Promise.all(ends);
    return committed.filter(Boolean).length;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    for (const session of this.#sessions) session[Symbol.dispose]();
  }

  async #transact(
    session: Session,
    { key, longMs, previous, onWritten }: {
      key: RouteKey;
      longMs: number;
      /** Others write first, so that their ids are lower. */
      previous: Promise<void>;
      onWritten: () => void;
    },
  ): Promise<boolean> {
    const { route, statement, values } = this.chooseChange(key);
    const outcome = await session.transact(async (sql: Sql) => {
      await previous;
      await sql(statement, values);
      await sql(CHANGE, [key.modId, key.cmdId]);
      onWritten();
      await sleep(longMs);
      // Last, as everybody else waits for who has changed this row.
      await sql(VERSION);
      return "commit";
    });
    onWritten();
    const certain = await this.settle(route, outcome);
    if (!certain) await this.pauseAfterFailure();
    if (outcome === "committed") await this.#onCommitted(key);
    return outcome === "committed";
  }
}

/** A program that edits through RouteStore, as the lars command does. */
export class ProgramEditor implements Editor {
  readonly #options: EditorOptions;
  readonly #store: MysqlRouteStore;
  /** Hosts that a route has, or may have after an edit in doubt. */
  readonly #present = new Map<RouteKey, HostAddress[]>();

  private constructor(options: EditorOptions, store: MysqlRouteStore) {
    this.#options = options;
    this.#store = store;
  }

  static async open(options: EditorOptions): Promise<ProgramEditor> {
    const { database, account } = options;
    return new ProgramEditor(
      options,
      await MysqlRouteStore.open(storeOptions([database], account)),
    );
  }

  async edit(): Promise<number> {
    const { choices, keys, ledger } = this.#options;
    const key = choices.pick(keys);
    for (;;) {
      const hosts = ledger.freshHosts(choices.pick([0, 1, 2, 3]));
      const present = this.#present.get(key) ?? [];
      const rowOf = (host: HostAddress) => ({ ...key, ...host });
      try {
        await this.#store.edit({
          add: hosts.map(rowOf),
          remove: present.map(rowOf),
        });
        ledger.note({ ...key, hosts }, "committed");
        this.#present.set(key, hosts);
        break;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        ledger.note({ ...key, hosts }, "doubtful");
        this.#present.set(key, [...present, ...hosts]);
        await sleep(choices.between(20, RETRY_MS_MAX));
      }
    }
    await sleep(choices.between(0, PAUSE_MS_MAX));
    return 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}
