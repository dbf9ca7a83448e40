import {
  formatAddress,
  formatIp,
  type HostAddress,
  parseAddress,
  parseIp,
  type Route,
  type RouteKey,
  type RouteMap,
} from "../../../proto/mod.ts";
import {
  covers,
  type DrainTarget,
  type EditPart,
  editParts,
  type EditResult,
  type HostDrain,
  type RouteEdit,
  StoreError,
} from "../../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";
import { storePatience } from "./patience.ts";
import type { OpenedStore } from "./store.ts";

/** Attempts of an edit whose routes others change at the same time. */
const ATTEMPTS_MAX = 5;

/** Where the admin API is, and what to present there. */
export interface ApiPlace {
  /** Address of web, with the path that it is under. */
  url: string;
  /** Secret of a token. */
  token: string | undefined;
}

/** A host as the API writes it. */
interface HostBody {
  host: string;
  weight?: number | null;
  zone?: string | null;
}

/** A route as the API writes it. */
interface RouteBody extends RouteKey {
  revision?: string;
  hosts: HostBody[];
  policy: string | null;
  check: boolean | null;
}

/** A drain as the API writes it. */
interface DrainBody {
  host: string;
  modId: number | null;
  cmdId: number | null;
  who: string;
  reason: string;
  since: string;
  until: string | null;
}

/** What was sent of an edit: sent again as it was, under its key, it is made once. */
interface SentEdit {
  key: string;
  /** Edits of routes with the revisions they are meant for; undefined: not sent, or others were faster. */
  edits?: readonly unknown[] | undefined;
}

/**
 * The store behind a web, by its admin API: what may be done is decided there, and
 * kept as done by the token.
 *
 * @throws {CommandError} If the address is none.
 */
export function openApiStore(
  environment: Environment,
  place: ApiPlace,
): OpenedStore {
  const url = URL.parse(place.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      `Cannot ask the admin API as its address must begin with http:// or https://: current value is "${place.url}"`,
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const where = place.url.replace(/\/+$/, "");
  const api = new ApiStore(environment, { ...place, url: where });
  const patience = storePatience(environment, where);
  const onlyHere = (what: string) =>
    Promise.reject(
      new CommandError(
        `Cannot ${what} over the admin API: run it beside the store, without --url and LARS_URL`,
        { exitCode: ExitCode.wrongUsage },
      ),
    );
  return {
    where,
    store: {
      read: (keys) => patience.retry(() => api.read(keys)),
      scan: () => patience.items(() => api.scan(), () => {}),
      edit: (edit, said) => {
        const sent: SentEdit = { key: crypto.randomUUID() };
        return patience.retry(() => api.edit(edit, { ...said, sent }));
      },
      drains: () => patience.retry(() => api.drains()),
      accept: () => onlyHere("accept a store"),
      identity: () => onlyHere("read which store it is"),
    },
    openHistory: () => onlyHere("wait for callers, or read the past,"),
    openLeases: () => onlyHere("read what agents have registered"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

class ApiStore {
  readonly #environment: Environment;
  readonly #place: ApiPlace;

  constructor(environment: Environment, place: ApiPlace) {
    this.#environment = environment;
    this.#place = place;
  }

  async read(keys: readonly RouteKey[]): Promise<Route[]> {
    const drains = await this.drains();
    const routes: Route[] = [];
    for (const key of keys) {
      const { modId, cmdId } = key;
      const body = await this.#readRoute(key);
      routes.push(
        body === undefined
          ? { modId, cmdId, hosts: [] }
          : toRoute(body, drains),
      );
    }
    return routes;
  }

  async *scan(): AsyncGenerator<Route> {
    const drains = await this.drains();
    const response = await this.#ask("GET", "/export");
    let tail = "";
    const text = response.body!.pipeThrough(new TextDecoderStream());
    for await (const part of text) {
      const lines = (tail + part).split("\n");
      tail = lines.pop() ?? "";
      for (const line of lines) yield toRoute(JSON.parse(line), drains);
    }
  }

  async drains(): Promise<HostDrain[]> {
    const response = await this.#ask("GET", "/drains");
    const { items }: { items: DrainBody[] } = await response.json();
    return items.map(toDrain);
  }

  async edit(
    edit: RouteEdit,
    { comment, sent }: { comment?: string; sent: SentEdit },
  ): Promise<EditResult> {
    const { drain = [], undrain = [] } = edit;
    for (const target of undrain) {
      await this.#ask("DELETE", drainPath(target));
    }
    for (const each of drain) {
      await this.#ask("PUT", drainPath(each), {
        body: {
          reason: each.reason,
          until: each.until === undefined
            ? null
            : new Date(each.until * 1_000).toISOString(),
        },
      });
    }
    const drained = drain.length + undrain.length;
    const parts = editParts(edit);
    if (parts.size === 0) return { added: 0, removed: 0, changed: drained };
    const { remove = [], add = [], set = [], settings = [] } = edit;
    const takesAway = settings.some(({ policy, check }) =>
      policy === null || check === null
    );
    // An import leaves out a policy that this web does not know; a change refuses it.
    const isImport = add.length > 0 && remove.length + set.length === 0;
    if (isImport && !takesAway) {
      const result = await this.#import(parts, sent.key);
      return { ...result, changed: result.changed + drained };
    }
    for (let attempt = 1;; attempt += 1) {
      sent.edits ??= await this.#editsOf(parts);
      const response = await this.#ask("POST", "/changes", {
        body: { edits: sent.edits, comment },
        key: sent.key,
        allows: attempt < ATTEMPTS_MAX ? [412] : [],
      });
      if (response.status === 412) {
        sent.edits = undefined;
        continue;
      }
      const { added, removed, changed }: EditResult = await response.json();
      return { added, removed, changed: changed + drained };
    }
  }

  /** Adds what may be much, and overwrites nothing that must be known. */
  async #import(
    parts: RouteMap<EditPart>,
    key: string,
  ): Promise<EditResult> {
    const lines = Array.from(parts, ([route, { add, settings }]) => {
      const { policy, check } = settings[0] ?? {};
      return JSON.stringify({
        ...route,
        hosts: add.map(toBody),
        policy,
        check,
      });
    });
    const response = await this.#ask("POST", "/import", { lines, key });
    const { added, changed }: EditResult = await response.json();
    return { added, removed: 0, changed };
  }

  /** The edits of the routes as they are now: what a command says of a host holds whatever the others are. */
  async #editsOf(parts: RouteMap<EditPart>) {
    const edits = [];
    for (const [key, { remove, add, set, settings }] of parts) {
      const now = await this.#readRoute(key);
      edits.push({
        ...key,
        revision: now?.revision,
        remove: remove.map(formatAddress),
        add: add.map(toBody),
        set: set.map(toBody),
        policy: settings[0]?.policy,
        check: settings[0]?.check,
      });
    }
    return edits;
  }

  async #readRoute(
    { modId, cmdId }: RouteKey,
  ): Promise<RouteBody | undefined> {
    const response = await this.#ask("GET", `/routes/${modId}/${cmdId}`, {
      allows: [404],
    });
    if (response.status === 404) return undefined;
    return await response.json();
  }

  /**
   * Asks the API.
   *
   * @throws {StoreError} If it does not answer, or cannot now.
   * @throws {CommandError} If it refuses.
   */
  async #ask(
    method: string,
    path: string,
    { body, lines, key, allows = [] }: {
      body?: unknown;
      /** JSON, a document each, in place of a body. */
      lines?: readonly string[];
      /** Names the request. */
      key?: string;
      /** Refusals that are answers. */
      allows?: readonly number[];
    } = {},
  ): Promise<Response> {
    const { url, token } = this.#place;
    const response = await this.#fetch(
      new Request(`${url}/api/v1${path}`, {
        method,
        redirect: "error",
        headers: {
          ...token === undefined ? {} : { authorization: `Bearer ${token}` },
          ...key === undefined ? {} : { "idempotency-key": key },
          ...body === undefined ? {} : { "content-type": "application/json" },
          ...lines === undefined
            ? {}
            : { "content-type": "application/x-ndjson" },
        },
        ...body === undefined ? {} : { body: JSON.stringify(body) },
        ...lines === undefined ? {} : { body: lines.join("\n") },
        signal: this.#environment.signal,
      }),
    );
    if (response.ok || allows.includes(response.status)) return response;
    const detail = await detailOf(response);
    if ([429, 502, 503, 504].includes(response.status)) {
      throw new StoreError(`Cannot use ${url}: ${detail}`, { retry: true });
    }
    throw new CommandError(`Cannot do that at ${url}: ${detail}`, {
      exitCode: ExitCode.systemError,
    });
  }

  async #fetch(request: Request): Promise<Response> {
    try {
      return await this.#environment.fetch(request);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StoreError(`Cannot ask ${this.#place.url}: ${reason}`, {
        retry: true,
        cause,
      });
    }
  }
}

/** What a refusal says. */
async function detailOf(response: Response): Promise<string> {
  const { status } = response;
  try {
    const { title, detail }: { title: string; detail: string } = await response
      .json();
    const hint = status === 401
      ? '; make a token with "POST /tokens" or in the console, and give it with --token or LARS_TOKEN'
      : "";
    return `${title}: ${detail}${hint}`;
  } catch {
    return `it answers ${status}, and is perhaps no web of Lars`;
  }
}

function toRoute(
  { modId, cmdId, hosts, policy, check }: RouteBody,
  drains: readonly HostDrain[],
): Route {
  const key = { modId, cmdId };
  const settings = {
    ...policy === null ? {} : { policy },
    ...check === null ? {} : { check },
  };
  return {
    ...key,
    hosts: hosts.map(({ host, weight, zone }) => {
      const address = parseAddress(host);
      const isDrained = drains.some((drain) =>
        covers(drain, { ...key, ...address })
      );
      return {
        ...address,
        ...weight == null ? {} : { weight },
        ...zone == null ? {} : { zone },
        ...isDrained ? { drained: true as const } : {},
      };
    }),
    ...Object.keys(settings).length === 0 ? {} : { settings },
  };
}

function toBody(
  row: HostAddress & { weight?: number | null; zone?: string | null },
): HostBody {
  const { weight, zone } = row;
  return {
    host: formatAddress(row),
    ...weight === undefined ? {} : { weight },
    ...zone === undefined ? {} : { zone },
  };
}

function toDrain(
  { host, modId, cmdId, who, reason, since, until }: DrainBody,
): HostDrain {
  const route = modId === null || cmdId === null ? undefined : { modId, cmdId };
  return {
    ...host.includes(":") ? parseAddress(host) : { ip: parseIp(host) },
    ...route === undefined ? {} : { route },
    who,
    reason,
    since: Date.parse(since) / 1_000,
    ...until === null ? {} : { until: Date.parse(until) / 1_000 },
  };
}

function drainPath({ ip, port, route }: DrainTarget): string {
  const host = port === undefined ? formatIp(ip) : formatAddress({ ip, port });
  return route === undefined
    ? `/hosts/${host}/drain`
    : `/routes/${route.modId}/${route.cmdId}/hosts/${host}/drain`;
}
