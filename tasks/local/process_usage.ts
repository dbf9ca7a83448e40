/**
 * What a process costs, as Linux counts it.
 *
 * @module
 */

/**
 * CPU time of all threads that a process has now, in nanoseconds: exact, where
 * /proc/PID/stat counts in ticks of 10 ms. Threads that ended are left out.
 *
 * @throws {Deno.errors.NotFound} If there is no such process.
 */
export function cpuNs(pid: number): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    try {
      const path = `/proc/${pid}/task/${name}/schedstat`;
      sum += Number(Deno.readTextFileSync(path).split(" ")[0]);
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return sum;
}

/** Memory that a process holds, in MB; NaN when it is gone. */
export function residentMb(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

/** Datagrams for these local UDP ports that the kernel dropped as no buffer was left. */
export function kernelDrops(ports: readonly number[]): number {
  return parseUdpDrops(Deno.readTextFileSync("/proc/net/udp"), ports);
}

/** The sum of the last column of /proc/net/udp over the sockets of these ports. */
export function parseUdpDrops(text: string, ports: readonly number[]): number {
  let drops = 0;
  for (const line of text.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const port = parseInt(columns[1]?.split(":")[1] ?? "", 16);
    if (ports.includes(port)) drops += Number(columns.at(-1));
  }
  return drops;
}
