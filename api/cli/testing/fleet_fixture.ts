import { VirtualClock } from "../../../net/testing/mod.ts";
import { type HistoryStore, openHistoryStore } from "../../../store/mod.ts";
import { FakeFleet } from "../../../store/testing/mod.ts";
import { runLars } from "../program.ts";
import { FakeEnvironment } from "./fake_environment.ts";
import { finishOnDisk, onStore, type Ran } from "./store_fixture.ts";

/** What tests of commands on what agents told have besides the command line. */
export interface FleetContext {
  /** Folder of the store. */
  folder: string;
  /** The tables of history, which go on. */
  history: HistoryStore;
  /** Runs a command line in an environment of the test's own. */
  runIn(
    environment: FakeEnvironment,
    ...parameters: string[]
  ): Promise<Ran>;
}

/**
 * For tests: as {@linkcode onStore}, with route (1, 7), and with agents that have
 * reported to the store; `tell` makes them. Times of day are hidden in outputs.
 */
export async function onFleet(
  tell: (fleet: FakeFleet, history: HistoryStore) => Promise<void>,
  body: (
    lars: (...parameters: string[]) => Promise<Ran>,
    context: FleetContext,
  ) => Promise<void>,
): Promise<void> {
  await onStore(async (lars, parent) => {
    await lars("route", "add", "1", "7", "10.0.0.1:80", "10.0.0.2:80");
    const folder = `${parent}/data`;
    await using history = await openHistoryStore({ kind: "sqlite" }, {
      dataDir: folder,
      clock: new VirtualClock(),
    });
    await tell(new FakeFleet(history), history);
    const runIn: FleetContext["runIn"] = async (environment, ...parameters) => {
      const running = runLars([...parameters, "--data", folder], environment);
      const code = await finishOnDisk(environment, running);
      const { output, errors } = environment;
      return { code, output: hideTimes(output), errors };
    };
    await body(
      (...parameters) => runIn(new FakeEnvironment(), ...parameters),
      { folder, history, runIn },
    );
  });
}

/** The text with "HH:MM" for times of day, which are those of this machine. */
export function hideTimes(text: string): string {
  return text.replaceAll(/\b\d\d:\d\d(:\d\d)?\b/g, "HH:MM");
}
