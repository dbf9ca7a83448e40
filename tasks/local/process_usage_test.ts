import { assert, assertEquals } from "@std/assert";
import { cpuNs, parseUdpDrops, residentMb } from "./process_usage.ts";

Deno.test("parseUdpDrops() adds the sockets of the given ports", () => {
  const text =
    `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  318: 0100007F:22B8 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16417 2 0000000000000000 7
  319: 0100007F:22B9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16418 2 0000000000000000 35
  320: 0100007F:22C0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16419 2 0000000000000000 99
`;
  assertEquals(parseUdpDrops(text, [8888, 8889, 8890]), 42);
  assertEquals(parseUdpDrops(text, [1]), 0);
});

Deno.test({
  name: "cpuNs() and residentMb() of this process",
  ignore: Deno.build.os !== "linux",
  fn() {
    const beforeNs = cpuNs(Deno.pid);
    let sum = 0;
    for (let i = 0; i < 3_000_000; i++) sum += Math.sqrt(i);
    assert(sum > 0);
    assert(cpuNs(Deno.pid) > beforeNs);
    assert(residentMb(Deno.pid) > 1);
    assertEquals(residentMb(-1), NaN);
  },
});
