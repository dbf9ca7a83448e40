import { assertEquals } from "@std/assert";
import { describeProcess, holdersIn, portHolder } from "./port_holder.ts";

Deno.test("holdersIn() finds the sockets that collide with an address", () => {
  const text =
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1E62 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
   1: 00000000:1E63 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1 0 100 0 0 10 0
   2: 0100007F:1E64 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
`;
  const inodes = (hostname: string, port: number) =>
    holdersIn(text, "tcp", { hostname, port }).map(({ inode }) => inode);
  assertEquals(inodes("127.0.0.1", 0x1e62), ["11"]);
  assertEquals(inodes("127.0.0.2", 0x1e62), []);
  assertEquals(inodes("0.0.0.0", 0x1e62), ["11"]);
  assertEquals(inodes("localhost", 0x1e62), ["11"]);
  assertEquals(inodes("127.0.0.1", 0x1e63), ["12"]);
  // A connection holds no port against a listener.
  assertEquals(inodes("127.0.0.1", 0x1e64), []);
});

Deno.test("describeProcess() knows the services of Lars by their command lines", () => {
  const table: [string[], string][] = [
    [
      ["deno", "run", "--allow-net", "/srv/lars/dns/main.ts", "--conf=a.conf"],
      "another Lars dns (pid 1, /srv/lars/dns/main.ts --conf=a.conf)",
    ],
    [
      ["deno", "run", "/srv/lars/web/main.ts"],
      "another Lars web (pid 1, /srv/lars/web/main.ts)",
    ],
    [
      ["/usr/bin/lars-agent"],
      "another Lars agent (pid 1, /usr/bin/lars-agent)",
    ],
    [
      ["python3", "-m", "http.server", "7778"],
      "another program (pid 1, python3 -m http.server 7778)",
    ],
  ];
  for (const [command, text] of table) {
    assertEquals(describeProcess(1, command), text);
  }
  assertEquals(
    describeProcess(Deno.pid, ["deno"]),
    "this process itself, for another setting",
  );
});

Deno.test({
  name: "portHolder() finds this process by its sockets",
  ignore: Deno.build.os !== "linux",
  fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const at = { hostname: "127.0.0.1", port };
    assertEquals(
      portHolder("tcp", at)?.text,
      "this process itself, for another setting",
    );
    assertEquals(portHolder("udp", at), undefined);
  },
});
