import process from "node:process";

/**
 * Hides the variable TZ from mysql2, which reads it when it is loaded and at each
 * result, although no column here holds a date. Deno would ask a person at a
 * terminal for it. Where TZ may be read, or may not, nothing asks.
 */
export function hideTimeZone(): void {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TZ" });
  if (state !== "prompt") return;
  process.env = Object.create(process.env, { TZ: { value: undefined } });
}
