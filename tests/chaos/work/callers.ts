import {
  type HostOutcome,
  LarsClient,
  type RouteOutcome,
} from "../../../api/mod.ts";
import {
  formatIp,
  type HostAddress,
  parseAddress,
  type RouteKey,
} from "../../../proto/mod.ts";
import type { Choices } from "../../support/choices.ts";
import {
  type Field,
  fieldsOf,
  frame,
  hostText,
  message,
} from "../../support/foreign_wire.ts";
import { keyText } from "../../support/ledger.ts";
import { nowMs, sleep } from "../../support/wait.ts";
import type { AnswerOutcome, Oracle } from "../oracle/oracle.ts";
import { callBackend } from "../system/backends.ts";

/** Pause of a program between two calls. */
const PAUSE_MS = 15;

/** An agent that is up answers within this time; then it is asked again, once. */
const ANSWER_MS_MAX = 1_500;
const TRIES = 2;

/** Share of requests that ask for all hosts of a route. */
const LISTED = 0.1;

const GET_HOST = 4;
const GET_HOST_ANSWER = 5;

interface CallerOptions {
  /** Number of the agent, and the first of its ports. */
  agent: number;
  port: number;
  keys: readonly RouteKey[];
  choices: Choices;
  oracle: Oracle;
  /** Calls until this is aborted. */
  signal: AbortSignal;
}

/** A program that gets hosts from an agent with the client library, calls them and reports. */
export async function runCaller(options: CallerOptions): Promise<void> {
  const { agent, port, choices, oracle, signal } = options;
  await using client = LarsClient.open({
    agent: { hostname: "127.0.0.1", port },
    timeoutMs: ANSWER_MS_MAX,
    tries: TRIES,
  });
  /** Routes that the client has in its memory, by their texts. */
  const known = new Set<string>();
  while (!signal.aborted) {
    const key = choices.pick(options.keys);
    const { modId, cmdId } = key;
    const askedMs = nowMs();
    const isList = choices.chance(LISTED);
    const outcome = isList
      ? await client.getRoute(modId, cmdId)
      : await client.getHost(modId, cmdId);
    const fromMemory = outcome.state === "found" && outcome.standIn === true;
    const answer = { ...key, agent, askedMs, answeredMs: nowMs(), fromMemory };
    oracle.judge({
      ...answer,
      // Of a route that gave one host so far no list is known.
      outcome: outcome.state === "timeout" && !isList && known.has(keyText(key))
        ? {
          state: "malformed",
          why: "no answer, though the client knows hosts",
        }
        : toAnswer(outcome),
    });
    if (outcome.state === "no_route") known.delete(keyText(key));
    if (outcome.state === "found") {
      known.add(keyText(key));
      if ("host" in outcome) await call(client, { key, host: outcome.host });
    }
    await sleep(PAUSE_MS);
  }
}

async function call(
  client: LarsClient,
  { key, host }: { key: RouteKey; host: HostAddress },
): Promise<void> {
  const startMs = nowMs();
  const ok = await callBackend({
    hostname: formatIp(host.ip),
    port: host.port,
  });
  await client.report(key.modId, key.cmdId, {
    host,
    returnCode: ok ? 0 : 1,
    durationUs: Math.round((nowMs() - startMs) * 1_000),
  });
}

function toAnswer(outcome: HostOutcome | RouteOutcome): AnswerOutcome {
  const { state } = outcome;
  switch (state) {
    case "found":
      return "host" in outcome
        ? { state, host: outcome.host }
        : { state: "listed", hosts: outcome.hosts };
    case "overloaded":
    case "no_route":
    case "timeout":
      return { state };
    default:
      return { state: "malformed", why: `the outcome is ${state}` };
  }
}

/** A program that speaks the wire by itself, and looks at each byte of the answers. */
export async function runRawCaller(options: CallerOptions): Promise<void> {
  const { agent, port, choices, oracle, signal } = options;
  const hostname = "127.0.0.1";
  using stack = new DisposableStack();
  const socket = stack.adopt(
    Deno.listenDatagram({ transport: "udp", hostname, port: 0 }),
    (socket) => socket.close(),
  );
  const waiting = new Map<number, (bytes: Uint8Array) => void>();
  receive(socket, waiting, oracle);
  for (let seq = 1; !signal.aborted; seq++) {
    const key = choices.pick(options.keys);
    const askedMs = nowMs();
    const server = (key.modId + key.cmdId) % 3;
    const bytes = frame(
      GET_HOST,
      message({ 1: seq, 2: key.modId, 3: key.cmdId }),
    );
    const { promise, resolve } = Promise.withResolvers<
      Uint8Array | undefined
    >();
    waiting.set(seq, resolve);
    const to = {
      transport: "udp",
      hostname: "127.0.0.1",
      port: port + server,
    } as const;
    for (let tried = 0; tried < TRIES && waiting.has(seq); tried++) {
      await socket.send(bytes, to).catch(() => {});
      await Promise.race([promise, sleep(ANSWER_MS_MAX)]);
    }
    if (waiting.delete(seq)) resolve(undefined);
    const answer = await promise;
    oracle.judge({
      ...key,
      agent,
      askedMs,
      answeredMs: nowMs(),
      outcome: answer === undefined
        ? { state: "timeout" }
        : readHostAnswer(answer, key),
    });
    await sleep(PAUSE_MS * 2);
  }
}

async function receive(
  socket: Deno.DatagramConn,
  waiting: Map<number, (bytes: Uint8Array) => void>,
  oracle: Oracle,
): Promise<void> {
  try {
    for await (const [bytes] of socket) {
      const seq = bytes.length < 8 ? undefined : numberIn(bytes.subarray(8), 1);
      // A second answer to a request that was sent twice is none to look at.
      if (seq === undefined) {
        oracle.fail(
          "wrong answer: malformed",
          `an answer without a number: ${bytes}`,
        );
      } else waiting.get(seq)?.(bytes);
      if (seq !== undefined) waiting.delete(seq);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** An answer to "get host" as it must be, byte by byte. */
export function readHostAnswer(
  bytes: Uint8Array,
  key: RouteKey,
): AnswerOutcome {
  const why = (text: string): AnswerOutcome => ({
    state: "malformed",
    why: `${text}: ${bytes}`,
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getInt32(0, true) !== GET_HOST_ANSWER) return why("not an answer");
  if (view.getInt32(4, true) !== bytes.length - 8) return why("a wrong length");
  const body = bytes.subarray(8);
  if (numberIn(body, 2) !== key.modId || numberIn(body, 3) !== key.cmdId) {
    return why("another route");
  }
  const code = numberIn(body, 4);
  const host = fieldsIn(body).find(([number]) => number === 5)?.[1];
  if ((code === 0) !== (host !== undefined)) {
    return why("code and host disagree");
  }
  if (host instanceof Uint8Array) {
    return { state: "found", host: parseAddress(hostText(host)) };
  }
  if (code === 1) return { state: "overloaded" };
  return code === 3 ? { state: "no_route" } : why(`return code ${code}`);
}

function numberIn(body: Uint8Array, field: number): number | undefined {
  const value = fieldsIn(body).find(([number]) => number === field)?.[1] ?? 0n;
  return typeof value === "bigint" ? Number(value) : undefined;
}

function fieldsIn(body: Uint8Array): Field[] {
  try {
    return fieldsOf(body);
  } catch {
    return [];
  }
}
