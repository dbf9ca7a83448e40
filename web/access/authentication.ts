import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Clock } from "../../net/mod.ts";
import {
  type AdminStore,
  hashOf,
  type SessionRow,
  StoreError,
  type TokenRow,
  type UserRow,
} from "../../store/mod.ts";
import type { Client } from "../http/env.ts";
import type { Actor } from "./actor.ts";

/** Time without use after which a session ends. */
export const SESSION_IDLE_S = 12 * 3_600;

/** How long it is believed without a look at the store who somebody is. */
const FRESH_MS = 3_000;

/** The same while the store is away: people must still see what there is. */
const STALE_MS_MAX = 10 * 60_000;

/** How often it is noted that a session or a token is used. */
const TOUCH_S = 60;

/** Sessions and tokens that are remembered; the oldest are forgotten. */
const REMEMBERED_MAX = 1_000;

/** Begins the secret of a token, so that tools find it in what was published by mistake. */
const TOKEN_PREFIX = "lars_";

const SECRET_BYTES = 32;

/** What a request presents to say who asks. */
export interface Credentials {
  /** Header Authorization. */
  authorization: string | undefined;
  /** Value of the cookie. */
  cookie: string | undefined;
  client: Client;
}

/**
 * What follows "Bearer" in a header Authorization; undefined: it has none. Another
 * scheme is between a browser and a proxy, which pass it on.
 */
export function bearerToken(
  authorization: string | undefined,
): string | undefined {
  const [scheme = "", ...rest] = authorization?.split(" ") ?? [];
  return scheme.toLowerCase() === "bearer" ? rest.join(" ") : undefined;
}

interface Remembered {
  actor: Actor | undefined;
  atMs: number;
}

/** Finds out who asks: by session, by token, or by a proxy that vouches. */
export class Authentication {
  readonly #admin: AdminStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: { admin: AdminStore; clock: Clock }) {
    this.#admin = options.admin;
    this.#clock = options.clock;
  }

  /** Who asks; undefined if nobody is known by these. */
  async identify(credentials: Credentials): Promise<Actor | undefined> {
    const { authorization, cookie, client } = credentials;
    const token = bearerToken(authorization);
    if (token !== undefined) {
      if (!/^lars_[\w-]{20,100}$/.test(token)) return undefined;
      const hash = hashOf(token);
      return await this.#recall(`token ${hash}`, () => this.#byToken(hash));
    }
    if (client.proxyUser !== undefined) {
      const name = client.proxyUser;
      return await this.#recall(`proxy ${name}`, () => this.#byProxy(name));
    }
    if (cookie === undefined || cookie.length > 100) return undefined;
    const hash = hashOf(cookie);
    return await this.#recall(`session ${hash}`, () => this.#bySession(hash));
  }

  /** Begins a session; returns its secret. */
  async begin(user: string, client: Client): Promise<string> {
    const secret = newSecret();
    const nowSeconds = this.#clock.wallSeconds();
    await this.#admin.addSession({
      hash: hashOf(secret),
      user,
      address: client.address,
      createdAt: nowSeconds,
      usedAt: nowSeconds,
    }, nowSeconds - SESSION_IDLE_S);
    return secret;
  }

  /** Makes the secret of a token, and its hash. */
  makeToken(): { secret: string; hash: string } {
    const secret = `${TOKEN_PREFIX}${newSecret()}`;
    return { secret, hash: hashOf(secret) };
  }

  /** Forgets who is who: after changes of users, sessions and tokens. */
  forget(): void {
    this.#remembered.clear();
  }

  async #recall(
    key: string,
    look: () => Promise<Actor | undefined>,
  ): Promise<Actor | undefined> {
    const nowMs = this.#clock.nowMs();
    const known = this.#remembered.get(key);
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) {
      return known.actor;
    }
    try {
      const actor = await look();
      this.#remembered.delete(key);
      if (actor !== undefined) this.#remember(key, { actor, atMs: nowMs });
      return actor;
    } catch (error) {
      const isRecent = known !== undefined &&
        nowMs - known.atMs < STALE_MS_MAX;
      if (error instanceof StoreError && isRecent) return known.actor;
      throw error;
    }
  }

  #remember(key: string, remembered: Remembered): void {
    this.#remembered.set(key, remembered);
    if (this.#remembered.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }

  async #bySession(hash: string): Promise<Actor | undefined> {
    const found = await this.#admin.session(hash);
    if (found === undefined) return undefined;
    const { session, user } = found;
    if (this.#isIdle(session)) return undefined;
    const nowSeconds = this.#clock.wallSeconds();
    if (nowSeconds - session.usedAt >= TOUCH_S) {
      await ignoreOutage(this.#admin.touchSession(hash, nowSeconds));
    }
    return { ...actorOf(user), session: hash };
  }

  async #byToken(hash: string): Promise<Actor | undefined> {
    const token = await this.#admin.token(hash);
    const nowSeconds = this.#clock.wallSeconds();
    if (token === undefined || token.expiresAt <= nowSeconds) return undefined;
    if (nowSeconds - (token.usedAt ?? 0) >= TOUCH_S) {
      await ignoreOutage(this.#admin.touchToken(token.id, nowSeconds));
    }
    return tokenActor(token);
  }

  async #byProxy(name: string): Promise<Actor | undefined> {
    const users = await this.#admin.users();
    const user = users.find((each) => each.name === name.toLowerCase());
    return user === undefined ? undefined : actorOf(user);
  }

  #isIdle({ usedAt }: SessionRow): boolean {
    return this.#clock.wallSeconds() - usedAt > SESSION_IDLE_S;
  }
}

/** Waits for a note that is worth no refusal: it is written a moment later. */
async function ignoreOutage(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

function actorOf({ name, scopes }: UserRow): Actor {
  return {
    kind: "user",
    name,
    label: `user ${name}`,
    scopes,
    session: undefined,
  };
}

function tokenActor({ id, name, scopes }: TokenRow): Actor {
  return {
    kind: "token",
    name,
    label: `token ${id} ${name}`,
    scopes,
    session: undefined,
  };
}

/** 256 random bits, in letters that a header takes. */
export function newSecret(): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
}
