import type {
  Endpoint,
  HostAddress,
  Route,
  RouteKey,
} from "../../proto/mod.ts";
import type { Choices } from "./choices.ts";
import type { Ledger, Outcome } from "./ledger.ts";
import { type Account, Session, type Sql } from "./session.ts";
import { sleep } from "./wait.ts";

/** Transactions that {@linkcode HandEditor.overlap} has open at a time. */
export const OVERLAPPING = 5;

const LONG_MS_MIN = 100;

const INSERT =
  "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)";
const DELETE =
  "DELETE FROM RouteData WHERE modid = ? AND cmdid = ? AND serverip = ? AND serverport = ?";
const DELETE_ROUTE = "DELETE FROM RouteData WHERE modid = ? AND cmdid = ?";
const VERSION =
  "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1";
const CHANGE =
  "INSERT INTO RouteChange(modid, cmdid, version) VALUES (?, ?, UNIX_TIMESTAMP(NOW()))";

export interface EditorOptions {
  /** Hosts of the database, the preferred one first. */
  databases: readonly Endpoint[];
  account: Account;
  /** Routes that only this editor writes to. */
  keys: readonly RouteKey[];
  ledger: Ledger;
  choices: Choices;
  /** Longest pause between two edits, and between two attempts at one. */
  pauseMsMax: number;
}

/** An editor of routes. */
export interface Editor extends AsyncDisposable {
  /** Edits until the edit is acknowledged; returns the number of edits. */
  edit(): Promise<number>;
}

export interface ReplaceOptions {
  /** Index of the host of the database; a random one by default. */
  host?: number;
  /** Time between the rows and COMMIT. */
  openMs?: number;
  /** 0 may also empty the route. */
  hostsMin?: number;
}

export interface OverlapOptions {
  /** Longest time for which a transaction stays open. */
  longMsMax: number;
  /** Awaited before the next transactions. */
  onCommitted?: (key: RouteKey) => Promise<void>;
}

/** Edits routes by hand, with the original's statements, whatever becomes of its attempts. */
export class HandEditor implements Editor {
  readonly #options: EditorOptions;
  readonly #sessions: Session[];
  readonly #overlapping: Session[] = [];
  /** Hosts of each route after its last acknowledged edit. */
  readonly #known = new Map<RouteKey, HostAddress[]>();

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#sessions = options.databases.map((at) =>
      new Session(at, options.account)
    );
  }

  /** True while a host of the database has not answered a statement of this editor. */
  isWaitingFor({ port }: Endpoint): boolean {
    const host = this.#options.databases.findIndex((at) => at.port === port);
    return this.#sessions[host]?.isWaiting ?? false;
  }

  /** Edits a random route: by single statements, in a transaction, or in one taken back before. */
  async edit(): Promise<number> {
    const { choices, keys, pauseMsMax } = this.#options;
    const key = choices.pick(keys);
    if (choices.chance(0.1)) await this.#takeBack(key);
    if (choices.chance(0.25)) {
      const openMs = choices.pick([0, 0, 0, 400]);
      await this.replace(key, { openMs, hostsMin: 0 });
    } else await this.editByStatements(key);
    await sleep(choices.between(0, pauseMsMax));
    return 1;
  }

  /** Edits twice within a second of the database's clock, so that both edits have one version. */
  async editTwiceASecond(): Promise<number> {
    const { choices, keys } = this.#options;
    await sleep(1_000 - Date.now() % 1_000);
    await this.editByStatements(choices.pick(keys));
    await this.editByStatements(choices.pick(keys));
    return 2;
  }

  /** Adds or removes one host by statements that each commit by themselves, as a console does. */
  async editByStatements(key: RouteKey): Promise<void> {
    for (;;) {
      const { route, statement, values } = this.#chooseChange(key);
      const outcome = await this.#session().change(statement, values);
      if (await this.#settle(key, { route, outcome })) break;
      await this.#pauseAfterFailure();
    }
    // Each until it is acknowledged: what is announced twice does no harm.
    await this.#untilCommitted(VERSION, []);
    await this.#untilCommitted(CHANGE, [key.modId, key.cmdId]);
  }

  /** Gives a route other hosts, in one transaction, until that is acknowledged. */
  async replace(
    key: RouteKey,
    { host, openMs = 0, hostsMin = 1 }: ReplaceOptions = {},
  ): Promise<Route> {
    const { ledger, choices } = this.#options;
    for (;;) {
      const hosts = ledger.freshHosts(choices.pick([hostsMin, 1, 2, 3]));
      const route = { ...key, hosts };
      const outcome = await this.#session(host).transact(async (sql) => {
        await this.#write(sql, route);
        await sleep(openMs);
        await sql(VERSION);
        return "commit";
      });
      ledger.note(route, outcome);
      if (outcome === "committed") {
        this.#known.set(key, hosts);
        return route;
      }
      await this.#pauseAfterFailure();
    }
  }

  /**
   * Holds transactions open on connections of their own: their rows get ids in
   * one order, and are committed in another. Returns how many were committed.
   */
  async overlap(options: OverlapOptions): Promise<number> {
    const { databases, account, keys, choices } = this.#options;
    while (this.#overlapping.length < OVERLAPPING) {
      this.#overlapping.push(new Session(databases[0]!, account));
    }
    let begun = Promise.resolve();
    const ends = this.#overlapping.map((session, index) => {
      // Keys of its own, as each route has one writer at a time.
      const key = choices.pick(
        keys.filter((_, at) => at % OVERLAPPING === index),
      );
      const written = Promise.withResolvers<void>();
      const previous = begun;
      begun = written.promise;
      return this.#transactLong(session, {
        ...options,
        key,
        previous,
        onWritten: written.resolve,
      });
    });
    return (await Promise.all(ends)).filter(Boolean).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const session of [...this.#sessions, ...this.#overlapping]) {
      session[Symbol.dispose]();
    }
    return Promise.resolve();
  }

  async #transactLong(
    session: Session,
    { key, longMsMax, previous, onWritten, onCommitted }: OverlapOptions & {
      key: RouteKey;
      /** Others write first, so that their ids are lower. */
      previous: Promise<void>;
      onWritten: () => void;
    },
  ): Promise<boolean> {
    const { route, statement, values } = this.#chooseChange(key);
    const longMs = this.#options.choices.between(LONG_MS_MIN, longMsMax);
    const outcome = await session.transact(async (sql) => {
      await previous;
      await sql(statement, values);
      await sql(CHANGE, [key.modId, key.cmdId]);
      onWritten();
      await sleep(longMs);
      // Last, as everything else waits for the transaction that changed this row.
      await sql(VERSION);
      return "commit";
    });
    onWritten();
    const isCertain = await this.#settle(key, { route, outcome });
    if (!isCertain) await this.#pauseAfterFailure();
    if (outcome === "committed") await onCommitted?.(key);
    return outcome === "committed";
  }

  /** Changes a route and rolls back: leaves a gap in the ids, and nothing else. */
  async #takeBack(key: RouteKey): Promise<void> {
    const hosts = this.#options.ledger.freshHosts(2);
    await this.#session().transact(async (sql) => {
      await this.#write(sql, { ...key, hosts });
      return "rollback";
    });
  }

  async #write(sql: Sql, { modId, cmdId, hosts }: Route): Promise<void> {
    await sql(DELETE_ROUTE, [modId, cmdId]);
    for (const { ip, port } of hosts) {
      await sql(INSERT, [modId, cmdId, ip, port]);
    }
    await sql(CHANGE, [modId, cmdId]);
  }

  /** One host more, or one less. */
  #chooseChange(key: RouteKey) {
    const { ledger, choices } = this.#options;
    const before = this.#known.get(key) ?? [];
    const remove = before.length > 0 &&
      (before.length > 3 || choices.chance(0.4));
    const host = remove ? choices.pick(before) : ledger.freshHosts(1)[0]!;
    const hosts = remove
      ? before.filter((each) => each !== host)
      : [...before, host];
    return {
      route: { ...key, hosts },
      statement: remove ? DELETE : INSERT,
      values: [key.modId, key.cmdId, host.ip, host.port],
    };
  }

  /** Notes how an attempt ended; a doubtful one is followed by a certain one. False if it was refused. */
  async #settle(
    key: RouteKey,
    { route, outcome }: { route: Route; outcome: Outcome },
  ): Promise<boolean> {
    this.#options.ledger.note(route, outcome);
    if (outcome === "committed") this.#known.set(key, [...route.hosts]);
    if (outcome === "doubtful") await this.replace(key);
    return outcome !== "refused";
  }

  async #untilCommitted(statement: string, values: number[]): Promise<void> {
    while (await this.#session().change(statement, values) !== "committed") {
      await this.#pauseAfterFailure();
    }
  }

  #pauseAfterFailure(): Promise<void> {
    const { choices, pauseMsMax } = this.#options;
    return sleep(choices.between(20, pauseMsMax));
  }

  #session(host?: number): Session {
    return this.#sessions[host ?? -1] ??
      this.#options.choices.pick(this.#sessions);
  }
}
