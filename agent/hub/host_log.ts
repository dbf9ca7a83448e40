import {
  formatAddress,
  type HostEvent,
  HostEventKind,
  hostReasonName,
} from "../../proto/mod.ts";
import {
  type Clock,
  DeadlineTimer,
  LogBudget,
  type Logger,
} from "../../net/mod.ts";

/** Most lines of either kind in a second, so that there are ten of both. */
const LINES_MAX = 5;
const WINDOW_MS = 1_000;

/** A line in the agent's log when a host is ejected, and one when it returns; of many at a time, some and their number. */
export class HostLog {
  readonly #budget: LogBudget;
  readonly #timer: DeadlineTimer;

  /** Writes to `logger`. */
  constructor({ logger, clock }: { logger: Logger; clock: Clock }) {
    const budget = new LogBudget({
      logger,
      clock,
      linesMax: LINES_MAX,
      windowMs: WINDOW_MS,
    });
    this.#budget = budget;
    this.#timer = new DeadlineTimer(clock, {
      dueMs: () => budget.dueMs(),
      tick: () => budget.flush(),
    });
  }

  /** Logs what of these events is worth a line, and that `dropped` more were left out. */
  add(events: readonly HostEvent[], dropped: number): void {
    for (const event of events) {
      if (event.kind === HostEventKind.ejected) {
        this.#budget.warn("host ejected", propertiesOf(event));
      } else if (event.kind === HostEventKind.returned) {
        this.#budget.info("host returned", propertiesOf(event));
      }
    }
    if (dropped > 0) {
      this.#budget.warn("more hosts changed than are told of one by one", {
        leftOut: dropped,
      });
    }
    this.#timer.update();
  }

  /** Writes the numbers of lines left out when it is time, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#timer.run(signal);
    this.#budget.flush();
  }
}

function propertiesOf(event: HostEvent): Record<string, unknown> {
  const { modId, cmdId, reason, calls, failures, meanUs, peersMeanUs } = event;
  return {
    modId,
    cmdId,
    host: formatAddress(event),
    reason: hostReasonName(reason),
    calls,
    failures,
    ...(meanUs > 0 && { ms: meanUs / 1_000 }),
    ...(peersMeanUs > 0 && { peersMs: peersMeanUs / 1_000 }),
    policy: event.policy,
  };
}
