import { formatSpan } from "./quantities.ts";

/** Beyond as many seconds a time of day needs its date. */
const SAME_DAY_S = 18 * 3_600;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A Unix time in seconds as the time of day of this machine: "03:04", with the date if it is far from `nowS`. */
export function formatTime(
  seconds: number,
  { nowS, withSeconds = false }: { nowS: number; withSeconds?: boolean },
): string {
  const date = new Date(seconds * 1_000);
  const parts = [date.getHours(), date.getMinutes()];
  if (withSeconds) parts.push(date.getSeconds());
  const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
  if (Math.abs(nowS - seconds) < SAME_DAY_S) return time;
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${time}`;
}

/** When something began, and how long that is: "since 03:04 (2 min)". */
export function formatSince(seconds: number, nowS: number): string {
  return `since ${formatTime(seconds, { nowS })} (${
    formatSpan(nowS - seconds)
  })`;
}

/** A Unix time in seconds as RFC 3339 in UTC, for JSON. */
export function toRfc3339(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}
