import { assert, assertEquals } from "@std/assert";
import * as here from "./free_ports.ts";

// As another process has it: loaded before the tests, as they may leave nothing open.
const others = await import(
  `./free_ports.ts?other=${Date.now()}`
) as typeof here;

Deno.test("freeTcpPort() and freeUdpPorts() give no port that another process was given", () => {
  const sets = [here, others].map(({ freeTcpPort, freeUdpPorts }) => {
    const ports = new Set<number>();
    for (let tried = 0; tried < 200; tried++) {
      ports.add(freeTcpPort());
      const first = freeUdpPorts(3);
      for (let next = first; next < first + 3; next++) ports.add(next);
    }
    return ports;
  });
  assertEquals(sets[0]!.intersection(sets[1]!).size, 0);
  for (const { size } of sets) assert(size > 190, `${size} ports`);
});

Deno.test("freeUdpPorts() gives no port that is in use, and what it gave last comes again last", () => {
  const ports = Array.from({ length: 100 }, here.freeTcpPort);
  assertEquals(new Set(ports).size, 100);
  const used = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: ports[0]!,
  });
  for (let tried = 0; tried < 100; tried++) {
    const first = here.freeUdpPorts(3);
    assert(ports[0]! < first || ports[0]! > first + 2, `${first}`);
  }
  used.close();
});
