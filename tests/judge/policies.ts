import { POLICIES, type PolicyRegistry } from "../../agent/mod.ts";
import { policyOf } from "./baselines/baseline.ts";
import { Brpc } from "./baselines/brpc.ts";
import { Envoy } from "./baselines/envoy.ts";
import { Finagle } from "./baselines/finagle.ts";
import { Grpc } from "./baselines/grpc.ts";
import { PeakEwma } from "./baselines/peak_ewma.ts";
import { Prequal } from "./baselines/prequal.ts";
import { LeastInFlight, RandomChoice, RoundRobin } from "./baselines/simple.ts";
import { Sketch } from "./baselines/sketch.ts";

/** The policy that all others are compared with; it runs in every comparison. */
export const REFERENCE = "all-knowing";

/** The policy whose hosts say how busy they are: in the world they do, elsewhere its client guesses. */
export const PREQUAL = "prequal";

/** The policy that should be ahead. */
export const ADAPTIVE = "adaptive";

/**
 * The agent's policies and the baselines, in the order of the scorecard;
 * {@linkcode REFERENCE} is in the world alone, whose hosts it sees.
 */
export const JUDGED: PolicyRegistry = new Map([
  ["round-robin", policyOf((random) => new RoundRobin(random))],
  ["random", policyOf((random) => new RandomChoice(random))],
  ["least-in-flight", policyOf((random) => new LeastInFlight(random))],
  ["lars", POLICIES.get("lars")!],
  ["envoy", policyOf((random) => new Envoy(random))],
  ["grpc", policyOf((random) => new Grpc(random))],
  ["peak-ewma", policyOf((random) => new PeakEwma(random))],
  ["finagle", policyOf((random) => new Finagle(random))],
  ["brpc", policyOf((random) => new Brpc(random))],
  [PREQUAL, policyOf((random) => new Prequal(random))],
  ["sketch", policyOf((random) => new Sketch(random))],
  ...POLICIES,
]);

/** The names that can be asked for. */
export const JUDGED_NAMES: readonly string[] = [...JUDGED.keys(), REFERENCE];
