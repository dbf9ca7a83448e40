import { assertEquals } from "@std/assert";
import { FakeAgent } from "../../api/testing/mod.ts";
import { DenoTransport, SystemClock } from "../../net/mod.ts";
import { AGENT_SERVERS } from "../../proto/mod.ts";
import { freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { runDeno } from "../support/processes.ts";

/** A program for Node: the bundled client over a socket of node:dgram. */
const PROGRAM = `
import { createSocket } from "node:dgram";
import { LarsClient } from "./lars.mjs";

function bind({ hostname, port }) {
  const socket = createSocket("udp4");
  socket.bind(port, hostname);
  const come = [];
  let wake = () => {};
  socket.on("message", (data, { address, port }) => {
    come.push([data, { hostname: address, port }]);
    wake();
  });
  let closed = false;
  return {
    local: { hostname, port },
    async receive() {
      while (come.length === 0) {
        if (closed) throw new Error("closed");
        await new Promise((resolve) => wake = resolve);
      }
      return come.shift();
    },
    send: (data, to) =>
      new Promise((resolve) => socket.send(data, to.port, to.hostname, resolve)),
    close() {
      closed = true;
      socket.close();
      wake();
    },
  };
}

const agent = { hostname: "127.0.0.1", port: Number(process.argv[2]) };
const client = LarsClient.open({ agent, transport: { bind }, tries: 30 });
const { host } = await client.getHost(1, 1);
const sent = await client.report(1, 1, { host, returnCode: 0 });
const { state } = await client.getRoute(9, 9);
await client.close();
console.log(JSON.stringify({ host, sent, state, deno: typeof Deno }));
`;

Deno.test({
  name: "the client library runs in Node, over a transport of Node's",
  ignore: !await hasNode(),
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const port = freeUdpPorts(AGENT_SERVERS);
    const clock = new SystemClock();
    const transport = new DenoTransport();
    const agent = new FakeAgent({ transport, clock, port });
    const stop = new AbortController();
    const serving = agent.run(stop.signal);
    try {
      const bundled = await runDeno(
        ["bundle", "-o", `${folder}/lars.mjs`, "api/mod.ts"],
      );
      assertEquals(bundled.code, 0, bundled.stderr);
      await Deno.writeTextFile(`${folder}/main.mjs`, PROGRAM);
      const { stdout, stderr } = await new Deno.Command("node", {
        args: [`${folder}/main.mjs`, String(port)],
      }).output();
      const decoder = new TextDecoder();
      assertEquals(decoder.decode(stderr), "");
      assertEquals(JSON.parse(decoder.decode(stdout)), {
        host: { ip: 0xc0a801b1, port: 7777 },
        sent: true,
        state: "no_route",
        deno: "undefined",
      });
    } finally {
      stop.abort();
      await serving;
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function hasNode(): Promise<boolean> {
  try {
    return (await new Deno.Command("node", { args: ["-v"] }).output()).success;
  } catch {
    return false;
  }
}
