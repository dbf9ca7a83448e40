import { FakeEnvironment } from "./fake_environment.ts";
import { runLars } from "../program.ts";

/**
 * For tests: runs `body` with a command line on a store in a folder of its own,
 * which outputs name "STORE". It is made first, unless `create` is false.
 */
export async function onStore(
  body: (
    lars: (...parameters: string[]) => Promise<Ran>,
    folder: string,
  ) => Promise<void>,
  { create = true } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const run = async (...parameters: string[]) => {
    const environment = new FakeEnvironment();
    const data = ["--data", `${folder}/data`];
    const code = await finishOnDisk(
      environment,
      runLars([...parameters, ...data], environment),
    );
    const { errors } = environment;
    const path = `${folder}/data/lars.db`;
    return {
      code,
      output: environment.output.replaceAll(path, "STORE"),
      errors,
    };
  };
  try {
    if (create) await run("store", "create");
    await body(run, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * As {@linkcode FakeEnvironment.finish}, for a command that waits for real files:
 * it would give up if virtual time passed much faster than they are read.
 */
export async function finishOnDisk<Value>(
  { clock }: FakeEnvironment,
  promise: Promise<Value>,
): Promise<Value> {
  let settled = false;
  const done = () => settled = true;
  promise.then(done, done);
  while (!settled) {
    await clock.advance(5);
    await new Promise((turn) => setTimeout(turn, 0));
  }
  return promise;
}

/** What a command left behind. */
export interface Ran {
  code: number;
  output: string;
  errors: string;
}
