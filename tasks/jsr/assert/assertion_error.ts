import { inspect } from "node:util";

/** What every assertion throws. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** The end of a message: the caller's words, if any. */
export function suffix(message: string | undefined): string {
  return message ? `: ${message}` : ".";
}

/** A value as a failure shows it. */
export function show(value: unknown): string {
  return inspect(value, { depth: 20, maxArrayLength: 200, sorted: true });
}
