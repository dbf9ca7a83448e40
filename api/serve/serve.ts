import type { Clock, Random } from "../../net/client.ts";
import {
  IDENTITY_BYTES,
  InstanceState,
  type InstanceStatus,
  type RegisterRequest,
} from "../../proto/mod.ts";
import { abortable } from "../abortable.ts";
import type { HostSource, RegistrationSource } from "../source.ts";
import {
  type ServeOptions,
  toRegisterRequest,
  WAIT_DEFAULT_MS,
} from "./options.ts";
import { ServedInstance } from "./served_instance.ts";
import { ServeError } from "./status.ts";

/** Pause before the first request is sent again, in milliseconds; it doubles. */
const PAUSE_MS = 100;

/** Longest pause between two requests, in milliseconds. */
const PAUSE_MAX_MS = 1_000;

/** Answers `unsupported` in a row that are believed: a datagram may have been lost. */
const UNSUPPORTED_MIN = 2;

/**
 * Registers a program with its agent, and keeps it registered.
 *
 * @throws {RangeError | SyntaxError} If an option is wrong.
 * @throws {TypeError} If the source has no agent.
 * @throws {ServeError} If the agent does not accept it.
 * @throws {unknown} The signal's reason, if it is aborted first.
 */
export async function serve(
  options: ServeOptions,
  { source, clock }: { source: HostSource; clock: Clock },
): Promise<ServedInstance> {
  const { registrations } = source;
  if (registrations === undefined) {
    throw new TypeError(
      "Cannot serve as this client has no agent: open another with LarsClient.open()",
    );
  }
  const { signal, waitMs = WAIT_DEFAULT_MS, onChange = () => {} } = options;
  signal?.throwIfAborted();
  const request = toRegisterRequest(
    options,
    randomIdentity(registrations.random),
  );
  const accepted = register(request, {
    source: registrations,
    clock,
    endMs: clock.nowMs() + waitMs,
    closing: source.closing,
    ...signal && { signal },
  });
  const answer = await abortable(accepted, signal, () => {
    // It may be on its way, or accepted.
    void registrations.deregister({ instance: request.instance, drainMs: 0 });
  });
  const instance = new ServedInstance(
    { source: registrations, clock, request, onChange },
    answer,
  );
  leaveWith(instance, signal);
  return instance;
}

interface Registration {
  source: RegistrationSource;
  clock: Clock;
  /** When no further request is sent, in the clock's milliseconds. */
  endMs: number;
  closing: AbortSignal;
  signal?: AbortSignal;
}

/** The agent's answer, once it has accepted. */
async function register(
  request: RegisterRequest,
  { source, clock, endMs, closing, signal }: Registration,
): Promise<InstanceStatus> {
  const startMs = clock.nowMs();
  let unsupported = 0;
  for (let pauseMs = PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
    const answer = await source.register(request);
    if (typeof answer !== "string") {
      if (answer.state !== InstanceState.refused) return answer;
      throw serveError(
        request,
        "refused",
        `the agent refuses it: ${answer.reason}`,
      );
    }
    if (answer === "closed" || signal?.aborted) {
      throw serveError(request, "closed", "the client is closed");
    }
    unsupported = answer === "unsupported" ? unsupported + 1 : 0;
    if (unsupported === UNSUPPORTED_MIN) {
      throw serveError(
        request,
        "unsupported",
        "the agent answers other requests, but not this one: it is of the original system, or of a Lars without registrations",
      );
    }
    if (clock.nowMs() + pauseMs > endMs && unsupported === 0) {
      const waitedMs = Math.round(clock.nowMs() - startMs);
      throw serveError(
        request,
        "timeout",
        `no agent answered within ${waitedMs} ms`,
      );
    }
    await clock.sleep(pauseMs * (1 - source.random() / 2), signal ?? closing);
  }
}

function serveError(
  { routes }: RegisterRequest,
  state: ServeError["state"],
  reason: string,
): ServeError {
  const names = routes.map(({ modId, cmdId }) => `(${modId}, ${cmdId})`);
  return new ServeError(`Cannot serve ${names.join(", ")} as ${reason}`, {
    state,
  });
}

/** Closes an instance when a signal is aborted. */
function leaveWith(
  instance: ServedInstance,
  signal: AbortSignal | undefined,
): void {
  if (signal === undefined) return;
  const leave = () => void instance.close();
  if (signal.aborted) return leave();
  signal.addEventListener("abort", leave);
  void instance.closed.then(() => signal.removeEventListener("abort", leave));
}

function randomIdentity(random: Random): string {
  return Array.from(
    { length: 2 * IDENTITY_BYTES },
    () => Math.floor(16 * random()).toString(16),
  ).join("");
}
