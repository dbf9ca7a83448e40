import { BatchUnavailableError, Libc } from "../udp/batch/libc.ts";

// Parameters of mallopt.
const M_MMAP_THRESHOLD = -3;
const M_ARENA_MAX = -8;

/** Bytes of a block from which it is given back to the system as soon as it is free. */
const OWN_PAGES_BYTES = 64 * 1024;

/** Heaps of all threads together; by itself each thread has one, and holes in it. */
const ARENAS = 2;

/**
 * Keeps the memory small that columns take which grow: of 100,000 routes 16 to
 * 21 MB. The C library would keep each column that was outgrown for the next one,
 * which is larger. To be called before there are threads.
 *
 * @returns Whether it does so: not where the C library cannot be called, or is
 * another than glibc.
 */
export function giveMemoryBack(): boolean {
  try {
    using libc = Libc.open();
    const { mallopt } = libc.calls;
    return mallopt?.(M_MMAP_THRESHOLD, OWN_PAGES_BYTES) === 1 &&
      mallopt(M_ARENA_MAX, ARENAS) === 1;
  } catch (error) {
    if (error instanceof BatchUnavailableError) return false;
    throw error;
  }
}
