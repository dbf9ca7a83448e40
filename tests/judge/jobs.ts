import type { RunResult, Unit } from "./unit.ts";
import { runUnit } from "./unit.ts";

/** A worker's answer. */
interface Answer {
  index: number;
  results: RunResult[];
}

/**
 * Runs units on `jobs` threads, and calls `done` for each as it ends. A unit's
 * results are the same whichever thread ran it.
 */
export async function runUnits(
  units: readonly Unit[],
  options: {
    jobs: number;
    done: (index: number, results: RunResult[]) => void;
  },
): Promise<void> {
  if (options.jobs === 1) {
    units.forEach((unit, index) => options.done(index, runUnit(unit)));
    return;
  }
  let next = 0;
  const count = Math.min(options.jobs, units.length);
  await Promise.all(Array.from({ length: count }, async () => {
    const worker = new Worker(new URL("./unit_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      while (next < units.length) {
        const index = next++;
        const answer = await ask(worker, { index, unit: units[index]! });
        options.done(answer.index, answer.results);
      }
    } finally {
      worker.terminate();
    }
  }));
}

function ask(
  worker: Worker,
  message: { index: number; unit: Unit },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(
        new Error(
          `Cannot run scenario "${message.unit.scenario}" with seed ${message.unit.seed}: ${event.message}`,
        ),
      );
    };
    worker.postMessage(message);
  });
}
