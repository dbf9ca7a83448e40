/** Messages of this version at servers of an older one, which does not know them. */
import { assertEquals } from "@std/assert";
import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import {
  encodeGetRouteRequest,
  encodeHello,
  encodeReportStatus,
  formatIp,
  type Frame,
  MessageId,
  parseAddress,
} from "../../../proto/mod.ts";
import { OlderLars } from "../../support/older_lars.ts";
import { statusRows } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const HELLO = encodeHello({
  agentId: "0123456789abcdef".repeat(2),
  epoch: 2 ** 50,
  name: "agent",
  version: "9.9.9",
  zone: "eu-1",
});

const HOST = { ip: 0x0a00_0001, port: 80, succ: 3, err: 1, overload: false };

const older = await OlderLars.unpack();
Deno.test.afterAll(() => older?.[Symbol.asyncDispose]());
const ignore = older === undefined;
if (ignore) {
  console.log("skipped: this is no clone with the history of the repository");
}

/** Starts a service of the older Lars and connects to it. */
async function connectTo(older: OlderLars, name: "dns" | "reporter") {
  const data = await Deno.makeTempDir({ prefix: "lars-test-" });
  const conf = `${data}/${name}.conf`;
  await Deno.writeTextFile(conf, "[reactor]\nport = 0\n");
  const service = older.run(
    `${name}/main.ts`,
    ...["--conf", conf, "--data", data],
  );
  const [, at] = await service.printed(/ready at=(\S+)/);
  const { ip, port } = parseAddress(at!);
  const stream = await new DenoTransport()
    .connect({ hostname: formatIp(ip), port });
  const connection = new FramedConnection(stream);
  const heard: Frame[] = [];
  const reading = connection.run((_, frame) => void heard.push(frame));
  return {
    connection,
    heard,
    data,
    [Symbol.asyncDispose]: async () => {
      connection.close();
      await reading;
      await service[Symbol.asyncDispose]();
      await Deno.remove(data, { recursive: true });
    },
  };
}

Deno.test({
  name: "an older dns drops a Hello, and answers what comes after it",
  ignore,
  async fn() {
    await using dns = await connectTo(older!, "dns");
    dns.connection.send(MessageId.hello, HELLO);
    dns.connection.send(
      MessageId.getRouteRequest,
      encodeGetRouteRequest({ modId: 1, cmdId: 1 }),
    );
    await eventually("an answer", () => dns.heard.length > 0);
    assertEquals(dns.heard.map(({ id }) => id), [MessageId.getRouteResponse]);
  },
});

Deno.test({
  name: "an older reporter drops a Hello, and writes a status with an agent_id",
  ignore,
  async fn() {
    await using reporter = await connectTo(older!, "reporter");
    reporter.connection.send(MessageId.hello, HELLO);
    const status = { modId: 1, cmdId: 1, caller: 9, ts: 5, hosts: [HOST] };
    for (const agentId of ["", "ff".repeat(16)]) {
      for (const body of encodeReportStatus({ ...status, agentId })) {
        reporter.connection.send(MessageId.reportStatusRequest, body);
      }
      status.cmdId += 1;
    }
    const rows = await eventually("two rows", () => {
      const rows = statusRows(reporter.data);
      return rows.length === 2 && rows;
    });
    assertEquals(rows.map(({ cmdid, succ_cnt }) => [cmdid, succ_cnt]), [
      [1, 3],
      [2, 3],
    ]);
    assertEquals(reporter.heard, []);
  },
});
