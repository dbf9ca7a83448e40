import { type Clock, Slices, VERSION } from "../../net/mod.ts";
import {
  decodeRoute,
  type Endpoint,
  ID_MAX,
  isUnspecified,
  parseWhole,
  type RouteKey,
} from "../../proto/mod.ts";
import type { RouteTable } from "../route_table.ts";
import { ENDPOINTS_TYPE, parseEndpointRequest, toAssignment } from "./envoy.ts";
import { type Member, memberGroups, membersOf } from "./members.ts";
import { targetGroups } from "./prometheus.ts";

/** Most bytes of a request. */
const BODY_BYTES_MAX = 1_048_576;

/** Most lists being written at a time: each takes some of the time of all others. */
const LISTS_MAX = 4;

/** Characters of a list that are sent together. */
const CHUNK_LENGTH = 65_536;

/** Time in which agents have come back after dns was started; until then some are missing. */
const RETURN_MS = 30_000;

const JSON_HEADERS = { "content-type": "application/json" };

/** Options of {@linkcode Discovery}. */
export interface DiscoveryOptions {
  /** The routes that dns knows. */
  table: Pick<RouteTable, "size" | "keys" | "body" | "isNamed">;
  /** Cuts long lists into slices. */
  clock: Clock;
  /** Connections of agents. */
  connections: () => Parameters<typeof membersOf>[0];
  /** Where the page of metrics of this dns is; undefined: it has none. */
  metrics: Endpoint | undefined;
}

/**
 * The routes over HTTP for programs that know nothing of Lars: Prometheus (HTTP
 * service discovery) and Envoy (endpoints over REST). What they get is what is
 * configured, not who is ejected: that is what their own callers find out.
 *
 * On any doubt the answer is an error, never an empty list: both go on with what
 * they had.
 */
export class Discovery {
  /** Answers so far. */
  readonly counters = { discoveryRequests: 0, discoveryRefused: 0 };
  readonly #options: DiscoveryOptions;
  readonly #startedMs: number;
  #lists = 0;

  /** Begins without requests. */
  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
  }

  /** Answers one request. */
  async handle(request: Request): Promise<Response> {
    this.counters.discoveryRequests += 1;
    const response = await this.#handle(request);
    if (!response.ok && response.status !== 304) {
      this.counters.discoveryRefused += 1;
    }
    return response;
  }

  async #handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    switch (`${request.method} ${url.pathname}`) {
      case "GET /sd/prometheus":
        return this.#listTargets(url.searchParams);
      case "GET /sd/prometheus/self":
        return this.#listMembers(url.hostname);
      case "POST /v3/discovery:endpoints":
        return await this.#answerEndpoints(request);
      default:
        return refuse(
          404,
          "Ask GET /sd/prometheus, GET /sd/prometheus/self or POST /v3/discovery:endpoints",
        );
    }
  }

  #listTargets(parameters: URLSearchParams): Response {
    if (this.#options.table.size === 0) return this.#nothingKnown();
    const modId = readId(parameters.get("modid"));
    const cmdId = readId(parameters.get("cmdid"));
    if (Number.isNaN(modId) || Number.isNaN(cmdId)) {
      return refuse(
        400,
        `modid and cmdid must be whole numbers up to ${ID_MAX}, or be left out`,
      );
    }
    if (this.#lists >= LISTS_MAX) {
      return refuse(
        503,
        `${LISTS_MAX} lists are being written: ask again later`,
      );
    }
    this.#lists += 1;
    return new Response(
      ReadableStream.from(this.#writeTargets({ modId, cmdId }))
        .pipeThrough(new TextEncoderStream()),
      { headers: JSON_HEADERS },
    );
  }

  /** The pages of agents and of this dns, which was asked under `hostname`. */
  #listMembers(hostname: string): Response {
    const { clock, connections, metrics } = this.#options;
    if (clock.nowMs() - this.#startedMs < RETURN_MS) {
      return refuse(503, "dns has just started: agents are still coming back");
    }
    const members = membersOf(connections());
    if (metrics !== undefined) members.push(ownPage(metrics, hostname));
    if (members.length === 0) {
      return refuse(503, "dns knows no pages of metrics: keep what you have");
    }
    return Response.json(memberGroups(members));
  }

  async *#writeTargets(
    wanted: { modId: number | undefined; cmdId: number | undefined },
  ): AsyncGenerator<string> {
    const { table, clock } = this.#options;
    const slices = new Slices(clock);
    try {
      let text = "[";
      let separator = "";
      for (const key of table.keys()) {
        if (slices.isOver()) await slices.next();
        const { modId = key.modId, cmdId = key.cmdId } = wanted;
        if (modId !== key.modId || cmdId !== key.cmdId) continue;
        for (const group of this.#groupsOf(key)) {
          text += separator + JSON.stringify(group);
          separator = ",";
        }
        if (text.length < CHUNK_LENGTH) continue;
        yield text;
        text = "";
      }
      yield `${text}]\n`;
    } finally {
      this.#lists -= 1;
    }
  }

  #groupsOf(key: RouteKey) {
    const body = this.#options.table.body(key);
    return body === undefined ? [] : targetGroups(decodeRoute(body));
  }

  async #answerEndpoints(request: Request): Promise<Response> {
    const { table, clock } = this.#options;
    if (table.size === 0) return this.#nothingKnown();
    const text = await readText(request);
    if (text === undefined) {
      return refuse(413, `A request must have at most ${BODY_BYTES_MAX} bytes`);
    }
    try {
      const { version, keys } = parseEndpointRequest(text);
      const resources: object[] = [];
      const slices = new Slices(clock);
      for (const key of keys) {
        if (slices.isOver()) await slices.next();
        resources.push(...this.#assignments(key));
      }
      const answer = JSON.stringify(resources);
      const now = await hash(answer);
      if (version === now) return new Response(null, { status: 304 });
      return new Response(
        `{"version_info":"${now}","type_url":"${ENDPOINTS_TYPE}","resources":${answer}}\n`,
        { headers: JSON_HEADERS },
      );
    } catch (error) {
      if (error instanceof SyntaxError) return refuse(400, error.message);
      throw error;
    }
  }

  /** The hosts of a route; none if it is unknown, and may only be so for now. */
  #assignments(key: RouteKey): object[] {
    const { table } = this.#options;
    const body = table.body(key);
    if (body !== undefined) return [toAssignment(decodeRoute(body))];
    return table.isNamed(key) ? [toAssignment({ ...key, hosts: [] })] : [];
  }

  #nothingKnown(): Response {
    return refuse(503, "dns knows no routes: keep what you have");
  }
}

/** Where dns's own page is for one who reaches dns under `hostname`. */
function ownPage({ hostname, port }: Endpoint, reached: string): Member {
  return {
    service: "dns",
    at: {
      hostname: isUnspecified(hostname)
        ? reached.replace(/^\[|\]$/g, "")
        : hostname,
      port,
    },
    version: VERSION,
    zone: "",
  };
}

function refuse(status: number, text: string): Response {
  return new Response(`${text}\n`, { status });
}

/** The id that a parameter names; undefined if it is left out, NaN if it is none. */
function readId(text: string | null): number | undefined {
  if (text === null) return undefined;
  const id = parseWhole(text) ?? -1;
  return id >= 0 && id <= ID_MAX ? id : NaN;
}

/** The body of a request; undefined if it is too long. */
async function readText(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

async function hash(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex().slice(0, 32);
}
