import type { Choices } from "../../support/choices.ts";
import type { Disturbance } from "../oracle/disturbances.ts";

/** Something that goes wrong for a while. */
export interface Fault {
  /** Shown in the history, such as "SIGKILL of dns 0". */
  readonly name: string;
  /** What no other fault may have at the same time: processes, files, links. */
  readonly takes: readonly string[];
  /** What it may excuse from its beginning to its end. */
  readonly disturbs: readonly Disturbance[];
  /** Makes it happen; resolves when it has. */
  begin(choices: Choices): Promise<void>;
  /** Puts things right again; resolves when they are. */
  end(): Promise<void>;
}

/** Faults that differ only in what they strike: each kind is as frequent as another. */
export interface FaultKind {
  readonly name: string;
  readonly faults: readonly Fault[];
}

/** Ends what ends by itself. */
export async function nothing(): Promise<void> {}
