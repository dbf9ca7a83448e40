import { formatAddress, type HostAddress } from "../proto/mod.ts";
import type { Backends } from "./demo_backends.ts";

/** How often the board is shown. */
export const FRAME_MS = 500;

/** What is shown: picks and state for each backend. */
export class Board {
  calls = 0;
  failures = 0;
  readonly #backends: Backends;
  readonly #picks = new Map<string, number>();
  #shown = new Map<string, number>();
  #lines = 0;

  constructor(backends: Backends) {
    this.#backends = backends;
  }

  count(host: HostAddress): void {
    const name = formatAddress(host);
    this.#picks.set(name, (this.#picks.get(name) ?? 0) + 1);
  }

  show(overloaded: ReadonlySet<string>): void {
    const lines = this.#backends.addresses.map((address, index) => {
      const name = formatAddress(address);
      const picks = this.#picks.get(name) ?? 0;
      const lately = picks - (this.#shown.get(name) ?? 0);
      const rate = String(Math.round(lately * 1000 / FRAME_MS)).padStart(5);
      const bar = "#".repeat(Math.min(40, Math.ceil(lately / 5)));
      const state = overloaded.has(name) ? "overloaded" : "idle";
      const health = this.#backends.isSick(index) ? "  <- fails" : "";
      return `${name.padEnd(22)}${rate}/s ${bar.padEnd(41)}${state}${health}`;
    });
    this.#shown = new Map(this.#picks);
    if (Deno.stdout.isTerminal() && this.#lines > 0) {
      console.log(`\x1b[${this.#lines}A\x1b[J${lines.join("\n")}\n`);
    } else {
      console.log(`${lines.join("\n")}\n`);
    }
    this.#lines = lines.length + 2;
  }

  summarize(): void {
    const share = (100 * this.failures / Math.max(1, this.calls)).toFixed(2);
    console.log(`${this.calls} calls, ${this.failures} failed (${share} %)`);
  }
}
