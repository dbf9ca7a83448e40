import { type Clock, type Logger, VERSION } from "../net/mod.ts";
import {
  type AdminStore,
  type HistoryStore,
  type LeaseStore,
  type RouteStore,
  StoreError,
} from "../store/mod.ts";
import { Authentication } from "./access/authentication.ts";
import { FirstUser } from "./access/first_user.ts";
import { LoginLimits } from "./access/login_limits.ts";
import { Passwords } from "./access/passwords.ts";
import { type Api, createApi } from "./api/api.ts";
import type { AlarmRule, ApiContext } from "./api/context.ts";
import { Console } from "./console/mod.ts";
import type { ProxyOptions } from "./http/client.ts";
import { ByHandWatch } from "./model/by_hand.ts";
import { ChangeEvents } from "./model/change_events.ts";
import { FleetModel } from "./model/fleet.ts";
import { LeaseModel } from "./model/leases.ts";
import { Names } from "./model/names.ts";
import { Past } from "./model/past/moment.ts";
import { RouteCopy } from "./model/route_copy.ts";
import { WebRequests } from "./metrics.ts";
import { type Ask, type Pages, WebApp } from "./server.ts";

/** How often what is too old is removed from the trail. */
const EXPIRE_MS = 10 * 60_000;

/** Pause between two steps of that. */
const EXPIRE_STEP_MS = 100;

/** Options of {@linkcode Web}. */
export interface WebOptions extends ProxyOptions {
  /** Path under which everything is; empty: the root. */
  basePath: string;
  /** Names by which browsers may ask. */
  hosts: readonly string[];
  routes: RouteStore;
  admin: AdminStore;
  history: HistoryStore;
  leases: LeaseStore;
  /** Rules by which reporters find alarms; default: none is known. */
  alarmRules?: readonly AlarmRule[];
  /** Folder for the one-time link. */
  dataDir: string;
  clock: Clock;
  logger: Logger;
  /** Default: as costly as they should be. */
  passwords?: Passwords;
  /** Makes the pages; default: the console. */
  pages?: (ask: Ask) => Pages;
}

/** Everything that web is, but for its socket. */
export class Web {
  readonly app: WebApp;
  readonly api: Api;
  /** The requests that it has answered. */
  readonly requests: WebRequests = new WebRequests();
  readonly #options: WebOptions;
  readonly #context: ApiContext;
  readonly #byHand: ByHandWatch;

  constructor(options: WebOptions) {
    const { routes, admin, history, leases, clock, logger, dataDir } = options;
    this.#options = options;
    const copy = new RouteCopy({ store: routes, clock, logger });
    this.#byHand = new ByHandWatch({ admin, copy, clock });
    this.#context = {
      routes,
      admin,
      history,
      leases,
      leaseModel: new LeaseModel({ leases, clock }),
      events: new ChangeEvents({ admin, clock }),
      copy,
      fleet: new FleetModel({ history, routes, clock }),
      past: new Past({ admin, history, routes, copy, clock }),
      names: new Names({ admin, clock }),
      authentication: new Authentication({ admin, clock }),
      passwords: options.passwords ?? new Passwords(),
      limits: new LoginLimits({ clock }),
      firstUser: new FirstUser({ dataDir }),
      alarmRules: options.alarmRules ?? [],
      clock,
    };
    this.api = createApi(this.#context);
    this.app = new WebApp({
      ...options,
      api: this.api,
      pages: options.pages ?? ((ask) =>
        new Console({
          base: options.basePath,
          version: VERSION,
          ask,
          nowMs: () => clock.wallSeconds() * 1_000,
        })),
      requests: this.requests,
      notReady: () => this.notReady,
    });
  }

  /** Why it cannot serve now; undefined: it can. */
  get notReady(): string | undefined {
    return this.#context.copy.isLoaded
      ? undefined
      : "the routes have not been read yet";
  }

  /** Writes the one-time link while there is no user; returns it. */
  async offerFirstUser(at: string): Promise<string | undefined> {
    const { admin, logger } = this.#options;
    const { firstUser } = this.#context;
    try {
      if ((await admin.users()).length > 0) {
        await firstUser.withdraw();
        return undefined;
      }
      return await firstUser.offer((secret) => `${at}/first#${secret}`);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      logger.warn(
        "cannot see whether there is a user: start web again if there is none",
        { error },
      );
      return undefined;
    }
  }

  /** Follows the store until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { events } = this.#context;
    // Whoever listens would keep the server waiting.
    signal.addEventListener("abort", () => events.close(), { once: true });
    await Promise.all([
      this.#context.copy.run(signal, this.#byHand),
      this.#expire(signal),
    ]);
  }

  async #expire(signal: AbortSignal): Promise<void> {
    const { admin, clock } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(EXPIRE_MS, signal);
      if (signal.aborted) return;
      try {
        while (await admin.expire() && !signal.aborted) {
          await clock.sleep(EXPIRE_STEP_MS, signal);
        }
      } catch (error) {
        // Next time.
        if (!(error instanceof StoreError)) throw error;
      }
    }
  }
}
