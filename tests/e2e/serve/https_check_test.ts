/** What agent and `lars serve` find out of a program that speaks HTTPS. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  CHECK_INTERVAL_MS,
  InstanceChecks,
} from "../../../agent/registrar/instance_checks.ts";
import { requestOf } from "../../../agent/testing/registrations_fixture.ts";
import { waitUntilReady } from "../../../api/cli/commands/serve/probe.ts";
import { createEnvironment } from "../../../api/cli/environment.ts";
import { DenoTransport } from "../../../net/mod.ts";
import { VirtualClock } from "../../../net/testing/mod.ts";
import { InstanceCheck, parseIp } from "../../../proto/mod.ts";
import { makeCertificates } from "../../../store/testing/mod.ts";
import { eventually } from "../../support/wait.ts";

/** What answers a connection, and ends it. */
type Answer = (connection: Deno.Conn) => Promise<void>;

/** A program at a port of loopback, with a certificate for another name. */
class Program implements AsyncDisposable {
  /** What came on connections, as far as it could be read. */
  readonly asked: string[] = [];
  /** Connections so far. */
  connections = 0;
  /** What it does with the next connections. */
  answer: Answer = () => Promise.resolve();
  readonly #listener: Deno.Listener;
  readonly #serving: Promise<void>;

  /** With a certificate it speaks TLS, without TCP alone. */
  constructor(certificate?: { cert: string; key: string }) {
    const at = { hostname: "127.0.0.1", port: 0 };
    this.#listener = certificate === undefined
      ? Deno.listen(at)
      : Deno.listenTls({ ...at, ...certificate });
    this.#serving = this.#serve();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Answers what it is asked, in HTTP or anything else. */
  says(answer: string): void {
    this.answer = async (connection) => {
      const buffer = new Uint8Array(1_000);
      const length = await connection.read(buffer) ?? 0;
      this.asked.push(new TextDecoder().decode(buffer.subarray(0, length)));
      await connection.write(new TextEncoder().encode(answer));
    };
  }

  async #serve(): Promise<void> {
    const answering = [];
    try {
      for await (const connection of this.#listener) {
        this.connections += 1;
        answering.push(this.#answer(connection));
      }
    } catch {
      // It is closed.
    }
    await Promise.all(answering);
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    try {
      await this.answer(connection);
    } catch {
      // The other end has gone.
    } finally {
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

/** The checks of one instance, in virtual time. */
class Checked implements Disposable {
  readonly clock = new VirtualClock();
  /** Results so far; empty: it is ready. */
  readonly results: string[] = [];
  readonly #checks: InstanceChecks;
  /** Connections under way. */
  #connections = 0;

  constructor(port: number) {
    const transport = new DenoTransport();
    const connect = transport.connect.bind(transport);
    transport.connect = async (to, signal) => {
      this.#connections += 1;
      const over = () => void (this.#connections -= 1);
      const stream = await connect(to, signal).catch((error) => {
        over();
        throw error;
      });
      const close = stream.close.bind(stream);
      stream.close = () => {
        stream.close = close;
        close();
        over();
      };
      return stream;
    };
    this.#checks = new InstanceChecks({
      transport,
      clock: this.clock,
      onResult: (_, failure) => this.results.push(failure),
    });
    const request = requestOf({
      check: InstanceCheck.https,
      path: "/healthz",
      port,
    });
    this.#checks.update([{
      id: request.instance,
      registration: request,
      at: { ip: parseIp("127.0.0.1"), port },
      notReady: false,
      failure: "",
      heardMs: 0,
    }]);
  }

  /** The next result. While a program is asked, time goes on by `stepMs` at each look. */
  async next({ stepMs = 20 } = {}): Promise<string> {
    const { length } = this.results;
    await eventually("a result", async () => {
      if (this.results.length > length) return true;
      const isAsking = this.#connections > 0;
      await this.clock.advance(isAsking ? stepMs : CHECK_INTERVAL_MS);
      return this.results.length > length;
    });
    return this.results.at(-1)!;
  }

  [Symbol.dispose](): void {
    this.#checks.stop();
  }
}

/** A certificate that nobody vouches for here, of a name that nobody has. */
const certificate = await (async () => {
  await using files = await makeCertificates("elsewhere.example");
  return {
    cert: await Deno.readTextFile(`${files.folder}/server.pem`),
    key: await Deno.readTextFile(`${files.folder}/server.key`),
  };
})();

const GET = /^GET \/healthz HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/;

Deno.test("an https check takes any certificate, and judges by the status", async () => {
  await using program = new Program(certificate);
  program.says("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n");
  using checked = new Checked(program.port);
  assertEquals(await checked.next(), "");
  assertMatch(program.asked[0]!, GET);
  program.says("HTTP/1.1 503 Busy\r\n\r\n");
  // The first failure alone takes nothing out.
  assertEquals(await checked.next(), "GET /healthz answers 503");
  assertEquals(program.connections, 3);
  program.says("SSH-2.0-OpenSSH_9.2\r\n");
  assertEquals(
    await checked.next(),
    "what is at its port does not speak HTTP",
  );
  program.says("HTTP/1.1 200 OK\r\n\r\n");
  assertEquals(await checked.next(), "");
});

Deno.test("an https check of what speaks no TLS, or nothing, fails at the second time with the reason", async () => {
  for (
    const [answer, reason] of [
      [
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        /^no TLS with what is at its port: ./,
      ],
      // Accepts, and says nothing.
      [undefined, /^its port has not answered for 1000 ms$/],
    ] as const
  ) {
    await using program = new Program();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    if (answer === undefined) program.answer = () => ended;
    else program.says(answer);
    using checked = new Checked(program.port);
    const stepMs = answer === undefined ? 500 : 20;
    const result = await checked.next({ stepMs });
    assertMatch(result, reason);
    assertEquals(program.connections, 2);
    end();
  }
});

Deno.test("an https check of a port at which nobody listens fails at once", async () => {
  let port;
  {
    await using program = new Program();
    port = program.port;
  }
  using checked = new Checked(port);
  assertEquals(await checked.next(), "nothing listens at its port");
  assertEquals(checked.clock.nowMs() < 1_000, true);
});

Deno.test("lars serve --check https:/PATH waits for an answer over TLS", async () => {
  await using program = new Program(certificate);
  program.says("HTTP/1.1 500 Not Yet\r\n\r\n");
  const clock = new VirtualClock();
  const environment = { ...createEnvironment(), clock };
  let isReady = false;
  const waiting = waitUntilReady(environment, {
    hostname: "127.0.0.1",
    port: program.port,
    check: "https:/healthz",
  }, new AbortController().signal).then(() => isReady = true);
  await eventually("it asks again", async () => {
    await clock.advance(20);
    return program.asked.length > 1;
  });
  assertEquals(isReady, false);
  program.says("HTTP/1.1 200 OK\r\n\r\n");
  await eventually("it is ready", async () => {
    // Not by time: what is not ready for 5 s is left to the agent.
    if (clock.nowMs() < 4_000) await clock.advance(20);
    return isReady;
  });
  await waiting;
});
