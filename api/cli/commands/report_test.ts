import { assertEquals } from "@std/assert";
import { parseAddress } from "../../../proto/mod.ts";
import { FakeEnvironment } from "../testing/mod.ts";
import { report } from "./report.ts";

const ROUTE = {
  agent: { hostname: "127.0.0.1", port: 8888 },
  timeoutMs: 100,
  modId: 1,
  cmdId: 1,
};

Deno.test("lars report sends its arguments and prints nothing", async () => {
  const lars = new FakeEnvironment();
  const host = parseAddress("192.168.1.177:7777");
  const options = { ...ROUTE, host, returnCode: 5, durationUs: 1_500 };
  const code = await lars.withAgent(async () => {
    const code = await report(lars, options);
    await lars.clock.sleep(1);
    return code;
  });
  assertEquals([code, lars.output], [0, ""]);
  const [sent] = lars.agent.reports;
  assertEquals(sent?.port, 8890);
  assertEquals(sent?.report.retcode, 5);
  assertEquals(sent?.report.duration_us, 1_500);
});
