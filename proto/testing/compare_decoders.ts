import { assertEquals } from "@std/assert";
import { ProtocolError } from "../mod.ts";
import { type Field, RandomMessages } from "./random_messages.ts";

/** Random messages of one comparison; `LARS_CODEC_MESSAGES=10000000` makes it that many. */
export const MESSAGES = Number(
  Deno.env.get("LARS_CODEC_MESSAGES") ?? 100_000,
);

/** Seed of random messages; `LARS_CODEC_SEED=N` repeats the run whose failure printed N. */
export const SEED = Number(
  Deno.env.get("LARS_CODEC_SEED") ??
    crypto.getRandomValues(new Uint32Array(1))[0],
);

/** What a decoder reads; undefined if it refuses the bytes. */
export function decodeOrRefuse<Value>(
  decode: (body: Uint8Array) => Value,
  body: Uint8Array,
): Value | undefined {
  try {
    return decode(body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Holds a decoder against another, which answers undefined for what it refuses, on random messages. */
export function compareDecoders<Value>(
  fields: readonly Field[],
  { decode, reference }: {
    decode: (body: Uint8Array) => Value;
    reference: (body: Uint8Array) => Value | undefined;
  },
): void {
  const messages = new RandomMessages(SEED);
  let accepted = 0;
  for (let index = 0; index < MESSAGES; index++) {
    const length = messages.write(fields, 0);
    const body = messages.bytes.subarray(0, length);
    const expected = reference(body);
    if (expected !== undefined) accepted += 1;
    const actual = decodeOrRefuse(decode, body);
    if (JSON.stringify(actual) === JSON.stringify(expected)) continue;
    assertEquals(
      actual,
      expected,
      `LARS_CODEC_SEED=${SEED}, message ${index}: ${body.toHex()}`,
    );
  }
  assertShare(accepted);
}

/** A comparison of refusals alone, or of none, would compare little. */
export function assertShare(accepted: number): void {
  assertEquals(
    [accepted > 0.3 * MESSAGES, accepted < 0.95 * MESSAGES],
    [true, true],
  );
}
