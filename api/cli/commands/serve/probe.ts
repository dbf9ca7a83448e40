import type { Environment } from "../../environment.ts";
import type { ServeCheckOption } from "./options.ts";

/** Pause between two looks, in milliseconds: callers wait for the program. */
const PAUSE_MS = 20;

/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS = 1_000;

/**
 * Time after which the agent alone is to find out, in milliseconds: a program may
 * listen at an address that cannot be known here.
 */
export const LOOK_MS = 5_000;

/** What is to be looked at. */
export interface Probed {
  hostname: string;
  port: number;
  check: ServeCheckOption;
}

/**
 * Waits until a program that was just started answers as its check wants, at most
 * {@linkcode LOOK_MS}, or until `signal` is aborted.
 */
export async function waitUntilReady(
  environment: Environment,
  probed: Probed,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = environment;
  const endMs = clock.nowMs() + LOOK_MS;
  while (clock.nowMs() < endMs && !signal.aborted) {
    if (await isReady(environment, probed, signal)) return;
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function isReady(
  environment: Environment,
  { hostname, port, check }: Probed,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock } = environment;
  const answered = new AbortController();
  const late = new AbortController();
  const ends = AbortSignal.any([signal, late.signal]);
  void clock.sleep(ANSWER_MS, answered.signal).then(() => late.abort());
  try {
    using stream = await environment.connect({ hostname, port }, ends);
    const [, scheme, path] = /^(https?):(.*)$/.exec(check) ?? [];
    if (path === undefined) return true;
    ends.addEventListener("abort", () => stream.close());
    const { getStatus, openTls } = await import("../../../../net/mod.ts");
    using inner = scheme === "https" ? await openTls(stream) : stream;
    const host = { hostname, port };
    const status = await getStatus(inner, { host, path });
    return status !== undefined && status < 400;
  } catch {
    return false;
  } finally {
    answered.abort();
  }
}
