import type { ExplainOutcome, HostOutcome } from "../mod.ts";

/** Exit codes of the `lars` command. */
export const ExitCode = {
  found: 0,
  overloaded: 1,
  systemError: 2,
  noSuchRoute: 3,
  wrongUsage: 64,
} as const;

/** One of the codes in {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** Ends a command; the message says why, and what to do. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(message: string, options: { exitCode: ExitCode }) {
    super(message);
    this.exitCode = options.exitCode;
  }
}

/** The exit code of an outcome. */
export function exitCodeOf(
  state: HostOutcome["state"] | ExplainOutcome["state"],
): ExitCode {
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

/**
 * Ends the command when it is interrupted.
 *
 * @throws {CommandError} If Ctrl-C was pressed.
 */
export function checkStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CommandError("Stopped before the end", {
    exitCode: ExitCode.systemError,
  });
}
