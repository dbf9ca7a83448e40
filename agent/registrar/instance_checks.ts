import { type Endpoint, formatIp, InstanceCheck } from "../../proto/mod.ts";
import {
  type ByteStream,
  type Clock,
  getStatus,
  openTls,
  TlsError,
  type Transport,
} from "../../net/mod.ts";
import type { Instance } from "./instance.ts";

/** Time from the end of a check to the next of the same instance. */
export const CHECK_INTERVAL_MS = 2_000;

/** Time that an instance has to answer. */
export const CHECK_TIMEOUT_MS = 1_000;

/** Checks in a row that go wrong until an instance that was ready is not; nobody at its port is enough at once. */
const FAILURES_MAX = 2;

/** Why an instance is not ready, and whether there is no doubt. */
interface Failure {
  reason: string;
  isCertain: boolean;
}

/** The check of one instance. */
interface RunningCheck {
  /** What it was begun for: another registration begins another. */
  readonly registration: Instance["registration"];
  readonly stop: AbortController;
  failures: number;
}

/** What the checks are made of. */
export interface InstanceChecksOptions {
  transport: Transport;
  clock: Clock;
  /** Whether a process lives; undefined: it cannot be told here. */
  lives?: (pid: number) => boolean | undefined;
  /** Takes why an instance is not ready; empty: it is. */
  onResult: (id: string, failure: string) => void;
}

/** Checks the instances of this machine, each again and again while it is registered. */
export class InstanceChecks {
  readonly #options: InstanceChecksOptions;
  readonly #running = new Map<string, RunningCheck>();

  /** Checks nothing yet. */
  constructor(options: InstanceChecksOptions) {
    this.#options = options;
  }

  /** Takes the instances as they are now. */
  update(instances: Iterable<Instance>): void {
    const wanted = new Map<string, Instance>();
    for (const instance of instances) {
      if (instance.registration.check === InstanceCheck.none) continue;
      if (instance.at !== undefined) wanted.set(instance.id, instance);
    }
    for (const [id, running] of this.#running) {
      const registration = wanted.get(id)?.registration;
      if (registration === running.registration) continue;
      running.stop.abort();
      this.#running.delete(id);
    }
    for (const [id, instance] of wanted) {
      if (!this.#running.has(id)) this.#start(instance);
    }
  }

  /** Ends all. */
  stop(): void {
    this.update([]);
  }

  async #start(instance: Instance): Promise<void> {
    const { clock, onResult } = this.#options;
    const { id, registration } = instance;
    const stop = new AbortController();
    const running = { registration, stop, failures: 0 };
    this.#running.set(id, running);
    while (!stop.signal.aborted) {
      const failure = await this.#check(instance);
      if (stop.signal.aborted) return;
      if (failure === undefined) {
        running.failures = 0;
        onResult(id, "");
      } else {
        running.failures += 1;
        const isOut = failure.isCertain || running.failures >= FAILURES_MAX;
        if (isOut) onResult(id, failure.reason);
      }
      await clock.sleep(CHECK_INTERVAL_MS, stop.signal);
    }
  }

  /** Why an instance is not ready; undefined: it is. Never rejects. */
  async #check({ registration, at }: Instance): Promise<Failure | undefined> {
    const { check, path, pid } = registration;
    if (check === InstanceCheck.pid) return this.#checkProcess(pid);
    const to = { hostname: formatIp(at!.ip), port: at!.port };
    const { clock, transport } = this.#options;
    const timedOut = new AbortController();
    const ended = new AbortController();
    clock.sleep(CHECK_TIMEOUT_MS, ended.signal).then(() => timedOut.abort());
    try {
      using stream = await transport.connect(to, timedOut.signal);
      if (check === InstanceCheck.tcp) return undefined;
      timedOut.signal.addEventListener("abort", () => stream.close());
      if (check === InstanceCheck.http) return await ask(stream, { to, path });
      using secured = await openTls(stream);
      return await ask(secured, { to, path });
    } catch (error) {
      return timedOut.signal.aborted
        ? doubtful(`its port has not answered for ${CHECK_TIMEOUT_MS} ms`)
        : failureOf(error);
    } finally {
      ended.abort();
    }
  }

  #checkProcess(pid: number): Failure | undefined {
    const lives = this.#options.lives?.(pid);
    if (lives === true) return undefined;
    return {
      reason: lives === undefined
        ? "this agent cannot see processes: it needs Linux and --allow-ffi"
        : `this agent sees no process ${pid}`,
      isCertain: true,
    };
  }
}

function doubtful(reason: string): Failure {
  return { reason, isCertain: false };
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return { reason: "nothing listens at its port", isCertain: true };
  }
  if (error instanceof TlsError) {
    return doubtful(`no TLS with what is at its port: ${message}`);
  }
  return error instanceof Deno.errors.NotCapable
    ? {
      reason: "this agent may not connect to it: allow that with --allow-net",
      isCertain: true,
    }
    : doubtful(`its port does not answer: ${message}`);
}

/** Why the answer to GET is no good one; undefined: it is. */
async function ask(
  stream: ByteStream,
  { to, path }: { to: Endpoint; path: string },
): Promise<Failure | undefined> {
  const status = await getStatus(stream, { host: to, path });
  if (status === undefined) {
    return doubtful("what is at its port does not speak HTTP");
  }
  return status < 400 ? undefined : doubtful(`GET ${path} answers ${status}`);
}
