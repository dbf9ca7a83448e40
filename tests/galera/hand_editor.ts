import type {
  Endpoint,
  HostAddress,
  Route,
  RouteKey,
} from "../../proto/mod.ts";
import type { Ledger, Outcome } from "../support/ledger.ts";
import { type Account, Session, type Sql } from "../support/session.ts";
import { pick, sleep } from "../support/wait.ts";

/** Between two edits. */
const PAUSE_MS_MAX = 60;

/** How long a long transaction stays open. */
const LONG_MS = 400;

export interface HandEditorOptions {
  /** The nodes; each attempt goes to one of them, by chance. */
  nodes: readonly Endpoint[];
  account: Account;
  /** Routes that only this editor writes to. */
  keys: readonly RouteKey[];
  ledger: Ledger;
}

export interface ReplaceOptions {
  /** Leaves a while between the rows and COMMIT. */
  long?: boolean;
  /** Through this node; by chance if not given. */
  node?: number;
  /** 0: the route may also be emptied. */
  hostsMin?: number;
}

/** Somebody who edits routes by hand, with the original's statements. */
export class HandEditor implements Disposable {
  readonly #options: HandEditorOptions;
  readonly #sessions: Session[];
  /** What a route had when its last edit was acknowledged. */
  readonly #known = new Map<RouteKey, HostAddress[]>();

  constructor(options: HandEditorOptions) {
    this.#options = options;
    this.#sessions = options.nodes.map((at) =>
      new Session(at, options.account)
    );
  }

  /** Edits at random until `signal` is aborted; the last edit is acknowledged then. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const key = pick(this.#options.keys);
      if (Math.random() < 0.1) await this.#takeBack(key);
      if (Math.random() < 0.2) await this.#addByItself(key);
      else await this.replace(key, { long: Math.random() < 0.1 });
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }

  /** Gives a route other hosts, in one transaction, until that is acknowledged. */
  async replace(
    key: RouteKey,
    { long = false, node, hostsMin = 0 }: ReplaceOptions = {},
  ): Promise<Route> {
    for (;;) {
      const hosts = this.#options.ledger.freshHosts(
        pick([hostsMin, 1, 2, 3]),
      );
      const route = { ...key, hosts };
      const outcome = await this.#session(node).transact(async (sql) => {
        await this.#write(sql, route);
        if (long) await sleep(LONG_MS);
        await sql(VERSION);
        return "commit";
      });
      this.#options.ledger.note(route, outcome);
      if (outcome === "committed") {
        this.#known.set(key, hosts);
        return route;
      }
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }

  [Symbol.dispose](): void {
    for (const session of this.#sessions) session[Symbol.dispose]();
  }

  /** Changes a route and takes it back: leaves a gap in the ids, and nothing else. */
  async #takeBack(key: RouteKey): Promise<void> {
    const hosts = this.#options.ledger.freshHosts(2);
    await this.#session().transact(async (sql) => {
      await this.#write(sql, { ...key, hosts });
      return "rollback";
    });
  }

  /** Adds one host with statements that each commit by themselves, as a console does. */
  async #addByItself(key: RouteKey): Promise<void> {
    const known = this.#known.get(key);
    if (known === undefined) return;
    const { ledger } = this.#options;
    const [host] = ledger.freshHosts(1);
    if (host === undefined) return;
    const route = { ...key, hosts: [...known, host] };
    const { modId, cmdId } = key;
    const insertion = await this.#session().change(
      "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)",
      [modId, cmdId, host.ip, host.port],
    );
    ledger.note(route, insertion);
    if (insertion !== "committed") {
      if (insertion === "doubtful") await this.replace(key);
      return;
    }
    this.#known.set(key, route.hosts);
    // Each until it is acknowledged: what is announced twice does no harm.
    await this.#untilCommitted((session) => session.change(VERSION, []));
    await this.#untilCommitted((session) =>
      session.change(CHANGE, [modId, cmdId])
    );
  }

  async #untilCommitted(
    attempt: (session: Session) => Promise<Outcome>,
  ): Promise<void> {
    while (await attempt(this.#session()) !== "committed") {
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }

  async #write(sql: Sql, { modId, cmdId, hosts }: Route): Promise<void> {
    await sql("DELETE FROM RouteData WHERE modid = ? AND cmdid = ?", [
      modId,
      cmdId,
    ]);
    for (const { ip, port } of hosts) {
      await sql(
        "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)",
        [modId, cmdId, ip, port],
      );
    }
    await sql(CHANGE, [modId, cmdId]);
  }

  #session(node = Math.floor(Math.random() * this.#sessions.length)): Session {
    const session = this.#sessions[node];
    if (session === undefined) throw new RangeError(`There is no node ${node}`);
    return session;
  }
}

const VERSION =
  "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1";
const CHANGE =
  "INSERT INTO RouteChange(modid, cmdid, version) VALUES (?, ?, UNIX_TIMESTAMP(NOW()))";
