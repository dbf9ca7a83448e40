import { HistoryOffError, StoreError } from "../../../../store/mod.ts";
import { CommandError } from "../../exit_code.ts";
import type { OpenedHistory } from "../../options/history.ts";
import type { OpenedStore } from "../../options/store.ts";
import { fleetJson } from "../../text/fleet_json.ts";
import { type Finding, formatFinding } from "./findings.ts";
import { formatFleet, headOf } from "./fleet.ts";

/** What all agents tell: the lines that people read, and the same for JSON. */
export interface FleetFinding {
  lines: string[];
  finding: Finding;
}

/** Looks at what all agents tell, and says so if that cannot be read: the services are to be seen all the same. */
export class FleetFinder implements AsyncDisposable {
  readonly #at: string;
  readonly #history: OpenedHistory | Error;

  constructor(at: string, history: OpenedHistory | Error) {
    this.#at = at;
    this.#history = history;
  }

  /** Opens the history of a store, if it can be opened. */
  static async open(
    { where, openHistory }: OpenedStore,
  ): Promise<FleetFinder> {
    try {
      return new FleetFinder(where, await openHistory());
    } catch (error) {
      return new FleetFinder(where, expected(error));
    }
  }

  /** Reads it. A problem of a route is no failure of this machine: it does not count as wrong. */
  async find(): Promise<FleetFinding> {
    try {
      if (this.#history instanceof Error) throw this.#history;
      return await this.#read(this.#history);
    } catch (error) {
      const { message, cause } = expected(error);
      const finding = {
        what: "fleet",
        at: this.#at,
        text: `what agents tell is not known: ${message}`,
        // An older database goes on as it did.
        isWrong: !(cause instanceof HistoryOffError),
      };
      return { lines: [formatFinding(finding)], finding };
    }
  }

  async #read(history: OpenedHistory): Promise<FleetFinding> {
    const fleet = await history.fleet.read();
    const isSilent = fleet.asOf === undefined && await history.hasWindows();
    const finding = {
      what: "fleet",
      at: this.#at,
      text: headOf(fleet),
      isWrong: false,
      ...fleetJson(fleet),
    };
    const lines = formatFleet(fleet);
    if (isSilent) {
      lines.push(
        'agents that tell their last window alone, as those of the original system, are shown by "lars status MODID CMDID"',
      );
    }
    return { lines, finding };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#history instanceof Error) return;
    await this.#history[Symbol.asyncDispose]();
  }
}

/** A failure of the store; any other is thrown. */
function expected(error: unknown): Error {
  if (error instanceof StoreError || error instanceof CommandError) {
    return error;
  }
  throw error;
}
