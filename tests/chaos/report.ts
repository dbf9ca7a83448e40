import type { Oracle } from "./oracle/oracle.ts";
import type { Member } from "./system/member.ts";

/** Lines of each service that a failure shows. */
const LINES_SHOWN = 25;

interface ReportOptions {
  oracle: Oracle;
  members: readonly Member[];
  print: (line: string) => void;
}

/** Prints what came of a run. */
export function printSummary(
  { oracle, members, settledMs, print }: ReportOptions & {
    /** Of each round, the time until all agreed. */
    settledMs: readonly number[];
  },
): void {
  for (const { name, peakMb } of members) {
    print(`${name}: at most ${peakMb.toFixed(0)} MB`);
  }
  const states = [...oracle.counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([state, count]) => `${count} ${state}`);
  print(`answers: ${states.join(", ")}`);
  const slowestMs = Math.round(Math.max(0, ...settledMs));
  print(
    `${settledMs.length} rounds, all agreed within ${slowestMs} ms after the last fault`,
  );
  if (oracle.stalledMs > 0) {
    const seconds = (oracle.stalledMs / 1_000).toFixed(1);
    print(
      `the machine stood still for ${seconds} s: no one is blamed for that`,
    );
  }
  if (oracle.wrongCount === 0) print("nothing was wrong");
}

/** The newest lines of each process. */
export function newestLines(
  members: readonly Member[],
  count: number,
): string[] {
  return members.flatMap(({ name, lines }) => [
    `\nNewest lines of ${name}:`,
    ...lines.slice(-count),
  ]);
}

/** Prints what helps to find the cause, and how to see it again. */
export function printFailure(
  { oracle, members, print, ...options }: ReportOptions & {
    history: readonly string[];
    seed: number;
    minutes: number;
    mysql: boolean;
  },
): void {
  const { history, seed, minutes, mysql } = options;
  print("\nHistory of faults:");
  for (const line of history) print(line);
  print("\nThe end:");
  for (const line of newestLines(members, LINES_SHOWN)) print(line);
  for (const [kind, { count, texts }] of oracle.wrong) {
    print(`\n${kind}, ${count} times, such as:`);
    for (const text of texts) print(`  ${text}`);
  }
  const command = `deno task chaos --minutes ${minutes} --seed ${seed}${
    mysql ? " --mysql" : ""
  }`;
  print(`\nSeed ${seed}: replay its faults with "${command}"`);
}
