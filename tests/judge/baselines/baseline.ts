import type { Random } from "../../../net/mod.ts";
import {
  type CallResult,
  type Candidate,
  type CandidateOptions,
  NO_HOST,
} from "../world/candidate.ts";

/** What every baseline keeps: the route's hosts and the calls in flight on each. */
export abstract class Baseline implements Candidate {
  /** The route's hosts, as indexes. */
  protected members: readonly number[] = [];
  /** Calls without their report, by host. */
  protected readonly inFlight: Int32Array;
  protected readonly random: Random;

  constructor({ scenario, random }: CandidateOptions) {
    this.inFlight = new Int32Array(scenario.hosts.length);
    this.random = random;
  }

  pick(nowMs: number): number {
    if (this.members.length === 0) return NO_HOST;
    const host = this.choose(nowMs);
    if (host !== NO_HOST) this.inFlight[host] = this.inFlight[host]! + 1;
    return host;
  }

  report(host: number, result: CallResult, nowMs: number): void {
    this.inFlight[host] = Math.max(0, this.inFlight[host]! - 1);
    this.learn(host, result, nowMs);
  }

  update(hosts: readonly number[], _nowMs: number): void {
    this.members = hosts;
  }

  tick(_nowMs: number): void {}

  checked(_host: number, _alive: boolean, _nowMs: number): void {}

  markResting(_resting: Uint8Array): void {}

  /** One of the members, of which there is at least one. */
  protected abstract choose(nowMs: number): number;

  protected learn(_host: number, _result: CallResult, _nowMs: number): void {}
}
