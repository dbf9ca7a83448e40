import fc from "fast-check";
import { type CallReport, type lars, toWireAddress } from "../mod.ts";

/** An int32, often one at which encodings change. */
export const int32: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31)),
  fc.integer(),
);

/** An uint32, often one at which encodings change. */
export const uint32: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 2 ** 28, 2 ** 32 - 1),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);

/** A port, or 0. */
export const port: fc.Arbitrary<number> = fc.integer({ min: 0, max: 65_535 });

export const callReport: fc.Arbitrary<CallReport> = fc.record({
  ip: uint32,
  port,
  returnCode: int32,
  durationUs: uint32,
  unused: fc.boolean(),
});

/** A report as generated code encodes it. */
export function toWireResult(
  { returnCode, durationUs, unused, ...host }: CallReport,
): lars.CallResult.$Properties {
  return {
    host: toWireAddress(host),
    retcode: returnCode,
    duration_us: durationUs,
    unused,
  };
}
