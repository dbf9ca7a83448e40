import { LarsClient } from "../../api/mod.ts";
import { Choices } from "../support/choices.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { nowMs, sleep } from "../support/wait.ts";
import { faultKinds } from "./faults/mod.ts";
import { FaultRunner } from "./faults/runner.ts";
import { Oracle } from "./oracle/oracle.ts";
import { planRound } from "./schedule.ts";
import { memoryOf } from "./system/memory.ts";
import { newestLines, printFailure, printSummary } from "./report.ts";
import { settle } from "./settle.ts";
import { EDITORS } from "./system/routes.ts";
import { System } from "./system/system.ts";
import { runCaller, runRawCaller } from "./work/callers.ts";
import { Editor } from "./work/editor.ts";

/** Faults begin for this long; then they end, and everything must agree. */
const ROUND_MS = 20_000;

/** A shorter round is not worth it. */
const ROUND_MS_MIN = 8_000;

/** Time that is kept for the end of a round, and of the run. */
const SETTLE_MS = 12_000;

const PROGRESS_MS = 10_000;

/** Memory that a service may hold: several times what it needs here. */
const MEMORY_MB_MAX = 350;
const MEASURE_MS = 1_000;

/** Pause between two looks whether this process gets its time. */
const TICK_MS = 100;

/** Time for agents to learn all routes at the beginning. */
const WARM_MS_MAX = 60_000;

export interface RunOptions {
  minutes: number;
  seed: number;
  /** On a private MariaDB instead of an embedded store. */
  mysql: boolean;
  print: (line: string) => void;
  /** Ends the run after its round. */
  signal: AbortSignal;
}

/** Runs chaos; returns whether nothing was wrong. */
export async function runChaos(options: RunOptions): Promise<boolean> {
  const oracle = new Oracle();
  const system = await System.start({
    mysql: options.mysql,
    oracle,
    say: options.print,
  });
  await using run = new ChaosRun(system, { ...options, oracle });
  if (await run.warm()) await run.rounds();
  run.summarize();
  return oracle.wrongCount === 0;
}

class ChaosRun implements AsyncDisposable {
  readonly #system: System;
  readonly #options: RunOptions & { oracle: Oracle };
  readonly #faults: FaultRunner;
  readonly #clients: LarsClient[];
  readonly #editors: Editor[] = [];
  readonly #stop = new AbortController();
  readonly #work: Promise<unknown>[] = [];
  readonly #startMs = nowMs();
  readonly #settledMs: number[] = [];
  /** What was said when the first of each kind was wrong. */
  readonly #moments: string[] = [];
  readonly #choices: Choices;
  #round = 0;

  constructor(system: System, options: RunOptions & { oracle: Oracle }) {
    this.#system = system;
    this.#options = options;
    this.#choices = new Choices(options.seed);
    this.#faults = new FaultRunner(options.oracle);
    options.oracle.onFirst = (kind) => {
      const active = [...this.#faults.active].join(", ");
      this.#moments.push(
        `\nFirst ${kind}, at ${nowMs().toFixed(0)} ms, during: ${active}`,
        ...newestLines(system.services.map(({ member }) => member), 8),
      );
    };
    this.#clients = system.agents.map(({ port }) =>
      LarsClient.open({
        agent: { hostname: "127.0.0.1", port },
        timeoutMs: 1_000,
        standInMs: 0,
      })
    );
  }

  /** Has every agent learn all routes, and keep them on disk; false if one does not. */
  async warm(): Promise<boolean> {
    const { routes, agents } = this.#system;
    const { oracle } = this.#options;
    const endMs = nowMs() + WARM_MS_MAX;
    const left = (agent: number) =>
      routes.filter((route) => !oracle.knows(agent, route));
    for (const [agent, { folder, member }] of agents.entries()) {
      for (let all = left(agent); all.length > 0; all = left(agent)) {
        if (nowMs() > endMs) {
          oracle.fail(
            "start",
            `${member.name} learns ${all.length} routes not`,
          );
          return false;
        }
        await Promise.all(all.map((route) => this.#ask(agent, route)));
        await sleep(50);
      }
      const path = `${folder}/data/agent-routes.json`;
      const saved = async () =>
        (await Deno.readTextFile(path).catch(() => "")).split("\n").length;
      while (await saved() < routes.length) await sleep(100);
    }
    return true;
  }

  async #ask(agent: number, { modId, cmdId }: RouteKey): Promise<void> {
    const askedMs = nowMs();
    const outcome = await this.#clients[agent]!.getRoute(modId, cmdId);
    if (outcome.state !== "found") return;
    this.#options.oracle.judge({
      ...{ modId, cmdId, agent, askedMs, answeredMs: nowMs() },
      outcome: { state: "listed", hosts: outcome.hosts },
    });
  }

  /** Rounds of faults, each followed by a time without, until the time is over. */
  async rounds(): Promise<void> {
    const { minutes, seed, print, signal } = this.#options;
    const endMs = this.#startMs + minutes * 60_000;
    const kinds = faultKinds(this.#system);
    this.#startWork();
    print(`seed ${seed}: ${kinds.length} kinds of faults`);
    for (;;) {
      const lengthMs = Math.min(ROUND_MS, endMs - nowMs() - SETTLE_MS);
      if (lengthMs < ROUND_MS_MIN || signal.aborted) break;
      this.#round += 1;
      const editing = this.#startEditors();
      await this.#faults.run(
        planRound(kinds, { seed, round: this.#round, lengthMs }),
      );
      await editing();
      const { store, routes } = this.#system;
      const { oracle } = this.#options;
      const clients = this.#clients;
      const tookMs = await settle({ oracle, store, routes, clients });
      if (tookMs === undefined) break;
      this.#settledMs.push(tookMs);
    }
  }

  /** Prints what came of it. */
  summarize(): void {
    const { oracle, print } = this.#options;
    const { services } = this.#system;
    print(this.#progress());
    printSummary({
      ...this.#options,
      members: services.map(({ member }) => member),
      settledMs: this.#settledMs,
    });
    if (oracle.wrongCount > 0) {
      printFailure({
        ...this.#options,
        members: services.map(({ member }) => member),
        history: [...this.#faults.history, ...this.#moments],
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#work);
    await Promise.all(
      this.#clients.map((client) => client[Symbol.asyncDispose]()),
    );
    await this.#system[Symbol.asyncDispose]();
  }

  #startWork(): void {
    const { oracle, print } = this.#options;
    const { signal } = this.#stop;
    const { agents, routes } = this.#system;
    const keys = routes.map(({ modId, cmdId }) => ({ modId, cmdId }));
    // Routes that change are asked for as often as all the others.
    const often = keys.filter((_, index) =>
      routes[index]!.editor !== undefined
    );
    for (const [agent, { port }] of agents.entries()) {
      const options = { agent, port, oracle, signal };
      this.#work.push(
        runCaller({
          ...options,
          keys: [...keys, ...often, ...often, ...often],
          choices: this.#choices.fork(),
        }),
        runRawCaller({
          ...options,
          keys: often,
          choices: this.#choices.fork(),
        }),
      );
    }
    this.#work.push(
      every(TICK_MS, { signal, work: () => oracle.tick(nowMs()) }),
      every(MEASURE_MS, { signal, work: () => this.#measure() }),
      every(PROGRESS_MS, { signal, work: () => print(this.#progress()) }),
    );
  }

  /** Starts the editors of a round; returns what ends them. */
  #startEditors(): () => Promise<void> {
    const { routes, data, conf, edits } = this.#system;
    const stop = new AbortController();
    const editors = Array.from({ length: EDITORS }, (_, index) =>
      new Editor({
        routes: routes.filter(({ editor }) => editor === index),
        store: ["--conf", conf, "--data", data],
        oracle: this.#options.oracle,
        choices: this.#choices.fork(),
        gate: edits,
        signal: stop.signal,
      }));
    this.#editors.push(...editors);
    const running = editors.map((editor) => editor.run());
    return async () => {
      stop.abort();
      await Promise.all(running);
    };
  }

  async #measure(): Promise<void> {
    const { services } = this.#system;
    const pids = services.map(({ member }) => member.pid)
      .filter((pid) => pid !== undefined);
    const memory = await memoryOf(pids);
    for (const { member } of services) {
      const mb = memory.get(member.pid ?? 0) ?? 0;
      const before = member.peakMb;
      member.peakMb = Math.max(before, mb);
      if (mb <= MEMORY_MB_MAX || before > MEMORY_MB_MAX) continue;
      this.#options.oracle.fail(
        "memory",
        `${member.name} holds ${mb.toFixed(0)} MB: at most ${MEMORY_MB_MAX}`,
      );
    }
  }

  #progress(): string {
    const { oracle } = this.#options;
    const calls = [...oracle.counts.values()].reduce(
      (sum, each) => sum + each,
      0,
    );
    const sum = (of: (editor: Editor) => number) =>
      this.#editors.reduce((total, editor) => total + of(editor), 0);
    const seconds = (nowMs() - this.#startMs) / 1_000;
    return `[${
      seconds.toFixed(0).padStart(4)
    } s] round ${this.#round}: ${this.#faults.count} faults (${this.#faults.active.size} now), ${calls} calls, ${
      sum(({ counts }) => counts.acknowledged)
    } edits acknowledged, ${sum(({ counts }) => counts.refused)} refused, ${
      sum(({ counts }) => counts.killed)
    } killed, ${oracle.wrongCount} wrong`;
  }
}

async function every(
  ms: number,
  { signal, work }: { signal: AbortSignal; work: () => unknown },
): Promise<void> {
  for (let nextMs = nowMs() + ms; !signal.aborted;) {
    await sleep(Math.min(ms, 100));
    if (nowMs() < nextMs) continue;
    nextMs += ms;
    await work();
  }
}
