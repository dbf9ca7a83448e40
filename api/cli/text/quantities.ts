/** A number of events a second: "840", "1,840", "0.12". */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.01) return "<0.01";
  const digits = perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0;
  const rounded = String(Number(perSecond.toFixed(digits)));
  return digits > 0 ? rounded : withCommas(rounded);
}

/** A share from 0 to 1: "12.4 %", "0.01 %". Nothing but 0 and 1 reads "0 %" and "100 %". */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.01) return "<0.01 %";
  if (percent > 99.9) return ">99.9 %";
  return `${percent.toFixed(percent < 9.995 ? 2 : 1)} %`;
}

/** A duration in microseconds: "850 µs", "12 ms", "3 s". */
export function formatMicroseconds(us: number): string {
  if (us === Infinity) return "∞";
  if (us < 1_000) return `${Math.round(us)} µs`;
  const ms = us / 1_000;
  if (ms < 1_000) return `${rounded(ms)} ms`;
  return `${rounded(ms / 1_000)} s`;
}

/** With a decimal if it is below 10. */
function rounded(value: number): number {
  return Number(value.toFixed(value < 10 ? 1 : 0));
}

/** A whole number: "12,840". */
export function formatCount(count: number): string {
  return withCommas(String(Math.round(count)));
}

function withCommas(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "1 host", "2 hosts". */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A number of seconds: "12 s", "2 min", "3 h 5 min", "4 d". */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  const rest = minutes % 60;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
