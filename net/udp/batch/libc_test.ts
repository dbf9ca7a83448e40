import { assertEquals, assertThrows } from "@std/assert";
import {
  BatchUnavailableError,
  Libc,
  LIBC_FILES,
  type LibcOptions,
} from "./libc.ts";
import { batchUnavailableReason } from "./probe.ts";

Deno.test("Libc.open() says why batches cannot work, and what to do", () => {
  const table: [LibcOptions, string][] = [
    [
      { os: "darwin" },
      "Cannot use batches of datagrams as they need Linux on x86_64 or aarch64, use transport = datagram: current system is darwin on x86_64",
    ],
    [
      { architecture: "riscv64" },
      "Cannot use batches of datagrams as they need Linux on x86_64 or aarch64, use transport = datagram: current system is linux on riscv64",
    ],
    [
      { paths: ["/nowhere/libc.so.6"] },
      "Cannot use batches of datagrams as no C library was found, use transport = datagram: ",
    ],
  ];
  for (const [options, message] of table) {
    const complete = { os: "linux", architecture: "x86_64", ...options };
    assertThrows(() => Libc.open(complete), BatchUnavailableError, message);
    assertEquals(batchUnavailableReason(complete)?.startsWith(message), true);
  }
  assertEquals(batchUnavailableReason(), undefined);
});

Deno.test({
  name: "Libc.open() is content with the permission for one library",
  permissions: { ffi: [...LIBC_FILES], net: true },
  fn: () => {
    assertEquals(batchUnavailableReason(), undefined);
  },
});

Deno.test({
  name: "Libc.open() says which permission is missing",
  permissions: { ffi: false },
  fn: () => {
    assertThrows(
      () => Libc.open(),
      BatchUnavailableError,
      `as FFI is not permitted: run with --allow-ffi=${
        LIBC_FILES[0]
      } or use transport = datagram`,
    );
  },
});

Deno.test("Libc tells a buffer's address, and why a call failed", () => {
  using libc = Libc.open();
  const buffer = new ArrayBuffer(4_096);
  const address = libc.pointerTo(buffer);
  assertEquals([Number.isSafeInteger(address), address > 0], [true, true]);
  assertEquals(libc.pointerTo(buffer), address);
  assertEquals(libc.calls.close(-1), -1);
  assertEquals(libc.errno(), 9);
});
