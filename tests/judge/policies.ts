import { AgentCandidate } from "./world/agent_candidate.ts";
import { Envoy } from "./baselines/envoy.ts";
import { PeakEwma } from "./baselines/peak_ewma.ts";
import {
  AllKnowing,
  LeastInFlight,
  RandomChoice,
  RoundRobin,
} from "./baselines/simple.ts";
import { Sketch } from "./baselines/sketch.ts";
import type { CreateCandidate } from "./world/world.ts";

/** The policy that all others are measured against; it runs in every comparison. */
export const REFERENCE = "all-knowing";

/** The policy that should be ahead. */
export const ADAPTIVE = "adaptive";

/** Every policy that can be simulated, in the order of the scorecard. */
export const POLICIES: ReadonlyMap<string, CreateCandidate> = new Map<
  string,
  CreateCandidate
>([
  ["round-robin", (options) => new RoundRobin(options)],
  ["random", (options) => new RandomChoice(options)],
  ["least-in-flight", (options) => new LeastInFlight(options)],
  ["lars", (options) => new AgentCandidate("lars", options)],
  ["envoy", (options) => new Envoy(options)],
  ["peak-ewma", (options) => new PeakEwma(options)],
  ["sketch", (options) => new Sketch(options)],
  [ADAPTIVE, (options) => new AgentCandidate(ADAPTIVE, options)],
  [REFERENCE, (options) => new AllKnowing(options)],
]);
