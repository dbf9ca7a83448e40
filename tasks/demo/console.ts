import { formatAddress } from "../../proto/mod.ts";
import { type LarsClient, openEmbedded } from "../../api/embedded/mod.ts";
import { SystemClock, systemRandom } from "../../net/mod.ts";
import { openHistoryStore } from "../../store/mod.ts";
import { LocalLars } from "../local/local_lars.ts";
import {
  callOutcome,
  DEMO_ROUTES,
  type DemoRoute,
  DEPLOYED,
  DEPLOYED_HOSTS,
  pastMinute,
  SILENT_HOST,
} from "./console_data.ts";

/** Programs with an agent inside. */
const CALLERS = 6;

/** Span whose calls each caller makes at a time. */
const STEP_MS = 50;

/** Minutes of a past without events that the demo begins with. */
const PAST_MINUTES = 175;

/** Time of calls without a sick host before the deploy. */
const CALM_MS = 20_000;

/** Name of the user. */
const USER = "demo";

/**
 * Lars with its console, thirty routes of a shop, and six programs that call
 * them. Nothing is really called: the programs pick hosts, and report how it went.
 */
export class ConsoleDemo implements AsyncDisposable {
  readonly #lars: LocalLars;
  readonly #clients: readonly LarsClient[];
  readonly #clock = new SystemClock();
  /** Password of the user "demo", drawn anew for each run. */
  readonly password = crypto.getRandomValues(new Uint8Array(9)).toHex();
  #cookie = "";
  /** Calls that are due, by caller and route: whole ones are made. */
  readonly #due: number[][];

  private constructor(lars: LocalLars, clients: readonly LarsClient[]) {
    this.#lars = lars;
    this.#clients = clients;
    this.#due = clients.map(() => DEMO_ROUTES.map(() => 0));
  }

  /** Starts everything, and makes the user. @param print Takes what is to be told. */
  static async start(print: (line: string) => void): Promise<ConsoleDemo> {
    const lars = await LocalLars.start({
      routes: DEMO_ROUTES.flatMap(({ modId, cmdId, hosts }) =>
        hosts.map(({ ip, port }) => ({ modId, cmdId, ip, port }))
      ),
      // The rule of the original goes on probing a dead host with calls.
      settings: [{ ...keyOf(DEPLOYED), policy: "lars", check: false }],
      web: true,
      print: (line) => / (warning|error|fatal) /.test(line) && print(line),
    });
    const clients: LarsClient[] = [];
    try {
      for (let index = 0; index < CALLERS; index += 1) {
        clients.push(
          await openEmbedded({
            dns: [endpointOf(lars, "dns")],
            reporter: [endpointOf(lars, "reporter")],
            zone: `eu-1${"abc"[index % 3]}`,
            check: false,
          }),
        );
      }
      const demo = new ConsoleDemo(lars, clients);
      await demo.#addPast();
      await demo.#makeUser();
      await demo.#nameRoutes();
      return demo;
    } catch (error) {
      for (const client of clients) await client[Symbol.asyncDispose]();
      await lars[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Address of the console. */
  get origin(): string {
    return `http://${this.#lars.addressOf("web")}`;
  }

  /** User to log in as. */
  get user(): string {
    return USER;
  }

  /** Calls until `signal` is aborted; after a while there is a deploy that goes wrong, and a machine is silent. */
  async run(signal: AbortSignal): Promise<void> {
    const startMs = this.#clock.nowMs();
    let isDeployed = false;
    while (!signal.aborted) {
      const isCalm = this.#clock.nowMs() - startMs < CALM_MS;
      for (const [index, client] of this.#clients.entries()) {
        await this.#callAll(client, { index, isCalm });
      }
      if (!isCalm && !isDeployed) {
        isDeployed = true;
        await this.#deploy();
      }
      await this.#clock.sleep(STEP_MS, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.#lars[Symbol.asyncDispose]();
  }

  /** The calls of one caller that are due by now. */
  async #callAll(
    client: LarsClient,
    { index, isCalm }: { index: number; isCalm: boolean },
  ): Promise<void> {
    const due = this.#due[index]!;
    for (const [row, route] of DEMO_ROUTES.entries()) {
      due[row]! += route.callsPerSecond / CALLERS * STEP_MS / 1_000;
      while (due[row]! >= 1) {
        due[row]! -= 1;
        await this.#call(client, { route, isCalm });
      }
    }
  }

  async #call(
    client: LarsClient,
    { route, isCalm }: { route: DemoRoute; isCalm: boolean },
  ): Promise<void> {
    const { modId, cmdId } = route;
    const picked = client.getHostNow(modId, cmdId) ??
      await client.getHost(modId, cmdId);
    if (picked.state !== "found") return;
    const host = formatAddress(picked.host);
    const outcome = callOutcome(route, {
      host: isCalm && host === SILENT_HOST ? "" : host,
      random: systemRandom,
    });
    await client.report(modId, cmdId, { host: picked.host, ...outcome });
  }

  /** Writes a past without events into the history. */
  async #addPast(): Promise<void> {
    await using history = await openHistoryStore({ kind: "sqlite" }, {
      dataDir: this.#lars.folder,
      clock: this.#clock,
    });
    const agent = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const now = Math.floor(this.#clock.wallSeconds() / 60);
    for (let seq = 1; seq <= PAST_MINUTES; seq += 1) {
      const minute = now - 1 - PAST_MINUTES + seq;
      await history.commit(
        pastMinute(minute, { agent, seq, random: systemRandom }),
      );
    }
  }

  async #makeUser(): Promise<void> {
    const link = await Deno.readTextFile(`${this.#lars.folder}/web-first-link`);
    const secret = new URL(link.trim()).hash.slice(1);
    const response = await this.#ask("POST", "/first-user", {
      secret,
      name: USER,
      password: this.password,
    });
    this.#cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  }

  async #nameRoutes(): Promise<void> {
    for (const { modId, cmdId, module, name } of DEMO_ROUTES) {
      const rest = { owner: `team ${module}`, runbook: null };
      if (cmdId === 1) {
        await this.#ask("PUT", `/modules/${modId}`, { name: module, ...rest });
      }
      await this.#ask("PUT", `/modules/${modId}/commands/${cmdId}`, {
        name,
        ...rest,
      });
    }
  }

  /** A change as a person makes it, and one of its hosts does not work. */
  async #deploy(): Promise<void> {
    const { modId, cmdId } = DEPLOYED;
    const route = await this.#ask("GET", `/routes/${modId}/${cmdId}`);
    const { revision } = await route.json();
    await this.#ask("POST", "/changes", {
      edits: [{
        modId,
        cmdId,
        revision,
        add: DEPLOYED_HOSTS.map((host) => ({ host })),
      }],
      comment: "deploy 881",
      ticket: "OPS-17",
    });
  }

  async #ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Response> {
    const response = await fetch(`${this.origin}/api/v1${path}`, {
      method,
      headers: {
        origin: this.origin,
        cookie: this.#cookie,
        "content-type": "application/json",
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (response.ok) return response;
    throw new Error(`${method} ${path}: ${await response.text()}`);
  }
}

function keyOf({ modId, cmdId }: DemoRoute) {
  return { modId, cmdId };
}

function endpointOf(lars: LocalLars, name: "dns" | "reporter") {
  const [hostname = "", port] = lars.addressOf(name).split(":");
  return { hostname, port: Number(port) };
}
