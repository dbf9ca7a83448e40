/**
 * Sends every frame back, through the TCP server of `net/`: prints "ready PORT".
 *
 * @module
 */
import {
  DenoTransport,
  loggerOf,
  MessageRouter,
  SystemClock,
  systemRandom,
  TcpServer,
} from "../../../net/mod.ts";
import { MessageId } from "../../../proto/mod.ts";

const CONNECTIONS_MAX = 1_000;

if (import.meta.main) {
  const router = new MessageRouter().on(
    MessageId.getRouteRequest,
    (connection, body) => {
      connection.send(MessageId.getRouteRequest, body);
    },
  );
  const server = new TcpServer({
    transport: new DenoTransport(),
    clock: new SystemClock(),
    random: systemRandom,
    logger: loggerOf("bench"),
    at: { hostname: "127.0.0.1", port: 0 },
    connectionsMax: CONNECTIONS_MAX,
    router,
  });
  console.log(`ready ${server.local.port}`);
  await server.run(new AbortController().signal);
}
