import { eventually } from "../../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { freeTcpPort } from "../../../tasks/local/free_ports.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import type { CallServiceName } from "../../../tasks/local/services.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  int32,
  message,
  parts,
} from "../../support/foreign_wire.ts";
import { metricsAt, row } from "../../support/processes.ts";

const HOSTS = 5_000;

/** Frames of a peer that does not speak Lars; each must cost it its connection. */
const BAD_FRAMES: [what: string, bytes: Uint8Array][] = [
  ["negative length", header(1, -1)],
  ["length over 65,527", header(1, 65_528)],
  ["largest length", header(1, 2 ** 31 - 1)],
  ["length of an unknown id too large", header(99, 70_000)],
  ["HTTP", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")],
];

/** Bodies that are no proto3 message. */
const BAD_BODIES: [what: string, body: Uint8Array][] = [
  ["number cut off", Uint8Array.of(0x08)],
  ["number without end", new Uint8Array(20).fill(0xff)],
  ["part longer than the body", Uint8Array.of(0x1a, 0x7f, 0x00)],
];

function header(id: number, length: number): Uint8Array {
  const bytes = frame(id, new Uint8Array());
  new DataView(bytes.buffer).setInt32(4, length, true);
  return bytes;
}

/** High addresses take ten bytes as an int32: not all fit one frame, or one datagram. */
function manyHosts() {
  return Array.from(
    { length: HOSTS },
    (_, index) =>
      row(3, 3, `200.1.${index >> 8}.${index & 255}:${1_000 + index}`),
  );
}

Deno.test("bad input from sockets hurts nobody", async (test) => {
  const metricsPorts = {
    dns: freeTcpPort(),
    reporter: freeTcpPort(),
    agent: freeTcpPort(),
  };
  const conf = Object.fromEntries(
    Object.entries(metricsPorts).map((
      [name, port],
    ) => [name, `[metrics]\nport = ${port}\n`]),
  );
  const lines: string[] = [];
  await using lars = await LocalLars.start({
    routes: [
      row(1, 1, "10.0.0.1:80"),
      row(1, 2, "10.0.0.2:80"),
      row(4, 4, "10.0.0.9:80"),
      ...manyHosts(),
    ],
    conf,
    print: (line) => lines.push(line),
  });
  using client = new ForeignClient(lars.agent.port);

  async function count(
    service: CallServiceName,
    name: string,
  ): Promise<number> {
    const metrics = await metricsAt(metricsPorts[service]);
    const value = metrics.get(`${service}_${name}`);
    if (value === undefined) throw new Error(`${service} has no ${name}`);
    return value;
  }
  function counted(
    service: CallServiceName,
    { name, value }: { name: string; value: number },
  ): Promise<unknown> {
    return eventually(
      `${service} counts ${name} = ${value}`,
      async () => await count(service, name) === value,
    );
  }
  for (const [modId, cmdId] of [[1, 1], [1, 2], [3, 3]] as const) {
    await eventually(
      "the route",
      async () => (await client.getHost(modId, cmdId)).retcode === 0,
    );
  }

  await test.step("bad datagrams are counted, and nobody answers them", async () => {
    const request = message({ 1: 5, 2: 1, 3: 1 });
    const bad: [string, Uint8Array][] = [
      ["empty", new Uint8Array()],
      ["one byte", Uint8Array.of(4)],
      ["shorter than a header", new Uint8Array(7)],
      ["longer than it says", Uint8Array.of(...frame(4, request), 0)],
      ["shorter than it says", frame(4, request).subarray(0, -1)],
      ["negative length", header(4, -8)],
      ["huge length", header(4, 2 ** 31 - 1)],
      ["id 0", frame(0, request)],
      ["id -1", frame(-1, request)],
      ["unknown id", frame(99, request)],
      ["an answer", frame(5, request)],
      ["a message for dns", frame(1, request)],
      ["as large as can be", new Uint8Array(65_507)],
      ...BAD_BODIES.flatMap(([what, body]): [string, Uint8Array][] =>
        [4, 6, 7].map((id) => [`${what}, id ${id}`, frame(id, body)])
      ),
    ];
    let seq = 1_000;
    for (const [what, bytes] of bad) {
      await client.send(bytes, 2);
      // Were there an answer, it would come before the one to this.
      const answer = await client.getHost(1, 1, ++seq);
      assertEquals(answer, { seq, retcode: 0, host: "10.0.0.1:80" }, what);
    }
    await counted("agent", {
      name: 'datagrams_dropped_total{reason="invalid"}',
      value: bad.length,
    });
  });

  await test.step("negative ids, ip 0 and impossible ports are no such route", async () => {
    for (const [modid, cmdid] of [[-1, 1], [1, -1], [-2147483648, -1]]) {
      assertEquals(
        await client.getHost(modid!, cmdid!),
        { seq: 1, retcode: 3, host: undefined },
      );
      const route = frame(7, message({ 1: modid, 2: cmdid }));
      const answer = await client.ask(route, 0);
      assertEquals(parts(answer.subarray(8), 3), []);
    }
    const hosts = [[0, 80], [0x0a000001, 0], [0x0a000001, 65_536], [
      0x0a000001,
      -1,
    ]];
    for (const [ip, port] of hosts) {
      const host = message({ 1: ip, 2: port });
      await client.send(frame(6, message({ 1: 1, 2: 1, 3: host, 4: 1 })), 2);
    }
    await client.send(frame(6, message({ 1: -1, 2: -1, 4: 1 })), 2);
    await client.send(frame(6, new Uint8Array()), 0);
    await counted("agent", {
      name: 'reports_total{result="unknown"}',
      value: hosts.length + 2,
    });

    using dns = await ForeignConnection.open(lars.addressOf("dns"));
    await dns.send(frame(1, message({ 1: -1, 2: -1 })));
    const { body } = await dns.receive();
    assertEquals([int32(body, 1), int32(body, 2)], [-1, -1]);
    assertEquals(parts(body, 3), []);
  });

  await test.step("hosts in the store that cannot be are no hosts", async () => {
    using database = new DatabaseSync(`${lars.folder}/lars.db`);
    const wrong = [[6, 0, 80], [7, 0x0a000001, 0], [8, 0x0a000001, 65_536]];
    for (const [cmdid, ip, port] of [...wrong, [9, 0x0a000001, 80]]) {
      database.exec(
        `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(6, ${cmdid}, ${ip}, ${port});
         INSERT INTO RouteChange(modid, cmdid, version) VALUES(6, ${cmdid}, 1)`,
      );
    }
    await eventually(
      "the right one",
      async () => (await client.getHost(6, 9)).retcode === 0,
    );
    for (const [cmdid] of wrong) {
      assertEquals((await client.getHost(6, cmdid!)).retcode, 3);
    }
  });

  for (const service of ["dns", "reporter"] as const) {
    const id = service === "dns" ? 1 : 3;
    await test.step(`a bad frame costs one connection of ${service} and one line`, async () => {
      using bystander = await ForeignConnection.open(lars.addressOf(service));
      const before = await count(service, "protocol_errors_total");
      const logged = lines.length;
      const bad = [
        ...BAD_FRAMES,
        ...BAD_BODIES.map(([what, body]): [string, Uint8Array] => [
          what,
          frame(id, body),
        ]),
      ];
      for (const [what, bytes] of bad) {
        using peer = await ForeignConnection.open(lars.addressOf(service));
        await peer.send(bytes);
        assertEquals(await peer.receiveBytes(), null, what);
      }
      {
        using cutOff = await ForeignConnection.open(lars.addressOf(service));
        await cutOff.send(frame(id, message({ 1: 1 })).subarray(0, 9));
      }
      await counted(service, {
        name: "protocol_errors_total",
        value: before + bad.length,
      });
      const told = () =>
        lines.slice(logged).filter((line) =>
          line.includes("connection closed")
        );
      await eventually(
        "a line for each",
        () => told().length >= bad.length,
        { explain: () => told().join("\n") },
      );
      assertEquals(told().length, bad.length, told().join("\n"));

      // An unknown id in a frame that is right is dropped; what follows counts.
      await bystander.send(frame(99, Uint8Array.of(0xff)));
      await bystander.send(frame(id, new Uint8Array()));
      if (service === "dns") {
        const { id: answered, body } = await bystander.receive();
        assertEquals([answered, body.length], [2, 0]);
      } else {
        await counted("reporter", { name: "unknown_ids_total", value: 1 });
      }
    });
  }

  await test.step("results that cannot be are dropped from a status, the others are kept", async () => {
    using reporter = await ForeignConnection.open(lars.addressOf("reporter"));
    const before = await count("reporter", 'rows_total{result="invalid"}');
    const results = [[0, 80], [0x0a000001, 0], [0x0a000001, 70_000], [
      0x0a000009,
      80,
    ]]
      .map(([ip, port]) => message({ 1: ip, 2: port, 3: 5 }));
    const head = message({ 1: 4, 2: 4, 3: 1 });
    const body = new Uint8Array([
      ...head,
      ...results.flatMap((each) => [...message({ 4: each })]),
    ]);
    await reporter.send(frame(3, body));
    await counted("reporter", {
      name: 'rows_total{result="invalid"}',
      value: before + 3,
    });
    using database = new DatabaseSync(`${lars.folder}/lars.db`);
    const rows = await eventually("the row", () => {
      const found = database.prepare(
        "SELECT ip FROM ServerCallStatus WHERE modid = 4",
      ).all();
      return found.length > 0 && found;
    });
    assertEquals(rows.map(({ ip }) => ip), [0x0a000009]);
  });

  await test.step("a route with 5,000 hosts: getHost works, getRoute is cut and counted", async () => {
    const picked = new Set<string | undefined>();
    for (let pick = 0; pick < 200; pick++) {
      const { retcode, host } = await client.getHost(3, 3);
      assertEquals(retcode, 0);
      picked.add(host);
    }
    assertEquals(picked.size, 200);
    const answer = await client.ask(frame(7, message({ 1: 3, 2: 3 })), 0);
    const hosts = parts(answer.subarray(8), 3);
    assert(hosts.length > 3_000 && hosts.length < HOSTS, `${hosts.length}`);
    await counted("agent", { name: "cut_answers_total", value: 1 });
    assertEquals(await count("dns", "cut_routes_total"), 1);
  });

  await test.step("a peer that never reads is closed, others are served", async () => {
    using deaf = await ForeignConnection.open(lars.addressOf("dns"));
    using other = await ForeignConnection.open(lars.addressOf("dns"));
    const ask = frame(1, message({ 1: 3, 2: 3 }));
    // Each answer is 64 KB; the queue and the system's buffers hold some 10 MB.
    const sending = (async () => {
      for (let asked = 0; asked < 1_000; asked++) await deaf.send(ask);
    })().catch(() => {});
    await eventually(
      "dns closes it",
      async () => await count("dns", "stalled_closed_total") === 1,
      // Such a peer is not read either, and has half a minute.
      { deadlineMs: 60_000 },
    );
    await sending;
    await other.send(frame(1, message({ 1: 1, 2: 1 })));
    assertEquals(parts((await other.receive()).body, 3).length, 1);
    await eventually(
      "its line",
      () => lines.some((line) => line.includes("it has taken nothing for")),
    );
  });

  await test.step("and all three still work, without an error in their logs", async () => {
    assertEquals((await client.getHost(1, 2)).retcode, 0);
    for (const service of ["dns", "reporter", "agent"] as const) {
      const response = await fetch(
        `http://127.0.0.1:${metricsPorts[service]}/healthz`,
      );
      const { ok } = await response.json();
      assertEquals(ok, true);
    }
    const errors = lines.filter((line) => /error|fatal|Uncaught/i.test(line))
      .filter((line) => !line.includes("connection closed"));
    assertEquals(errors, []);
  });
});
