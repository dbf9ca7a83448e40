/**
 * `deno task demo [--seconds N]`: the whole of Lars on ports and folders of its
 * own, five local backends, and a program that calls them. One backend begins
 * to fail, and is well again later; the picks per backend are shown live.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { formatAddress, type HostAddress, LarsClient } from "../api/mod.ts";
import { Backends } from "./demo_backends.ts";
import { Board, FRAME_MS } from "./demo_board.ts";
import { LocalLars } from "./local/local_lars.ts";

const BACKENDS = 5;

/** The backend that fails, and the parts of the demo between which it does. */
const SICK_BACKEND = 2;
const SICK_FROM = 0.2;
const SICK_TO = 0.6;

const CALLERS = 8;
const CALL_PAUSE_MS = 5;

const KEY = { modId: 1, cmdId: 1 };

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
  await using backends = new Backends({
    count: BACKENDS,
    sickIndex: SICK_BACKEND,
  });
  console.log("starting dns, reporter and agent");
  await using lars = await LocalLars.start({
    routes: backends.addresses.map((address) => ({ ...KEY, ...address })),
    // Shorter than the default, so that the host's return can be seen.
    conf: { agent: "[loadbalance]\noverload_timeout = 5\n" },
    print: (line) => / (warning|error|fatal) /.test(line) && console.log(line),
  });
  await using client = LarsClient.open({ agent: lars.agent });
  await client.register(KEY.modId, KEY.cmdId);

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
    if (stop.signal.aborted) break;
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
      await client.call(KEY.modId, KEY.cmdId, async (host) => {
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
  const route = await client.getRoute(KEY.modId, KEY.cmdId, {
    withState: true,
  });
  const hosts = route.state === "found" ? route.hosts : [];
  return new Set(hosts.filter(({ overload }) => overload).map(formatAddress));
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
