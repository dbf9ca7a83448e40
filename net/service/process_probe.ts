import { BatchUnavailableError, Libc } from "../udp/batch/libc.ts";

/** Number of the system call pidfd_open, the same on all processors. */
const PIDFD_OPEN = 434n;

/** Error numbers: no such process; not a number that a process can have. */
const ESRCH = 3;
const EINVAL = 22;

/** Bytes of a struct pollfd: descriptor, events asked for, events that are. */
const POLLFD_BYTES = 8;
const POLLIN = 1;

/** Looks whether processes live. It loads the C library when it is asked first. */
export class ProcessProbe implements Disposable {
  /** Null: it cannot be had. */
  #libc: Libc | null | undefined;

  /**
   * Whether a process lives: one that has ended and waits for its parent does not.
   * Undefined where that cannot be told: it takes Linux 5.3 and the permission to
   * call the C library.
   */
  lives(pid: number): boolean | undefined {
    const libc = this.#libc ??= openLibc();
    if (libc === null) return undefined;
    const { syscall, poll, close } = libc.calls;
    const descriptor = Number(syscall(PIDFD_OPEN, BigInt(pid), 0n));
    if (descriptor < 0) {
      const errno = libc.errno();
      return errno === ESRCH || errno === EINVAL ? false : undefined;
    }
    const pollfd = new DataView(new ArrayBuffer(POLLFD_BYTES));
    pollfd.setInt32(0, descriptor, true);
    pollfd.setInt16(4, POLLIN, true);
    // The descriptor is readable from when the process has ended.
    const ended = poll(pollfd.buffer, 1n, 0);
    close(descriptor);
    return ended === 0;
  }

  /** Gives the C library back: nothing can be told from then on. */
  [Symbol.dispose](): void {
    this.#libc?.[Symbol.dispose]();
    this.#libc = null;
  }
}

function openLibc(): Libc | null {
  try {
    return Libc.open();
  } catch (error) {
    if (error instanceof BatchUnavailableError) return null;
    throw error;
  }
}
