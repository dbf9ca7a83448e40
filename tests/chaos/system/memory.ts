/**
 * Memory that processes hold, in MB by their ids; empty where the system has no
 * `ps`. Those that have ended are left out.
 */
export async function memoryOf(
  pids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (pids.length === 0) return new Map();
  const args = ["-o", "pid=,rss=", "-p", pids.join(",")];
  try {
    const { stdout } = await new Deno.Command("ps", { args }).output();
    return parseMemory(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}

/** Lines of a process id and its kilobytes. */
export function parseMemory(text: string): ReadonlyMap<number, number> {
  const lines = text.trim().split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => {
    const [pid, kilobytes] = line.trim().split(/\s+/).map(Number);
    return [pid!, kilobytes! / 1_024];
  }));
}
