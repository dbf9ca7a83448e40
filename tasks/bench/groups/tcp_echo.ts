import { runScript, scriptArguments, startServer } from "../programs/child.ts";
import type { Group } from "./group.ts";
import type { Figures } from "../report/measurement.ts";

const CONNECTIONS = [1, 10, 50, 100];

/** Frames there and back through the TCP server and client of `net/`. */
export const tcpEcho: Group = {
  name: "tcp-echo",
  title: "TCP echo through net/, one frame outstanding on each connection",
  charts: [{
    name: "tcp-echo",
    title: "TCP echoes a second",
    figure: "echoesPerSecond",
    unit: "",
  }],
  async open({ quick, seconds, warmUpSeconds }) {
    const server = await startServer(
      Deno.execPath(),
      scriptArguments("programs/tcp_echo_server.ts", []),
    );
    return {
      variants: (quick ? CONNECTIONS.slice(0, 2) : CONNECTIONS).map((
        connections,
      ) => ({
        name: connections === 1 ? "1 connection" : `${connections} connections`,
        measure: () =>
          runScript<Figures>("programs/tcp_echo_client.ts", {
            args: [
              server.address,
              connections,
              seconds,
              warmUpSeconds,
              server.pid,
            ]
              .map(String),
          }),
      })),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
