import type { Random } from "../../../net/mod.ts";
import type { HostServer } from "./host_server.ts";
import type { Scenario } from "./scenario.ts";

/** What a candidate answers when it refuses to name a host. */
export const NO_HOST = -1;

/** One agent's way of choosing, as the world sees it: hosts are indexes. */
export interface Candidate {
  /** The host to call now, or {@linkcode NO_HOST}. */
  pick(nowMs: number): number;
  /** A call ended; `durationUs` is 0 when the caller does not say. */
  report(host: number, result: CallResult, nowMs: number): void;
  /** The route's hosts from now on. */
  update(hosts: readonly number[], nowMs: number): void;
  /** About every 100 ms. */
  tick(nowMs: number): void;
  /** Answer to a check that it asked for. */
  checked(host: number, alive: boolean, nowMs: number): void;
  /** Sets 1 for each host that it rests now, and leaves the others alone. */
  markResting(resting: Uint8Array): void;
}

/** How a call went, for its candidate; the object is used again. */
export interface CallResult {
  ok: boolean;
  durationUs: number;
}

/** What a candidate is made with. */
export interface CandidateOptions {
  scenario: Scenario;
  random: Random;
  /** Asks for a connection to a host; answered by {@linkcode Candidate.checked}. */
  check: (host: number) => void;
  /** The hosts themselves, for the policy that knows all. */
  servers: readonly HostServer[];
  /** Constants of `policy = adaptive` other than its defaults. */
  constants: Readonly<Record<string, number>>;
}
