import { SystemClock } from "../clock.ts";
import { Histogram } from "./histogram.ts";

/**
 * How late timers of this thread fire, which is how long its event loop was
 * busy. Seen at the timers that it has anyway: an idle thread is woken by none
 * for this.
 */
export const eventLoopDelay: Histogram = new Histogram();

/** The clock of a service: how late its timers fire is {@linkcode eventLoopDelay}. */
export function serviceClock(): SystemClock {
  return new SystemClock((lateMs) => eventLoopDelay.observe(lateMs / 1_000));
}
