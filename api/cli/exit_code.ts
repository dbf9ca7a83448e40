import type { HostOutcome } from "../mod.ts";

/** What the `lars` command ends with. */
export const ExitCode = {
  found: 0,
  overloaded: 1,
  systemError: 2,
  noSuchRoute: 3,
  wrongUsage: 64,
} as const;

/** One of the codes in {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** The command cannot go on; the message tells the person why, and what to do. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, options: { exitCode: ExitCode }) {
    super(message);
    this.exitCode = options.exitCode;
  }
}

/** The exit code that tells what became of a request. */
export function exitCodeOf(state: HostOutcome["state"]): ExitCode {
  switch (state) {
    case "found":
      return ExitCode.found;
    case "overloaded":
      return ExitCode.overloaded;
    case "no_route":
      return ExitCode.noSuchRoute;
    default:
      return ExitCode.systemError;
  }
}

/** @throws {CommandError} If the person pressed Ctrl-C. */
export function checkStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CommandError("Stopped before the end", {
    exitCode: ExitCode.systemError,
  });
}
