import { FramedConnection, VERSION } from "../../../../net/mod.ts";
import {
  decodeHelloAck,
  encodeHello,
  type Endpoint,
  type HelloAck,
  IDENTITY_BYTES,
  MessageId,
} from "../../../../proto/mod.ts";
import type { Environment } from "../../environment.ts";

/** Time for a server to accept, and to answer: one of the original never does. */
const ANSWER_MS = 1_000;

/** What a dns or reporter says of itself. */
export type ServerState =
  | { state: "away" }
  /** It accepts connections and answers no Hello. */
  | { state: "original" }
  | { state: "up"; ack: HelloAck };

/** Connects to a dns or reporter, and asks who it is. */
export async function askServer(
  { clock, connect, random, signal }: Environment,
  at: Endpoint,
): Promise<ServerState> {
  const giveUp = new AbortController();
  const tooLate = clock.sleep(ANSWER_MS, giveUp.signal);
  const attempt = new AbortController();
  tooLate.then(() => attempt.abort());
  try {
    const stream = await connect(
      at,
      AbortSignal.any([signal, attempt.signal]),
    );
    const connection = new FramedConnection(stream);
    const answered = Promise.withResolvers<ServerState>();
    const reading = connection.run((_, { id, body }) => {
      if (id !== MessageId.helloAck) return;
      answered.resolve({ state: "up", ack: decodeHelloAck(body) });
    });
    reading.then(
      () => answered.resolve({ state: "away" }),
      () => answered.resolve({ state: "away" }),
    );
    connection.send(
      MessageId.hello,
      encodeHello({
        agentId: new Uint8Array(IDENTITY_BYTES)
          .map(() => Math.floor(random() * 256)).toHex(),
        epoch: 0,
        name: "lars status",
        version: VERSION,
        zone: "",
      }),
    );
    const found = await Promise.race([
      answered.promise,
      tooLate.then((): ServerState => ({ state: "original" })),
    ]);
    connection.close();
    return found;
  } catch {
    return { state: "away" };
  } finally {
    giveUp.abort();
  }
}
