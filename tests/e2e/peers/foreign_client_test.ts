import { eventually } from "../../support/wait.ts";
import { assertEquals } from "@std/assert";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  hostText,
  int32,
  message,
  parts,
} from "../../support/foreign_wire.ts";
import {
  readStatuses,
  storeArguments,
  testOnStores,
} from "../../support/stores.ts";
import { row, runLars, STATUS_MS_MAX } from "../../support/processes.ts";
import { unusedVectors, vector } from "../../wire/vectors.ts";

testOnStores(
  "a client written by others from proto/README.md alone works",
  async (test, store) => {
    await using lars = await LocalLars.start({
      routes: [
        row(1, 1, "192.168.1.177:7777"),
        row(1, 2, "127.0.0.1:65535"),
        row(7, 1, "10.0.0.1:80"),
        row(7, 1, "10.0.0.2:80"),
      ],
      database: store.database,
      // Apart from the caller of the vectors: those of one are summed.
      conf: { agent: "[agent]\ncaller = 127.0.0.9\n" },
      print: () => {},
    });
    using client = new ForeignClient(lars.agent.port);
    async function edit(action: "add" | "remove", ...rest: string[]) {
      const arguments_ = ["route", action, ...rest, ...storeArguments(lars)];
      assertEquals((await runLars(arguments_)).code, 0);
    }

    await test.step("get host: the hosts in turn", async () => {
      await eventually(
        "the route",
        async () => (await client.getHost(7, 1)).retcode === 0,
      );
      const picks = [await client.getHost(7, 1), await client.getHost(7, 1)];
      assertEquals(
        new Set(picks.map(({ host }) => host)),
        new Set(["10.0.0.1:80", "10.0.0.2:80"]),
      );
    });

    await test.step("get route: all hosts", async () => {
      const request = frame(7, message({ 1: 7, 2: 1 }));
      const answer = await client.ask(request, (7 + 1) % 3);
      const [id] = answer;
      assertEquals(id, 8);
      assertEquals(
        new Set(parts(answer.subarray(8), 3).map(hostText)),
        new Set(["10.0.0.1:80", "10.0.0.2:80"]),
      );
    });

    await test.step("a datagram sent to a port that does not own the route is answered right", async () => {
      const request = frame(4, message({ 1: 77, 2: 7, 3: 1 }));
      for (const server of [0, 1, 2]) {
        const answer = await client.ask(request, server);
        assertEquals(int32(answer.subarray(8), 1), 77);
        assertEquals(int32(answer.subarray(8), 4), 0);
      }
    });

    await test.step("a report is counted and reaches the table ServerCallStatus", async () => {
      const host = message({ 1: 0x0a000001, 2: 80 });
      for (const retcode of [0, 0, 1]) {
        const body = message({ 1: 7, 2: 1, 3: host, 4: retcode });
        await client.send(frame(6, body), (7 + 1) % 3);
      }
      const found = await eventually(
        "the row",
        async () =>
          (await readStatuses(store, lars)).find((each) =>
            each.modid === 7 && each.ip === 0x0a000001 && each.succ_cnt === 2 &&
            each.err_cnt === 1
          ),
        { deadlineMs: STATUS_MS_MAX },
      );
      assertEquals(found.port, 80);
      assertEquals(found.caller, 0x7f000009);
      assertEquals(found.overload, "0");
    });

    await test.step("a connection that asks dns for a route gets its changes pushed", async () => {
      using dns = await ForeignConnection.open(lars.addressOf("dns"));
      using other = await ForeignConnection.open(lars.addressOf("dns"));
      await other.send(frame(1, message({ 1: 7, 2: 1 })));
      await other.receive();
      // Torn, as TCP may tear it.
      const request = frame(1, message({ 1: 8, 2: 8 }));
      await dns.send(request.subarray(0, 5));
      await dns.send(request.subarray(5));
      assertEquals(parts((await dns.receive()).body, 3), []);
      await edit("add", "8", "8", "10.0.0.8:88");
      const { id, body } = await dns.receive();
      assertEquals(id, 2);
      assertEquals([int32(body, 1), int32(body, 2)], [8, 8]);
      assertEquals(parts(body, 3).map(hostText), ["10.0.0.8:88"]);
    });

    await test.step("vectors: requests to the agent are answered byte for byte", async () => {
      const table: [request: string, answer: Uint8Array, server: number][] = [
        ["get host", vector("host found, 192.168.1.177:7777"), 2],
        [
          "get host, all fields zero: empty body",
          frame(5, message({ 4: 3 })),
          0,
        ],
        [
          "get host, largest values",
          frame(5, message({ 1: 4294967295, 2: 2147483647, 3: 300, 4: 3 })),
          (2147483647 + 300) % 3,
        ],
        [
          "get host, negative ids: ten-byte varints",
          frame(5, message({ 1: 1, 2: -1, 3: -2147483648, 4: 3 })),
          0,
        ],
        [
          "client asks agent for a route",
          vector("agent answers a client with one host"),
          0,
        ],
      ];
      for (const [name, expected, server] of table) {
        await eventually(name, async () => {
          const answer = await client.ask(vector(name), server);
          return answer.toHex() === expected.toHex();
        });
      }
      const request = frame(4, message({ 1: 9, 2: 5, 3: 5 }));
      assertEquals(await client.ask(request, 1), vector("no such route"));
    });

    await test.step("vectors: reports of success and failure are taken, until the host is overloaded", async () => {
      await client.send(vector("report success"), 2);
      await eventually(
        "the success",
        async () =>
          (await readStatuses(store, lars)).find((each) =>
            each.ip === 3232235953 && each.succ_cnt === 1
          ),
      );
      // The 15th failure in a row is the one.
      const request = frame(4, message({ 1: 8, 2: 1, 3: 1 }));
      for (let sent = 0; sent < 14; sent++) {
        await client.send(vector("report failure"), 2);
      }
      assertEquals(int32((await client.ask(request, 2)).subarray(8), 4), 0);
      await client.send(vector("report failure"), 2);
      assertEquals(
        await client.ask(request, 2),
        vector("all hosts overloaded: no host field"),
      );
      await eventually(
        "the status",
        async () =>
          (await readStatuses(store, lars)).find((each) =>
            each.ip === 3232235953 && each.overload === "1"
          ),
      );
    });

    await test.step("vectors: dns answers byte for byte, and pushes", async () => {
      using dns = await ForeignConnection.open(lars.addressOf("dns"));
      await dns.send(frame(1, message({ 1: 9, 2: 9 })));
      assertEquals(await dns.receiveBytes(), vector("dns answers: no host"));
      await dns.send(vector("agent asks dns for a route"));
      assertEquals(parts((await dns.receive()).body, 3).length, 1);
      await edit("add", "1", "1", "192.168.1.178:7776");
      assertEquals(
        await dns.receiveBytes(),
        vector("dns answers or pushes two hosts"),
      );
      await edit("add", "1", "1", "127.0.0.1:65535");
      await edit(
        "remove",
        "1",
        "1",
        "192.168.1.178:7776",
        "192.168.1.177:7777",
      );
      await eventually("the agent follows", async () => {
        const request = frame(4, message({ 1: 4294967295, 2: 1, 3: 1 }));
        const answer = await client.ask(request, 2);
        return answer.toHex() === vector("host found, 127.0.0.1:65535").toHex();
      });
    });

    await test.step("vectors: statuses sent to the reporter become rows", async () => {
      // Of other hosts than those of routes nothing is kept.
      await edit("add", "1", "1", "192.168.1.177:7777", "192.168.1.178:7776");
      await edit("add", "2", "2", "127.0.0.1:65535");
      using reporter = await ForeignConnection.open(lars.addressOf("reporter"));
      await reporter.send(vector("agent reports no results"));
      await reporter.send(vector("agent reports, large counters"));
      await reporter.send(vector("agent reports call results"));
      const rows = await eventually("the rows", async () => {
        const found = (await readStatuses(store, lars)).filter((each) =>
          each.ts === 1573034612 || each.ts === 4294967295
        );
        return found.length === 3 && found;
      });
      const key = { modid: 1, cmdid: 1, caller: 2130706433, ts: 1573034612 };
      const expected = [
        {
          ...key,
          ip: 3232235953,
          port: 7777,
          succ_cnt: 200,
          err_cnt: 3,
          overload: "0",
        },
        {
          ...key,
          ip: 3232235954,
          port: 7776,
          succ_cnt: 0,
          err_cnt: 5,
          overload: "1",
        },
        {
          modid: 2,
          cmdid: 2,
          caller: 3232235953,
          ts: 4294967295,
          ip: 2130706433,
          port: 65535,
          succ_cnt: store.countMax,
          err_cnt: store.countMax,
          overload: "1",
        },
      ];
      for (const each of expected) {
        const found = rows.find(({ ip, modid }) =>
          ip === each.ip && modid === each.modid
        );
        assertEquals(found, each);
      }
    });
  },
);

Deno.test("every golden vector went over a real socket", () => {
  // That one is for a client to understand: foreign_server_test.ts.
  assertEquals(unusedVectors(), ["system error"]);
});
