import { assertEquals } from "@std/assert";
import { addressGroup } from "./address_group.ts";

Deno.test("addressGroup() is an IPv4 address, or the network of an IPv6 address", () => {
  const cases: [hostname: string, group: string][] = [
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
  ];
  for (const [hostname, group] of cases) {
    assertEquals(addressGroup(hostname), group, hostname);
  }
});
