import type { Row } from "./steps.ts";
import { StoreError, type StoreIdentity } from "./types.ts";

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

/**
 * Refuses a write that is for another store than this.
 *
 * @throws {StoreError} If it is another.
 */
export function expectIdentity(
  action: string,
  { onlyIn, identity }: { onlyIn: string | undefined; identity: StoreIdentity },
): void {
  if (onlyIn === undefined || identity.identity === onlyIn) return;
  throw new StoreError(
    `Cannot ${action} as another store stands in its place: try again`,
    { retry: true },
  );
}

/** Whether one store is known to be another than before. */
export function isOther(before: StoreIdentity, now: StoreIdentity): boolean {
  return before.identity !== undefined && now.identity !== undefined &&
    before.identity !== now.identity;
}
