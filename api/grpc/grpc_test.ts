import grpc from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { assertEquals, assertRejects } from "@std/assert";
import { RunningDeno } from "../../tests/support/processes.ts";
import { eventually } from "../../tests/support/wait.ts";
import { LiveAgent } from "../testing/live_agent.ts";
import { registerLars } from "./mod.ts";

const METHOD = "/test.Echo/Ask";

/** Drivers of HTTP/2 keep timers and connections for a while. */
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

/** A gRPC server in a process of its own. */
class EchoServer {
  readonly port: number;
  readonly #process: RunningDeno;

  private constructor(process: RunningDeno, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(): Promise<EchoServer> {
    const program = "api/grpc/testing/echo_server.ts";
    const process = new RunningDeno(["run", "--allow-all", program]);
    const [port] = await process.printed(/^\d+$/m);
    return new EchoServer(process, Number(port));
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

/** A channel to route (1, 1), whose calls are reported. */
function channelOf(live: LiveAgent) {
  const reportCalls = registerLars(live.client, grpc, {
    routes: { echo: [1, 1] },
  });
  const client = new grpc.Client(
    "lars:echo",
    grpc.credentials.createInsecure(),
    { interceptors: [reportCalls("echo")] },
  );
  const pass = (bytes: Uint8Array) => Buffer.from(bytes);
  /** Asks for the port of a server, or for a failure. */
  const ask = (code = 0) =>
    new Promise<string>((resolve, reject) => {
      client.makeUnaryRequest(
        METHOD,
        pass,
        (bytes: Uint8Array) => new TextDecoder().decode(bytes),
        new Uint8Array([code]),
        { deadline: Date.now() + 5_000 },
        (error, answer) => error ? reject(error) : resolve(answer!),
      );
    });
  /** Servers that answer 20 calls. */
  const askAll = async () => {
    const answers = new Set<string>();
    for (let call = 0; call < 20; call++) answers.add(await ask());
    return answers;
  };
  return { ask, askAll, close: () => client.close() };
}

Deno.test(
  "registerLars() has a channel go to the idle hosts in turn, and reports its calls",
  LOOSE,
  async () => {
    const servers = [
      await EchoServer.start(),
      await EchoServer.start(),
    ];
    const [first, second] = servers as [EchoServer, EchoServer];
    await using live = new LiveAgent({
      "1,1": [first.address, second.address],
    });
    const { ask, askAll, close } = channelOf(live);
    await eventually("both answer", async () => (await askAll()).size === 2);
    await assertRejects(() => ask(13));
    await assertRejects(() => ask(5));
    const results = await live.results(22);
    const codes = results.map((result) => result.split(" ")[1]);
    assertEquals(codes.filter((code) => code !== "0"), ["13"]);

    live.agent.overloaded.add(first.address);
    const only = async () => {
      const answers = await askAll();
      return answers.size === 1 && [...answers];
    };
    assertEquals(await eventually("one answers", only), [String(second.port)]);
    live.agent.overloaded.clear();
    await eventually("both answer", async () => (await askAll()).size === 2);
    close();
    for (const server of servers) await server.kill();
  },
);

Deno.test(
  "registerLars() loses no call to a host that has gone, once its connection broke",
  LOOSE,
  async () => {
    const servers = [
      await EchoServer.start(),
      await EchoServer.start(),
    ];
    const [first, second] = servers as [EchoServer, EchoServer];
    await using live = new LiveAgent({
      "1,1": [first.address, second.address],
    });
    const { ask, askAll, close } = channelOf(live);
    await eventually("both answer", async () => (await askAll()).size === 2);
    await first.kill();
    await eventually(
      "the broken connection is noticed",
      () => askAll().then((answers) => answers.size === 1, () => false),
    );
    const answers = new Set<string>();
    for (let call = 0; call < 200; call++) {
      answers.add(await ask());
    }
    assertEquals([...answers], [String(second.port)]);
    close();
    await second.kill();
  },
);

Deno.test(
  "registerLars() fails calls of a route without hosts as unavailable",
  LOOSE,
  async () => {
    await using live = new LiveAgent({});
    const { ask, close } = channelOf(live);
    const error = await assertRejects(() => ask());
    assertEquals((error as unknown as { code: number }).code, 14);
    close();
  },
);
