import { LIBC_FILES } from "../../net/mod.ts";

// Numbers of Linux, the same on x86_64 and aarch64.
const SYS_PIDFD_OPEN = 434n;
const POLLIN = 1;
/** Bytes of struct pollfd: descriptor, wanted events, events. */
const POLLFD_BYTES = 8;

const SYMBOLS = {
  syscall: { parameters: ["i64", "i64", "i64"], result: "i64" },
  poll: {
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Resolves when one of the processes that only launched this one has ended:
 * `deno task`, and npx with its shell. Killed with SIGKILL they cannot pass that
 * on. Never resolves where there is none, and on systems other than Linux.
 */
export async function launcherEnded(): Promise<void> {
  const pids = launchers(Deno.ppid, readProcess);
  const path = LIBC_FILES.find(isFile);
  if (pids.length === 0 || path === undefined) {
    return await new Promise(() => {});
  }
  const { symbols } = Deno.dlopen(path, SYMBOLS);
  const table = new DataView(new ArrayBuffer(pids.length * POLLFD_BYTES));
  for (const [index, pid] of pids.entries()) {
    const descriptor = symbols.syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n);
    // It has ended since, or the kernel is older than 5.3.
    if (descriptor < 0n) continue;
    table.setInt32(index * POLLFD_BYTES, Number(descriptor), true);
    table.setInt16(index * POLLFD_BYTES + 4, POLLIN, true);
  }
  const bytes = new Uint8Array(table.buffer);
  // Less than 0: interrupted by a signal.
  while (await symbols.poll(bytes, BigInt(pids.length), -1) < 0);
}

/** A process as /proc tells of it. */
export interface ProcessInfo {
  parent: number;
  /** Its command line; npm puts all of its own into the first word. */
  command: readonly string[];
}

/** The processes from `pid` upwards that launched the next one and do nothing else. */
export function launchers(
  pid: number,
  read: (pid: number) => ProcessInfo | undefined,
): number[] {
  const found: number[] = [];
  for (let at = pid;;) {
    const info = read(at);
    if (info === undefined || !isLauncher(info.command)) return found;
    found.push(at);
    at = info.parent;
  }
}

function isLauncher([program = "", ...rest]: readonly string[]): boolean {
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (name === "deno") return rest[0] === "task";
  if (name === "sh") {
    return rest[0] === "-c" && /\bdeno\b.* task /.test(rest[1]!);
  }
  return /^(npm exec|npx) .*deno/.test(program);
}

function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const command = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // Behind the command in brackets: state, then the parent.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), command };
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
