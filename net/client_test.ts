import { assertEquals } from "@std/assert";

Deno.test("net/client.ts loads no server, logger or metrics, and no package for them", async () => {
  const root = new URL("..", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("./client.ts", import.meta.url).href],
  }).output();
  const { modules }: { modules: { specifier: string }[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const loaded = modules.map(({ specifier }) => specifier.replace(root, ""))
    .filter((path) => !/^proto\/|^npm:\/?protobufjs@/.test(path));
  assertEquals(loaded.sort(), [
    "net/client.ts",
    "net/clock.ts",
    "net/connect/resolve.ts",
    "net/deadline_timer.ts",
    "net/idle_timer.ts",
    "net/output/standard_output.ts",
    "net/service/machine_name.ts",
    "net/transport.ts",
    "net/udp/client.ts",
    "net/udp/inbox.ts",
    "net/udp/named_socket.ts",
    "net/udp/node_socket.ts",
    "net/udp/system_datagrams.ts",
    "node:dgram",
    "node:dns/promises",
    "node:timers",
  ]);
});
