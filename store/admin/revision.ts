import { createHash } from "node:crypto";
import { addressKey, formatAddress, type Route } from "../../proto/mod.ts";

/** Hexadecimal digits of a revision. */
const DIGITS = 32;

/**
 * Revision of a route: a hash of its hosts, their weights and zones, and its
 * settings. It changes with any of them, whoever changes it, and with nothing
 * else.
 */
export function revisionOf({ hosts, settings = {} }: Route): string {
  const { policy = "", check = "" } = settings;
  let text = "";
  for (const host of hosts.toSorted((a, b) => addressKey(a) - addressKey(b))) {
    const { weight = "", zone = "" } = host;
    text += `${formatAddress(host)} ${weight} ${zone}\n`;
  }
  return hashOf(`${text}${policy} ${check}`).slice(0, DIGITS);
}

/** Revision of a route that is not there. */
export const ABSENT_REVISION: string = revisionOf({
  modId: 0,
  cmdId: 0,
  hosts: [],
});

/** SHA-256 of a text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
