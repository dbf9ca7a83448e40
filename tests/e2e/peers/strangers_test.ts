/** What peers do that are gone, broken or hostile, and what it costs a dns. */
import { connect } from "node:net";
import { assert, assertEquals } from "@std/assert";
import { EmbeddedService } from "../../support/embedded_service.ts";
import { frame, message, parts } from "../../support/foreign_wire.ts";
import { row, runLars } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";
import { Subscriber } from "../../mariadb/subscriber.ts";

/** Hosts of the large route. */
const HOSTS = 3_000;

const REQUEST = frame(1, message({ 1: 1, 2: 1 }));

/** Routes that do not exist, asked for by one connection. */
const ABSENT = 300_000;

/** More routes that do not exist than one connection may subscribe to of any kind. */
const STORM = 70_000;

/** Connections that ask for a large route and do not read. */
const DEAF = 200;

/** Memory that a stranger may cost; without bounds it was 200 MB and more. */
const GROWTH_MB_MAX = 110;

/** A dns process of its own, over an embedded store with one large route. */
function startDns(conf = ""): Promise<EmbeddedService> {
  const rows = Array.from(
    { length: HOSTS },
    (_, index) => row(1, 1, `10.0.${index >> 8}.${index & 255}:80`),
  );
  return EmbeddedService.start({ name: "dns", rows, conf });
}

/** Hosts of the large route, asked for on a connection of its own. */
async function ask(dns: EmbeddedService): Promise<number> {
  using connection = await dns.connect();
  await connection.send(REQUEST);
  return parts((await connection.receive()).body, 3).length;
}

/** Connects and resets at once, as health checks of TCP and scans of ports do. */
function connectAndReset(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, "127.0.0.1", () => socket.resetAndDestroy());
  socket.once("close", () => resolve());
  socket.once("error", reject);
  return promise;
}

Deno.test("resets before they are accepted do not stop dns from accepting", async () => {
  await using dns = await startDns();
  // The system completes the handshakes of a process that stands still.
  dns.process.kill("SIGSTOP");
  for (let count = 0; count < 100; count++) await connectAndReset(dns.port);
  dns.process.kill("SIGCONT");
  assertEquals(await ask(dns), HOSTS);
  assertEquals(dns.process.linesWith(/cannot accept/), []);
  assertEquals(await dns.metric("connections_reset_early_total"), 100);
});

Deno.test("agents whose machines have vanished give their places up within 30 s", async () => {
  await using dns = await startDns("[reactor]\nmaxConn = 3\n");
  // One says Hello, as ours do; the others are original ones.
  using opened = new DisposableStack();
  for (const identity of [1, undefined, undefined]) {
    const gone = opened.use(await dns.connect(identity));
    if (identity === undefined) await gone.send(REQUEST);
    await gone.receive();
  }
  await eventually("a place for a fourth", async () => {
    using next = await dns.connect();
    await next.send(REQUEST).catch(() => {});
    return await next.receive().catch(() => undefined);
  }, { deadlineMs: 30_000 });
  assertEquals(dns.process.linesWith(/connections refused/).length, 1);
});

Deno.test("a stranger who asks for routes that do not exist costs dns little, and no one a subscription", async () => {
  await using dns = await startDns();
  using agent = await dns.connect();
  await agent.send(REQUEST);
  await agent.receive();
  const before = dns.residentMb;
  const stranger = await Deno.connect({ port: dns.port });
  const reading = stranger.readable.pipeTo(new WritableStream());
  const writer = stranger.writable.getWriter();
  for (let start = 0; start < ABSENT; start += 1_000) {
    const requests = Array.from(
      { length: 1_000 },
      (_, index) => [...frame(1, message({ 1: 2, 2: start + index + 1 }))],
    );
    await writer.write(Uint8Array.from(requests.flat()));
  }
  await eventually(
    "every request is answered",
    async () => await dns.metric("requests_total") > ABSENT,
  );
  const growth = dns.residentMb - before;
  console.log(
    `${ABSENT} routes that do not exist: ${growth.toFixed()} MB more`,
  );
  assert(growth < GROWTH_MB_MAX, `dns grew by ${growth} MB`);
  assertEquals(await dns.metric("subscriptions"), 1 + 4_096);
  await writer.close();
  await reading.catch(() => {});
  await eventually(
    "the stranger's subscriptions have ended",
    async () => await dns.metric("subscriptions") === 1,
  );
});

Deno.test("strangers who ask for a large route and do not read cost dns little", async () => {
  await using dns = await startDns();
  const before = dns.residentMb;
  const deaf: Deno.Conn[] = [];
  for (let count = 0; count < DEAF; count++) {
    const connection = await Deno.connect({ port: dns.port });
    deaf.push(connection);
    // Some megabytes of answers: more than the system takes for dns.
    const requests = new Uint8Array(REQUEST.length * 200);
    for (let at = 0; at < requests.length; at += REQUEST.length) {
      requests.set(REQUEST, at);
    }
    await connection.write(requests);
  }
  // Others are served as ever.
  assertEquals(await ask(dns), HOSTS);
  const asked = await eventually("dns has stopped answering them", async () => {
    const before = await dns.metric("requests_total");
    assertEquals(await ask(dns), HOSTS);
    return await dns.metric("requests_total") === before + 1 && before;
  });
  assert(asked < DEAF * 200, `${asked} requests answered`);
  const growth = dns.residentMb - before;
  console.log(`${DEAF} who do not read: ${growth.toFixed()} MB more`);
  assert(growth < GROWTH_MB_MAX, `dns grew by ${growth} MB`);
  for (const connection of deaf) connection.close();
  await eventually(
    "their places are free",
    async () => await dns.metric("connections") === 0,
  );
});

Deno.test("an agent whose programs ask for any number of routes that do not exist is told of edits of those that do", async () => {
  const rows = [row(1, 1, "10.0.0.1:80")];
  await using dns = await EmbeddedService.start({ name: "dns", rows });
  const at = { hostname: "127.0.0.1", port: dns.port };
  await using agent = await Subscriber.open(at, [1, 1]);
  await agent.hears(["10.0.0.1:80"]);
  for (let start = 0; start < STORM; start += 1_000) {
    const asked = Array.from({ length: 1_000 }, (_, index) => start + index);
    await Promise.all(asked.map((cmdId) => agent.ask([2, cmdId])));
  }
  const answers = () => agent.told.length;
  await eventually("all answers", () => answers() === STORM + 1, {
    deadlineMs: 60_000,
  });
  const { code, stderr } = await runLars(
    ["route", "add", "1", "1", "10.0.0.2:80", "--data", dns.folder],
  );
  assertEquals(code, 0, stderr);
  await agent.hears(["10.0.0.1:80", "10.0.0.2:80"]);
  assertEquals(answers(), STORM + 2);
});
