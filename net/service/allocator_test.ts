import { assertEquals } from "@std/assert";
import { LIBC_FILES } from "../udp/batch/libc.ts";
import { giveMemoryBack } from "./allocator.ts";

/** Of glibc, which has the function; musl has not. */
const GLIBC_FILES = LIBC_FILES.filter((path) => path.endsWith("libc.so.6"));

Deno.test({
  name: "giveMemoryBack() is taken by the C library",
  permissions: { ffi: GLIBC_FILES },
  fn: () => assertEquals(giveMemoryBack(), true),
});

Deno.test({
  name:
    "giveMemoryBack() does without the C library where it may not be called",
  permissions: { ffi: false },
  fn: () => assertEquals(giveMemoryBack(), false),
});
