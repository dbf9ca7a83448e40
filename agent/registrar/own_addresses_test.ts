import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatIp, parseIp } from "../../proto/mod.ts";
import { type MachineAddresses, OwnAddresses } from "./own_addresses.ts";

/** What is found for an ip, in words. */
function find(
  addresses: OwnAddresses,
  ip = "0.0.0.0",
  current?: string,
): string {
  const found = addresses.find(parseIp(ip), {
    nowMs: 0,
    current: current === undefined ? undefined : parseIp(current),
  });
  if (found.state === "found") return formatIp(found.ip);
  return found.state === "refused" ? `refused: ${found.reason}` : found.state;
}

function machine(...ips: string[]): () => MachineAddresses {
  return () => ({ ips: ips.map(parseIp) });
}

Deno.test("OwnAddresses.find() gives the machine's only address that others reach", () => {
  const addresses = new OwnAddresses(
    machine("127.0.0.1", "169.254.1.1", "10.0.0.9"),
  );
  assertEquals(find(addresses), "10.0.0.9");
  assertEquals(find(addresses, "10.0.0.9"), "10.0.0.9");
});

Deno.test("OwnAddresses.find() takes of several addresses the one towards dns, and keeps it", () => {
  const addresses = new OwnAddresses(
    machine("127.0.0.1", "172.17.0.1", "10.0.0.9"),
  );
  assertEquals(find(addresses), "unknown");
  addresses.onDns({ hostname: "10.0.0.9", port: 40_000 });
  assertEquals(find(addresses), "10.0.0.9");
  addresses.onDns(undefined);
  assertEquals(find(addresses), "10.0.0.9");
  // A dns on this machine tells nothing.
  addresses.onDns({ hostname: "127.0.0.1", port: 40_000 });
  assertEquals(find(addresses), "172.17.0.1");
  assertEquals(find(addresses, "0.0.0.0", "10.0.0.9"), "10.0.0.9");
  assertEquals(find(addresses, "0.0.0.0", "10.0.0.8"), "172.17.0.1");
});

Deno.test("OwnAddresses.find() refuses what others do not reach, unless it is advertised", () => {
  const addresses = new OwnAddresses(machine("127.0.0.1"));
  for (const ip of ["127.0.0.1", "169.254.9.9", "224.0.0.1", "0.1.2.3"]) {
    assertStringIncludes(
      find(addresses, ip),
      `set [register] advertise = ${ip}`,
    );
  }
  assertStringIncludes(find(addresses), "no address that others reach");
  addresses.advertised = ["127.0.0.1", "192.0.2.1"]
    .map((text) => ({ ip: parseIp(text), bits: 32 }));
  assertEquals(find(addresses), "127.0.0.1");
  assertEquals(find(addresses, "192.0.2.1"), "192.0.2.1");
  assertEquals(find(addresses, "0.0.0.0", "192.0.2.1"), "192.0.2.1");
  assertStringIncludes(
    find(addresses, "10.0.0.9"),
    "no address of this machine",
  );
});

Deno.test("OwnAddresses.find() takes every address of a network that is advertised, and none of it for its own", () => {
  const addresses = new OwnAddresses(machine("10.0.0.9"));
  addresses.advertised = [
    { ip: parseIp("10.244.3.0"), bits: 24 },
    { ip: parseIp("200.0.0.0"), bits: 7 },
  ];
  for (const ip of ["10.244.3.0", "10.244.3.255", "201.255.255.255"]) {
    assertEquals(find(addresses, ip), ip);
  }
  for (const ip of ["10.244.2.255", "10.244.4.0", "202.0.0.0"]) {
    assertStringIncludes(find(addresses, ip), "no address of this machine");
  }
  assertEquals(find(addresses), "10.0.0.9");
});

Deno.test("OwnAddresses.find() goes without the addresses of the machine, where it may not read them", () => {
  const addresses = new OwnAddresses(() => ({ reason: "forbidden" }));
  assertEquals(find(addresses), "refused: forbidden: set [register] advertise");
  assertStringIncludes(
    find(addresses, "10.0.0.9"),
    "refused: forbidden: allow that, or set [register] advertise = 10.0.0.9",
  );
  addresses.onDns({ hostname: "10.0.0.9", port: 40_000 });
  assertEquals([find(addresses), find(addresses, "10.0.0.9")], [
    "10.0.0.9",
    "10.0.0.9",
  ]);
});
