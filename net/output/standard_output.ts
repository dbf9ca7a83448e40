/** Exit code of a command whose output cannot be written: a system error. */
const EXIT_CODE = 2;

/**
 * Writes all of a text to standard output. A reader that has gone, as behind
 * `| head`, ends the process with 0; any other failure with 2, and one line on
 * standard error that says why.
 */
export function writeOutput(text: string): void {
  try {
    writeSync(Deno.stdout, text);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    printError(`error: ${outputFailure(error)}`);
    Deno.exit(EXIT_CODE);
  }
}

/** Writes a line to standard output, as {@linkcode writeOutput}. */
export function print(line: string): void {
  writeOutput(`${line}\n`);
}

/** Writes a line to standard error; one that cannot be written is lost. */
export function printError(line: string): void {
  try {
    writeSync(Deno.stderr, `${line}\n`);
  } catch {
    // There is no other place to say so.
  }
}

/** The sentence that says why standard output cannot be written. */
export function outputFailure(error: unknown): string {
  const reason = error instanceof Error ? error.message : error;
  return `Cannot write to standard output: ${reason}`;
}

function writeSync(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
