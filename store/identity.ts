import type { Row } from "./steps.ts";
import type { StoreIdentity } from "./types.ts";

/** A new identity: 128 random bits in hexadecimal. */
export function newIdentity(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/** Identity of a store that has none. */
export const UNKNOWN_IDENTITY: StoreIdentity = {
  identity: undefined,
  accepted: 0,
};

/** The row of StoreIdentity as databases return it. */
export function toIdentity(
  row: Row | undefined,
): StoreIdentity {
  return row?.identity == null
    ? UNKNOWN_IDENTITY
    : { identity: String(row.identity), accepted: Number(row.accepted) };
}

/** Whether one store is known to be another than before. */
export function isOther(before: StoreIdentity, now: StoreIdentity): boolean {
  return before.identity !== undefined && now.identity !== undefined &&
    before.identity !== now.identity;
}
