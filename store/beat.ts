/**
 * Time until the next beat of `periodMs`, in milliseconds: a multiple of it on the
 * clock that says `nowMs`. Loops of one thread that wait for beats of the same
 * period wake it once for all of them, where waking costs more than what they do.
 */
export function untilBeat(nowMs: number, periodMs: number): number {
  return periodMs - nowMs % periodMs;
}
