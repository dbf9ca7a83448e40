/**
 * A bare UDP echo server in Deno, the baseline of the agent's cost in Deno:
 * `deno_echo.ts echo|pair PORT THREADS`, one worker for each port. echo and pair
 * are those of echo_server.c.
 *
 * @module
 */
import { WorkerPool, workerPort } from "../../../net/mod.ts";
import {
  HEADER_BYTES,
  lars,
  MessageId,
  writeHeader,
} from "../../../proto/mod.ts";

/** The host of each answer, 192.168.1.177:7777, as a field of GetHostResponse. */
const HOST = lars.GetHostResponse.encode({
  host: { ip: 0xc0a801b1 | 0, port: 7_777 },
}).finish();

interface EchoTask {
  mode: string;
  port: number;
}

type Opened = { opened: true };

const port = workerPort<EchoTask, Opened>();
if (port !== undefined) {
  port.listen((task) => {
    serve(task);
    port.post({ opened: true });
  });
} else if (import.meta.main) {
  await startWorkers();
}

async function startWorkers(): Promise<void> {
  const [mode = "echo", firstPort, threads] = Deno.args;
  let opened = 0;
  const pool = await WorkerPool.start<EchoTask, Opened>({
    entry: import.meta.url,
    count: Number(threads),
    onMessage: () => {
      opened += 1;
      if (opened === Number(threads)) console.log("ready");
    },
    onFailure: (_, error) => {
      throw error;
    },
  });
  for (let index = 0; index < Number(threads); index++) {
    pool.post(index, { mode, port: Number(firstPort) + index });
  }
}

async function serve({ mode, port }: EchoTask): Promise<void> {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port,
  });
  const buffer = new Uint8Array(2_048);
  for (;;) {
    const [datagram, from] = await socket.receive(buffer);
    if (mode === "echo") {
      await socket.send(datagram, from);
    } else if (buffer[0] === MessageId.getHostRequest) {
      const length = datagram.length + HOST.length;
      buffer.set(HOST, datagram.length);
      writeHeader(buffer, MessageId.getHostResponse, length - HEADER_BYTES);
      await socket.send(buffer.subarray(0, length), from);
    }
  }
}
