/** Paths of the C library on Linux, most common first. Deno permits FFI by path. */
export const LIBC_FILES: readonly string[] = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
  "/lib/ld-musl-x86_64.so.1",
  "/lib/ld-musl-aarch64.so.1",
];

/** Found by the dynamic linker anywhere, but needs FFI permitted for every library. */
const LIBC_NAME = "libc.so.6";

/** Processors whose structure layout `message_table.ts` knows. */
const ARCHITECTURES: readonly string[] = ["x86_64", "aarch64"];

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  recvmmsg: {
    parameters: ["i32", "buffer", "u32", "i32", "pointer"],
    result: "i32",
  },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  recvfrom: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"],
    result: "i32",
  },
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "i32",
  },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // Of more arguments than these the system calls used here have no need.
  syscall: { parameters: ["i64", "i64", "i64"], result: "i64" },
  // Of glibc only.
  mallopt: { parameters: ["i32", "i32"], result: "i32", optional: true },
  __errno_location: { parameters: [], result: "pointer" },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  // Returns its first argument, which gives a buffer's pointer with FFI
  // permitted for one library; Deno.UnsafePointer needs it for all.
  memset: { parameters: ["buffer", "i32", "usize"], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The batch transport is unavailable; the message says why and what to do. */
export class BatchUnavailableError extends Error {
  /** Name of the class. */
  override name = "BatchUnavailableError";
}

/** The machine as the batch transport sees it; tests override it. */
export interface LibcOptions {
  /** Default: this system. */
  os?: string;
  /** Default: this processor. */
  architecture?: string;
  /** Paths to try. Default: {@linkcode LIBC_FILES}, then by name. */
  paths?: readonly string[];
}

/** Calls of the C library for datagrams in batches, and to look at processes. Disposing closes it. */
export class Libc implements Disposable {
  /** The calls. A failed one returns −1, and {@linkcode errno} says why. */
  readonly calls: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #errno = new Int32Array(new ArrayBuffer(4));

  private constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#library = library;
    this.calls = library.symbols;
  }

  /**
   * Loads the C library.
   *
   * @throws {BatchUnavailableError} If this is not Linux on x86_64 or aarch64,
   * if FFI is not permitted, or if there is no C library where it should be.
   */
  static open(options: LibcOptions = {}): Libc {
    const {
      os = Deno.build.os,
      architecture = Deno.build.arch,
      paths = [...LIBC_FILES, LIBC_NAME],
    } = options;
    if (os !== "linux" || !ARCHITECTURES.includes(architecture)) {
      throw new BatchUnavailableError(
        `Cannot use batches of datagrams as they need Linux on ${
          ARCHITECTURES.join(" or ")
        }, use transport = datagram: current system is ${os} on ${architecture}`,
      );
    }
    const failures: string[] = [];
    let isPermitted = false;
    for (const path of paths) {
      // On a terminal Deno would ask, in the middle of a start: that is no permission.
      const { state } = Deno.permissions.querySync({ name: "ffi", path });
      if (state !== "granted") continue;
      try {
        return new Libc(Deno.dlopen(path, SYMBOLS));
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) continue;
        isPermitted = true;
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new BatchUnavailableError(
      isPermitted
        ? `Cannot use batches of datagrams as no C library was found, use transport = datagram: ${
          failures.join("; ")
        }`
        : `Cannot use batches of datagrams as FFI is not permitted: run with --allow-ffi=${
          paths[0]
        } or use transport = datagram`,
    );
  }

  /** Error number of the last failed call; read it before the next call. */
  errno(): number {
    this.calls.memcpy(this.#errno, this.calls.__errno_location(), 4n);
    return this.#errno[0]!;
  }

  /** Pointer to a buffer's first byte, valid while the buffer is referenced. */
  pointerTo(buffer: ArrayBuffer): number {
    return Number(this.calls.memset(buffer, 0, 0n));
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}
