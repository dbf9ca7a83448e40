import type { Environment } from "./environment.ts";
import { CommandError, ExitCode } from "./exit_code.ts";

/** Time after which a command says whom it waits for. */
const SAY_MS = 2_000;

/** Time after which a command gives up, unless its user asked for more. */
export const WAIT_MS_MAX = 10_000;

/** Whom a command waits for, and how long. */
export interface WaitOptions {
  /** Such as "the agent at 127.0.0.1:8888". */
  whom: string;
  /** Default: {@linkcode WAIT_MS_MAX}. */
  limitMs?: number;
}

/**
 * The result of `work`, which somebody else has to answer. After 2 s a line on
 * standard error says whom the command waits for; after 10 s it gives up. What
 * `work` does then is not waited for: the process ends.
 *
 * @throws {CommandError} If there is no result in time.
 */
export async function waitFor<Result>(
  environment: Environment,
  { whom, limitMs = WAIT_MS_MAX }: WaitOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock } = environment;
  const done = new AbortController();
  const late = async (): Promise<Result> => {
    await clock.sleep(Math.min(SAY_MS, limitMs), done.signal);
    if (!done.signal.aborted && limitMs > SAY_MS) {
      environment.printError(`waiting for ${whom}`);
      await clock.sleep(limitMs - SAY_MS, done.signal);
    }
    if (done.signal.aborted) return await new Promise(() => {});
    throw new CommandError(
      `Cannot go on as ${whom} has not answered for ${
        Math.round(limitMs / 1_000)
      } s: try again, or see what it is doing`,
      { exitCode: ExitCode.systemError },
    );
  };
  try {
    return await Promise.race([work(), late()]);
  } finally {
    done.abort();
  }
}
