import type { RouteKey } from "../../proto/mod.ts";
import type { Author, RouteRevision } from "../types.ts";
import { audit, type AuditOptions } from "./audit.ts";
import { names, putName } from "./names.ts";
import * as people from "./people.ts";
import { noteByHand } from "./recorded_edit.ts";
import { isWatching, revisions, startWatch } from "./route_states.ts";
import { change, type Program, read } from "../steps.ts";
import {
  changedDrains,
  changedRoutes,
  changeOf,
  changes,
  expireTrail,
  lastChanges,
} from "./trail.ts";
import type {
  AdminStore,
  AuditRow,
  ChangedDrains,
  ChangedRoute,
  ChangeRange,
  ChangeRow,
  NameRow,
  PageOptions,
  SessionRow,
  TokenRow,
  UserRow,
} from "./types.ts";

/** How an engine runs what {@linkcode ProgramAdminStore} asks. */
export interface AdminEngine extends AsyncDisposable {
  /** Unix time in whole seconds. */
  wallSeconds(): number;
  /** Runs a program on one snapshot. */
  read<Result>(program: () => Program<Result>): Promise<Result>;
  /** Runs a program, all or nothing; again if it met another. */
  write<Result>(program: () => Program<Result>): Promise<Result>;
}

/** The same transactions on every engine. */
export class ProgramAdminStore implements AdminStore {
  readonly #engine: AdminEngine;

  constructor(engine: AdminEngine) {
    this.#engine = engine;
  }

  users(): Promise<UserRow[]> {
    return this.#engine.read(people.users);
  }

  addFirstUser(user: UserRow, by: Author): Promise<boolean> {
    return this.#engine.write(() => people.addFirstUser(user, this.#audit(by)));
  }

  putUser(user: UserRow, by: Author): Promise<void> {
    return this.#engine.write(() => people.putUser(user, this.#audit(by)));
  }

  removeUser(name: string, by: Author): Promise<boolean> {
    return this.#engine.write(() => people.removeUser(name, this.#audit(by)));
  }

  addSession(session: SessionRow, idleSince: number): Promise<void> {
    return this.#engine.write(() => people.addSession(session, idleSince));
  }

  session(
    hash: string,
  ): Promise<{ session: SessionRow; user: UserRow } | undefined> {
    return this.#engine.read(() => people.session(hash));
  }

  sessions(user?: string): Promise<SessionRow[]> {
    return this.#engine.read(() => people.sessions(user));
  }

  async touchSession(hash: string, usedAt: number): Promise<void> {
    await this.#engine.write(() =>
      change("UPDATE WebSession SET used_at = ? WHERE hash = ?", usedAt, hash)
    );
  }

  removeSession(hash: string, by?: Author): Promise<void> {
    return this.#engine.write(() =>
      people.removeSession(hash, by && this.#audit(by))
    );
  }

  addToken(
    token: Omit<TokenRow, "id" | "usedAt"> & { hash: string },
    by: Author,
  ): Promise<number> {
    return this.#engine.write(() => people.addToken(token, this.#audit(by)));
  }

  token(hash: string): Promise<TokenRow | undefined> {
    return this.#engine.read(() => people.token(hash));
  }

  tokens(): Promise<TokenRow[]> {
    return this.#engine.read(people.tokens);
  }

  async touchToken(id: number, usedAt: number): Promise<void> {
    await this.#engine.write(() =>
      change("UPDATE WebToken SET used_at = ? WHERE id = ?", usedAt, id)
    );
  }

  removeToken(id: number, by: Author): Promise<boolean> {
    return this.#engine.write(() => people.removeToken(id, this.#audit(by)));
  }

  changes(page: PageOptions & { key?: RouteKey }): Promise<ChangeRow[]> {
    return this.#engine.read(() => changes(page));
  }

  change(id: number): Promise<ChangeRow | undefined> {
    return this.#engine.read(() => changeOf(id));
  }

  changedRoutes(range: ChangeRange): Promise<ChangedRoute[]> {
    return this.#engine.read(() => changedRoutes(range));
  }

  changedDrains(range: ChangeRange): Promise<ChangedDrains[]> {
    return this.#engine.read(() => changedDrains(range));
  }

  lastChanges(
    keys: readonly RouteKey[],
  ): Promise<(RouteKey & { at: number })[]> {
    return this.#engine.read(() => lastChanges(keys));
  }

  audit(page: PageOptions): Promise<AuditRow[]> {
    return this.#engine.read(() => audit(page));
  }

  names(): Promise<NameRow[]> {
    return this.#engine.read(names);
  }

  putName(name: NameRow, by: Author): Promise<void> {
    return this.#engine.write(() => putName(name, this.#audit(by)));
  }

  revisions(
    page: { after?: RouteKey | undefined; limit: number },
  ): Promise<RouteRevision[]> {
    return this.#engine.read(() => revisions(page));
  }

  noteByHand(keys: readonly RouteKey[]): Promise<number> {
    const nowSeconds = this.#engine.wallSeconds();
    return this.#engine.write(function* () {
      yield { kind: "lock" };
      return yield* noteByHand(yield* read(keys), nowSeconds);
    });
  }

  startWatch(): Promise<void> {
    return this.#engine.write(startWatch);
  }

  isWatching(): Promise<boolean> {
    return this.#engine.read(isWatching);
  }

  expire(): Promise<boolean> {
    return this.#engine.write(expireTrail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }

  #audit(by: Author): AuditOptions {
    return { by, nowSeconds: this.#engine.wallSeconds() };
  }
}
