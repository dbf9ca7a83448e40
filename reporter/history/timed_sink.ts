import type { Operations } from "../../net/mod.ts";
import type { HistorySink } from "./history_sink.ts";

/** What is done with the history of a store, by method. */
const NAMES: Readonly<Record<keyof HistorySink, string>> = {
  progress: "progress",
  commit: "commit",
  beat: "beat",
  agents: "agents",
  writeStates: "write_states",
  addEvents: "add_events",
  expire: "expire",
};

/** What is done with the history of a store. */
export const HISTORY_OPERATIONS: readonly string[] = Object.values(NAMES);

/** A sink whose calls are timed and counted. */
export function timedSink(
  sink: HistorySink,
  operations: Operations<string>,
): HistorySink {
  const timed = <Method extends keyof HistorySink>(method: Method) =>
    ((...parameters: unknown[]) =>
      operations.time(NAMES[method], () => {
        const call = sink[method] as (
          ...parameters: unknown[]
        ) => Promise<unknown>;
        return call.apply(sink, parameters);
      })) as HistorySink[Method];
  return {
    progress: timed("progress"),
    commit: timed("commit"),
    beat: timed("beat"),
    agents: timed("agents"),
    writeStates: timed("writeStates"),
    addEvents: timed("addEvents"),
    expire: timed("expire"),
  };
}
