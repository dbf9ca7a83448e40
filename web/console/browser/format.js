import { inline } from "./lit.js";
import { now } from "./clock.js";
import { pageData } from "./page_data.js";
import { t } from "./texts.js";

const { language } = pageData;
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });

/** Calls a second: 840, 8.4, 0.08. @param {number} value */
export function rate(value) {
  return value >= 10 ? whole.format(value) : digits.format(value);
}

/**
 * A share of calls, 0 to 1, as "12.4 %"; without calls it is unknown, which is
 * not the same as none.
 *
 * @param {number | null | undefined} value
 */
export function share(value) {
  if (value === null || value === undefined) return t("noData");
  const percent = value * 100;
  if (percent > 0 && percent < 0.01) return "< 0.01 %";
  const places = percent >= 10 ? 1 : 2;
  const rounded = Number(percent.toFixed(places));
  return `${
    new Intl.NumberFormat(language, { maximumFractionDigits: places }).format(
      rounded,
    )
  } %`;
}

/** @param {number} value @param {"millisecond" | "second" | "minute" | "hour" | "day"} unit */
function inUnit(value, unit) {
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumSignificantDigits: value >= 100 ? 3 : 2,
  }).format(value);
}

/** A latency. @param {number | null | undefined} us */
export function latency(us) {
  if (us === null || us === undefined) return "–";
  return us >= 1_000_000
    ? inUnit(us / 1_000_000, "second")
    : inUnit(us / 1_000, "millisecond");
}

/** A span as its largest unit: "40 s", "2 min", "3 hr". @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 100) return inUnit(seconds, "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return inUnit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return inUnit(hours, "hour");
  return whole.format(Math.floor(hours / 24)) + " " + t("days");
}

const timeOfDay = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dayAndTime = new Intl.DateTimeFormat(language, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Time of day, with the day where it is not the last 20 hours. @param {number} ms */
export function timeText(ms) {
  const isNear = Math.abs(now() - ms) < 20 * 3_600_000;
  return (isNear ? timeOfDay : dayAndTime).format(ms);
}

/** @param {number} ms */
function utcText(ms) {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

/** A moment as local time, UTC on hover. @param {string | number} moment RFC 3339, or ms since 1970. */
export function time(moment) {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  return inline`<time datetime=${new Date(ms).toISOString()} title=${
    utcText(ms)
  }>${timeText(ms)}</time>`;
}

/** A moment and how long ago it is: "03:04 (2 min)". @param {string | number} moment */
export function timeAndAge(moment) {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  return inline`${time(ms)} (${span(now() - ms)})`;
}
