/**
 * `deno task demo [--seconds N]`: the whole of Lars on ports and folders of its
 * own, five local backends, and a program that calls them. One backend begins
 * to fail, and is well again later; the picks per backend are shown live.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { formatAddress, type HostAddress, LarsClient } from "../api/mod.ts";
import { parseAddress } from "../proto/mod.ts";
import { SqliteRouteStore } from "../store/mod.ts";
import { freeUdpPorts } from "./free_ports.ts";
import { ServiceProcess } from "./service_process.ts";
import { serviceArguments, SERVICES } from "./services.ts";

const BACKENDS = 5;

/** The backend that fails, and the parts of the demo between which it does. */
const SICK_BACKEND = 2;
const SICK_FROM = 0.2;
const SICK_TO = 0.6;

const CALLERS = 8;
const CALL_PAUSE_MS = 5;
const FRAME_MS = 500;

const MOD_ID = 1;
const CMD_ID = 1;

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { seconds: { type: "string", default: "40" } },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    console.error("usage: deno task demo [--seconds N]");
    Deno.exit(64);
  }
  await demo(seconds);
}

async function demo(seconds: number): Promise<void> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  await using backends = new Backends();
  await using lars = await LocalLars.start(backends.addresses);
  await using client = LarsClient.open({ agent: lars.agent });
  await client.register(MOD_ID, CMD_ID);

  const board = new Board(backends);
  const startedMs = performance.now();
  const callers = Array.from(
    { length: CALLERS },
    () => callForEver(client, board, stop.signal),
  );
  while (!stop.signal.aborted) {
    const part = (performance.now() - startedMs) / (seconds * 1000);
    backends.sick = part >= SICK_FROM && part < SICK_TO;
    await pause(FRAME_MS, stop.signal);
    board.show(await overloadedHosts(client));
  }
  clearTimeout(timer);
  await Promise.all(callers);
  board.summarize();
}

/** A program that does nothing but pick, call, report. */
async function callForEver(
  client: LarsClient,
  board: Board,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.call(MOD_ID, CMD_ID, async (host) => {
        board.count(host);
        await callBackend(host);
      });
    } catch {
      board.failures += 1;
    }
    board.calls += 1;
    await pause(CALL_PAUSE_MS, signal);
  }
}

/** One call: connect and read the answer. A backend that is sick gives none. */
async function callBackend({ port }: HostAddress): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  if (await connection.read(new Uint8Array(16)) === null) {
    throw new Error("the backend closed without an answer");
  }
}

async function overloadedHosts(client: LarsClient): Promise<Set<string>> {
  const route = await client.getRoute(MOD_ID, CMD_ID, { withState: true });
  const hosts = route.state === "found" ? route.hosts : [];
  return new Set(hosts.filter(({ overload }) => overload).map(formatAddress));
}

/** TCP servers that answer every connection; one of them can be sick. */
class Backends implements AsyncDisposable {
  sick = false;
  readonly addresses: HostAddress[];
  readonly #listeners: Deno.TcpListener[];
  readonly #serving: Promise<void>[];

  constructor() {
    this.#listeners = Array.from(
      { length: BACKENDS },
      () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    );
    this.addresses = this.#listeners.map(({ addr }) =>
      parseAddress(`127.0.0.1:${addr.port}`)
    );
    this.#serving = this.#listeners.map((listener, index) =>
      this.#serve(listener, index)
    );
  }

  isSick(index: number): boolean {
    return this.sick && index === SICK_BACKEND;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#serving);
  }

  async #serve(listener: Deno.TcpListener, index: number): Promise<void> {
    for await (const connection of listener) {
      try {
        if (!this.isSick(index)) {
          await connection.write(new TextEncoder().encode("ok\n"));
        }
      } catch {
        // The caller has left; it is being stopped.
      } finally {
        connection.close();
      }
    }
  }
}

/** dns, reporter and agent on free ports, in a folder that is removed afterwards. */
class LocalLars implements AsyncDisposable {
  readonly agent: { hostname: string; port: number };
  readonly #folder: string;
  readonly #services: ServiceProcess[];

  private constructor(
    port: number,
    folder: string,
    services: ServiceProcess[],
  ) {
    this.agent = { hostname: "127.0.0.1", port };
    this.#folder = folder;
    this.#services = services;
  }

  static async start(hosts: readonly HostAddress[]): Promise<LocalLars> {
    const folder = await Deno.makeTempDir({ prefix: "lars-demo-" });
    {
      await using store = SqliteRouteStore.open({ path: `${folder}/lars.db` });
      const key = { modId: MOD_ID, cmdId: CMD_ID };
      await store.edit({ add: hosts.map((host) => ({ ...key, ...host })) });
    }
    const port = freeUdpPorts(3);
    const lars = new LocalLars(port, folder, []);
    const found: Record<string, string> = {};
    for (const name of SERVICES) {
      console.log(`starting ${name}`);
      await Deno.writeTextFile(
        `${folder}/${name}.conf`,
        configuration(name, port, found),
      );
      const service = new ServiceProcess({
        name,
        arguments: await serviceArguments(name, { conf: folder, data: folder }),
        print: (line) =>
          / (warning|error|fatal) /.test(line) && console.log(line),
      });
      lars.#services.push(service);
      found[name] = await service.ready();
    }
    return lars;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#services.reverse()) await service.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function configuration(
  name: typeof SERVICES[number],
  agentPort: number,
  found: Record<string, string>,
): string {
  if (name !== "agent") return "[reactor]\nport = 0\n";
  return `[agent]
port = ${agentPort}
[dnsserver]
addresses = ${found.dns}
[reporter]
addresses = ${found.reporter}
[loadbalance]
overload_timeout = 5
`;
}

/** What is shown: picks and state for each backend. */
class Board {
  calls = 0;
  failures = 0;
  readonly #backends: Backends;
  readonly #picks = new Map<string, number>();
  #shown = new Map<string, number>();
  #lines = 0;

  constructor(backends: Backends) {
    this.#backends = backends;
  }

  count(host: HostAddress): void {
    const name = formatAddress(host);
    this.#picks.set(name, (this.#picks.get(name) ?? 0) + 1);
  }

  show(overloaded: ReadonlySet<string>): void {
    const lines = this.#backends.addresses.map((address, index) => {
      const name = formatAddress(address);
      const picks = this.#picks.get(name) ?? 0;
      const lately = picks - (this.#shown.get(name) ?? 0);
      const rate = String(Math.round(lately * 1000 / FRAME_MS)).padStart(5);
      const bar = "#".repeat(Math.min(40, Math.ceil(lately / 5)));
      const state = overloaded.has(name) ? "overloaded" : "idle";
      const health = this.#backends.isSick(index) ? "  <- fails" : "";
      return `${name.padEnd(22)}${rate}/s ${bar.padEnd(41)}${state}${health}`;
    });
    this.#shown = new Map(this.#picks);
    if (Deno.stdout.isTerminal() && this.#lines > 0) {
      console.log(`\x1b[${this.#lines}A\x1b[J${lines.join("\n")}\n`);
    } else {
      console.log(`${lines.join("\n")}\n`);
    }
    this.#lines = lines.length + 2;
  }

  summarize(): void {
    const share = (100 * this.failures / Math.max(1, this.calls)).toFixed(2);
    console.log(`${this.calls} calls, ${this.failures} failed (${share} %)`);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
