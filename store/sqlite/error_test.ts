import { assertEquals } from "@std/assert";
import { toStoreError } from "./error.ts";

Deno.test("toStoreError() tells a disk that is full from one that failed", () => {
  for (
    const [errcode, reason] of [
      [10, "the disk failed: see the system's log: disk I/O error"],
      [10 | 3 << 8, "the disk failed: see the system's log: disk I/O error"],
      [
        10 | 19 << 8,
        "the disk is full: make room: disk I/O error",
      ],
    ] as const
  ) {
    const cause = Object.assign(new Error("disk I/O error"), { errcode });
    const error = toStoreError(cause, { action: "try", path: "/x" });
    assertEquals([error.message, error.retry], [
      `Cannot try "/x" as ${reason}`,
      true,
    ]);
  }
});
