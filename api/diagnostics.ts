import { type Channel, channel } from "node:diagnostics_channel";
import type { CallResult, HostOutcome } from "./outcome.ts";

/** A request for a host that was answered: what is published on `lars:pick`. */
export interface PickEvent {
  /** The called service. */
  modId: number;
  /** Its command. */
  cmdId: number;
  /** What the caller got. */
  outcome: HostOutcome;
  /** How long the caller waited, in milliseconds. */
  durationMs: number;
}

/** A reported call: what is published on `lars:report`. */
export interface ReportEvent extends CallResult {
  /** The called service. */
  modId: number;
  /** Its command. */
  cmdId: number;
}

/** Publishes a {@linkcode PickEvent} for each host that a client was asked for. */
export const pickChannel: Channel = channel("lars:pick");

/** Publishes a {@linkcode ReportEvent} for each call that was reported. */
export const reportChannel: Channel = channel("lars:report");
