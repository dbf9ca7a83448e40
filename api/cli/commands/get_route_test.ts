import { assertEquals } from "@std/assert";
import { FakeEnvironment } from "../testing/mod.ts";
import { getRoute } from "./get_route.ts";

const ROUTE = {
  agent: { hostname: "127.0.0.1", port: 8888 },
  timeoutMs: 100,
  modId: 1,
  cmdId: 1,
};

Deno.test("lars get-route prints every host and its state", async () => {
  const lars = new FakeEnvironment();
  lars.agent.routes["1,1"] = ["192.168.1.177:7777", "10.0.0.9:1"];
  lars.agent.overloaded.add("10.0.0.9:1");
  assertEquals(await lars.withAgent(() => getRoute(lars, ROUTE)), 0);
  assertEquals(lars.output, "192.168.1.177:7777 idle\n10.0.0.9:1 overloaded\n");
  lars.output = "";
  const options = { ...ROUTE, json: true };
  assertEquals(await lars.withAgent(() => getRoute(lars, options)), 0);
  assertEquals(JSON.parse(lars.output), {
    state: "found",
    hosts: [
      { ip: "192.168.1.177", port: 7777, state: "idle" },
      { ip: "10.0.0.9", port: 1, state: "overloaded" },
    ],
  });
});

Deno.test("lars get-route ends with 3 when there is no such route", async () => {
  const lars = new FakeEnvironment();
  const options = { ...ROUTE, modId: 9, json: true };
  assertEquals(await lars.withAgent(() => getRoute(lars, options)), 3);
  assertEquals(lars.output, '{"state":"no_route","hosts":[]}\n');
});
