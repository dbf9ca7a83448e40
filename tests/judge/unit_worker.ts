/**
 * A worker that runs units of the judge, one after another: gets a
 * {@linkcode Unit} with a number, answers its results with that number.
 *
 * @module
 */
import { runUnit, type Unit } from "./unit.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<{ index: number; unit: Unit }>) => void;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { index, unit } }) => {
  scope.postMessage({ index, results: runUnit(unit) });
};
