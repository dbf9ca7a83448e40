import { ROOT } from "../../../tasks/local/services.ts";
import type { Choices } from "../../support/choices.ts";
import { nowMs, sleep } from "../../support/wait.ts";
import type { HostValue } from "../oracle/host_history.ts";
import type { HostEdit, Oracle } from "../oracle/oracle.ts";
import type { ChaosRoute } from "../system/routes.ts";
import type { EditGate } from "./edit_gate.ts";

/** Pause between two edits, at most. */
const PAUSE_MS_MAX = 800;

/** A command gives up by itself after 10 s; with its start and a busy machine: */
const COMMAND_MS_MAX = 30_000;

/** Share of commands that are killed while they run, and when. */
const KILLED = 0.05;
const KILLED_AFTER_MS_MAX = 1_200;

/** Share of edits that take a host's calls away, of those that take something away. */
const DRAINS = 0.3;

/** Codes of `lars`: done, and what it could not do. */
const DONE = 0;
const FAILED = 2;

/** Commands by what a host is after them. */
const COMMANDS: Readonly<Record<HostValue, readonly string[]>> = {
  open: ["add"],
  drained: ["set"],
  absent: ["remove"],
};

export interface EditorOptions {
  routes: readonly ChaosRoute[];
  /** Options of `lars` that name the store. */
  store: readonly string[];
  oracle: Oracle;
  choices: Choices;
  gate: EditGate;
  signal: AbortSignal;
}

/** Edits of a run, by how they ended. */
export interface EditCounts {
  acknowledged: number;
  refused: number;
  killed: number;
}

/** A person who edits routes with `lars route …`, one after the other. */
export class Editor {
  readonly counts: EditCounts = { acknowledged: 0, refused: 0, killed: 0 };
  readonly #options: EditorOptions;

  constructor(options: EditorOptions) {
    this.#options = options;
  }

  /** Edits until it is told to stop; a command that runs is waited for. */
  async run(): Promise<void> {
    const { signal, choices, gate } = this.#options;
    while (!signal.aborted) {
      await gate.run(() => this.#edit());
      await sleep(choices.between(0, PAUSE_MS_MAX));
    }
  }

  async #edit(): Promise<void> {
    const { oracle } = this.#options;
    const edit = this.#drawEdit();
    if (edit === undefined) return;
    oracle.begin(edit, nowMs());
    const { modId, cmdId, address, value } = edit;
    const args = ["route", ...COMMANDS[value], `${modId}`, `${cmdId}`, address];
    if (value !== "absent") {
      args.push("--weight", value === "drained" ? "0" : "100");
    }
    const { code, killed, text } = await this.#run(args);
    if (code === DONE) {
      oracle.acknowledge(edit, nowMs());
      this.counts.acknowledged += 1;
    } else if (killed) {
      this.counts.killed += 1;
    } else {
      this.counts.refused += 1;
      const isSaid = code === FAILED && text !== "" && !/^\s+at /m.test(text);
      if (!isSaid) {
        oracle.fail(
          "command",
          `lars ${args.join(" ")} ended with code ${code}: ${text}`,
        );
      }
    }
  }

  /** The next edit; one that was not acknowledged is tried again sooner or later. */
  #drawEdit(): HostEdit | undefined {
    const { routes, choices, oracle } = this.#options;
    const route = choices.pick(routes);
    const { modId, cmdId, pool, mayBeEmpty } = route;
    const hosts = oracle.expected({ modId, cmdId });
    const address = choices.pick(pool);
    const is = hosts.get(address);
    const open = pool.filter((each) => hosts.get(each) === "open");
    const isLast = open.length === 1 && is === "open";
    // One host stays for certain, so that the route can be asked for at any time.
    if (!mayBeEmpty && (isLast || address === pool[0])) return undefined;
    if (is !== "open") return { modId, cmdId, address, value: "open" };
    const value = choices.chance(DRAINS) ? "drained" : "absent";
    return { modId, cmdId, address, value };
  }

  async #run(
    args: readonly string[],
  ): Promise<{ code: number; killed: boolean; text: string }> {
    const { store, choices, oracle } = this.#options;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-net", "--allow-read"],
        ...["--allow-write", `${ROOT}api/cli/main.ts`, ...args, ...store],
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let killed = choices.chance(KILLED);
    const timer = setTimeout(() => {
      if (!killed) {
        oracle.fail("command", `lars ${args.join(" ")} does not end`);
      }
      killed = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended just now.
      }
    }, killed ? choices.between(0, KILLED_AFTER_MS_MAX) : COMMAND_MS_MAX);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const text = [stdout, stderr]
      .map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
    return { code, killed, text };
  }
}
