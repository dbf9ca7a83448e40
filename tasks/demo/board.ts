import type { HostAddress } from "../../api/mod.ts";
import { formatAddress } from "../../proto/mod.ts";

/** Time between two frames, in milliseconds. */
export const FRAME_MS = 500;

/** Widest bar, in characters; a full share is half of it. */
const BAR_WIDTH = 16;

const NAME_WIDTH = 17;
const COLUMN_WIDTH = 37;

/** Calls of one policy's programs. */
export class Tally {
  calls = 0;
  failures = 0;
  /** Those while the backend fails. */
  sickCalls = 0;
  sickFailures = 0;
  /** Those of its last second. */
  lateCalls = 0;
  lateFailures = 0;
  /** Picks of each host in this frame, and picks a second in the last one. */
  readonly #picks = new Map<string, number>();
  readonly #rates = new Map<string, number>();

  /** Counts a pick. */
  count(host: HostAddress): void {
    const name = formatAddress(host);
    this.#picks.set(name, (this.#picks.get(name) ?? 0) + 1);
  }

  /** Picks a second of a host in the last frame. */
  rateOf(name: string): number {
    return this.#rates.get(name) ?? 0;
  }

  /** Ends a frame: the rates are those since the frame before. */
  endFrame(): void {
    for (const [name, picks] of this.#picks) {
      this.#rates.set(name, picks * 1_000 / FRAME_MS);
      this.#picks.set(name, 0);
    }
  }
}

/** What one frame shows of one policy. */
export interface Column {
  policy: string;
  tally: Tally;
  /** Hosts that the agent has out of use: "IP:PORT". */
  out: ReadonlySet<string>;
}

/** One frame as lines of text; styles are ANSI where `colors` is set. */
export function drawFrame(
  { columns, hosts, sick, colors }: {
    columns: readonly Column[];
    hosts: readonly string[];
    /** The backend that fails now, if one does. */
    sick: string | undefined;
    colors: boolean;
  },
): string[] {
  const style = (code: number, text: string) =>
    colors ? `\x1b[${code}m${text}\x1b[0m` : text;
  const lines = [
    " ".repeat(NAME_WIDTH) +
    columns.map(({ policy }) =>
      style(1, `policy = ${policy}`.padEnd(COLUMN_WIDTH))
    ).join(""),
  ];
  for (const name of hosts) {
    const cells = columns.map(({ tally, out }) => {
      const rates = hosts.map((each) => tally.rateOf(each));
      const fair = rates.reduce((sum, rate) => sum + rate, 0) / hosts.length;
      const rate = tally.rateOf(name);
      const width = fair === 0
        ? 0
        : Math.min(BAR_WIDTH, Math.ceil(rate / fair * BAR_WIDTH / 2));
      const bar = "█".repeat(width).padEnd(BAR_WIDTH);
      const state = out.has(name) ? "out" : "";
      const text = `${String(Math.round(rate)).padStart(5)}/s ${bar} `;
      return style(name === sick ? 31 : 32, text) +
        style(33, state.padEnd(COLUMN_WIDTH - text.length));
    });
    const mark = name === sick ? style(31, "← fails") : "";
    lines.push(name.padEnd(NAME_WIDTH) + cells.join("") + mark);
  }
  lines.push(
    "failed, in all".padEnd(NAME_WIDTH) +
      columns.map(({ tally: { failures, calls } }) =>
        ` ${formatShare(failures, calls)}`.padEnd(COLUMN_WIDTH)
      ).join(""),
  );
  return lines;
}

/** "12 of 3,400 calls (0.35 %)". */
export function formatShare(failures: number, calls: number): string {
  const share = 100 * failures / Math.max(1, calls);
  const figure = share > 0 && share < 0.01 ? "<0.01" : share.toFixed(2);
  return `${failures.toLocaleString("en")} of ${
    calls.toLocaleString("en")
  } calls (${figure} %)`;
}
