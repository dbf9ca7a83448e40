import { assertEquals, assertStringIncludes } from "@std/assert";
import { loggerOf, SystemClock } from "../../net/mod.ts";
import { type Endpoint, parseAddress, type Route } from "../../proto/mod.ts";
import { RouteTable } from "../route_table.ts";
import { Discovery } from "./discovery.ts";

const AT = "http://127.0.0.1:1";

function route(cmdId: number, ...addresses: string[]): Route {
  return { modId: 1, cmdId, hosts: addresses.map(parseAddress) };
}

/** The machine's clock, but for time that the test lets pass. */
class ShiftedClock extends SystemClock {
  passedMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.passedMs;
  }
}

/** An agent as its connection shows it. */
function agent(hostname: string, metricsPort?: number) {
  const hello = {
    agentId: "",
    epoch: 0,
    name: "",
    version: "1.2.3",
    zone: "eu",
    ...metricsPort !== undefined && { metricsPort },
  };
  return { remote: { hostname, port: 5_000 }, hello };
}

function fixture(...routes: Route[]) {
  const table = new RouteTable({ logger: loggerOf("test") });
  table.apply(routes);
  const clock = new ShiftedClock();
  const members = {
    connections: [] as (
      | ReturnType<typeof agent>
      | { remote: Endpoint; hello: undefined }
    )[],
    metrics: undefined as Endpoint | undefined,
  };
  const discovery = new Discovery({
    table,
    clock,
    connections: () => members.connections,
    get metrics() {
      return members.metrics;
    },
  });
  return {
    clock,
    members,
    table,
    discovery,
    get: (path: string) => discovery.handle(new Request(`${AT}${path}`)),
    ask: (body: unknown) =>
      discovery.handle(
        new Request(`${AT}/v3/discovery:endpoints`, {
          method: "POST",
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
  };
}

async function clusters(response: Response): Promise<unknown[]> {
  const { resources } = await response.json();
  return resources.map((each: { cluster_name: string }) => each.cluster_name);
}

Deno.test("Prometheus gets every host, by route, zone and whether it is drained", async () => {
  const [a, b, c] = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"]
    .map(parseAddress);
  const { get } = fixture({
    modId: 1,
    cmdId: 1,
    hosts: [{ ...a!, zone: "eu" }, { ...b!, zone: "eu", weight: 0 }, c!],
  }, route(2, "10.0.0.4:80"));
  const response = await get("/sd/prometheus");
  assertEquals(response.headers.get("content-type"), "application/json");
  const labels = { __meta_lars_modid: "1", __meta_lars_cmdid: "1" };
  assertEquals(await response.json(), [
    {
      targets: ["10.0.0.1:80"],
      labels: { ...labels, __meta_lars_zone: "eu" },
    },
    {
      targets: ["10.0.0.2:80"],
      labels: {
        ...labels,
        __meta_lars_zone: "eu",
        __meta_lars_drained: "true",
      },
    },
    { targets: ["10.0.0.3:80"], labels },
    {
      targets: ["10.0.0.4:80"],
      labels: { ...labels, __meta_lars_cmdid: "2" },
    },
  ]);
  const one = await (await get("/sd/prometheus?modid=1&cmdid=2")).json();
  assertEquals(one.length, 1);
  const none = await (await get("/sd/prometheus?modid=9")).json();
  assertEquals(none, []);
});

Deno.test("a list of many routes is whole, and JSON", async () => {
  const routes = Array.from(
    { length: 5_000 },
    (_, cmdId) => route(cmdId, "10.0.0.1:80", "10.0.0.2:80"),
  );
  const { get } = fixture(...routes);
  const groups = await (await get("/sd/prometheus")).json();
  assertEquals(groups.length, 5_000);
});

Deno.test("at most four lists are written at a time, and one that is left makes room", async () => {
  const { get, discovery } = fixture(route(1, "10.0.0.1:80"));
  const open = await Promise.all(
    Array.from({ length: 4 }, () => get("/sd/prometheus")),
  );
  assertEquals((await get("/sd/prometheus")).status, 503);
  assertEquals(discovery.counters, {
    discoveryRequests: 5,
    discoveryRefused: 1,
  });
  await open[0]!.body!.cancel();
  await Promise.all(open.slice(1).map((response) => response.text()));
  const again = await get("/sd/prometheus");
  assertEquals((await again.json()).length, 1);
});

Deno.test("who asks before any route is known gets an error, not an empty list", async () => {
  const { get, ask } = fixture();
  assertEquals((await get("/sd/prometheus")).status, 503);
  assertEquals((await ask({ resource_names: ["1.1"] })).status, 503);
});

Deno.test("Envoy gets the clusters that it names, and 304 while nothing changes", async () => {
  const { ask, table } = fixture(
    route(1, "10.0.0.1:80"),
    route(2, "10.0.0.2:80"),
  );
  const first = await ask({ resource_names: ["1.2", "1.9", "web", "1.-1"] });
  const { version_info, resources } = await first.json();
  assertEquals(resources.length, 1);
  assertEquals(resources[0].cluster_name, "1.2");

  const names = { resource_names: ["1.2"] };
  const same = await ask({ ...names, version_info });
  assertEquals([same.status, await same.text()], [304, ""]);
  table.apply([route(2, "10.0.0.3:80")]);
  assertEquals((await ask({ ...names, version_info })).status, 200);
});

Deno.test("Envoy hears of an empty cluster only where an edit emptied it", async () => {
  const { ask, table } = fixture(
    route(1, "10.0.0.1:80"),
    route(2, "10.0.0.2:80"),
  );
  table.apply([route(1)]);
  const answer = await ask({ resource_names: ["1.1", "1.3"] });
  assertEquals(await clusters(answer), ["1.1"]);
});

Deno.test("Envoy sees weights, zones and who drains", async () => {
  const [a, b] = ["10.0.0.1:80", "10.0.0.2:80"].map(parseAddress);
  const { ask } = fixture({
    modId: 1,
    cmdId: 1,
    hosts: [{ ...a!, weight: 50, zone: "eu" }, { ...b!, weight: 0 }],
  });
  const { resources } = await (await ask({ resource_names: ["1.1"] })).json();
  const endpoint = (address: string) => ({
    address: { socket_address: { address, port_value: 80 } },
  });
  assertEquals(resources[0].endpoints, [
    {
      locality: { zone: "eu" },
      lb_endpoints: [{
        endpoint: endpoint("10.0.0.1"),
        health_status: "UNKNOWN",
        load_balancing_weight: 50,
      }],
    },
    {
      locality: { zone: "" },
      lb_endpoints: [{
        endpoint: endpoint("10.0.0.2"),
        health_status: "DRAINING",
        load_balancing_weight: 1,
      }],
    },
  ]);
});

Deno.test("what is no request is refused, with the reason", async () => {
  const { ask, get } = fixture(route(1, "10.0.0.1:80"));
  for (
    const [body, status, reason] of [
      ["{", 400, "must be JSON"],
      ["[]", 400, "DiscoveryRequest"],
      [{ resource_names: [] }, 400, "resource_names"],
      [{ resource_names: "1.1" }, 400, "resource_names"],
      [{ resource_names: ["1.1"], type_url: "x" }, 400, "type_url"],
      [" ".repeat(1_048_577), 413, "1048576 bytes"],
    ] as const
  ) {
    const response = await ask(body);
    assertEquals(response.status, status);
    assertStringIncludes(await response.text(), reason);
  }
  assertEquals((await get("/")).status, 404);
  for (const id of ["x", "-1", "01", "4294967296", "", "1e3", " 1"]) {
    const { status } = await get(`/sd/prometheus?modid=${id}`);
    assertEquals(status, 400, id);
  }
  assertEquals((await get("/v3/discovery:endpoints")).status, 404);
});

Deno.test("Prometheus gets the pages of the agents that say where theirs is, and of dns", async () => {
  const { get, members, clock } = fixture();
  members.connections = [
    agent("10.0.0.1", 7790),
    agent("10.0.0.2"),
    { remote: { hostname: "10.0.0.3", port: 1 }, hello: undefined },
    agent("10.0.0.1", 7790),
    agent("fd00::1", 7790),
  ];
  members.metrics = { hostname: "0.0.0.0", port: 7791 };
  // Those that were there before dns was started may be missing.
  assertEquals((await get("/sd/prometheus/self")).status, 503);
  clock.passedMs = 30_000;
  const agentLabels = {
    __meta_lars_service: "agent",
    __meta_lars_version: "1.2.3",
    __meta_lars_zone: "eu",
  };
  const groups = await (await get("/sd/prometheus/self")).json();
  assertEquals(groups.slice(0, 2), [
    { targets: ["10.0.0.1:7790"], labels: agentLabels },
    { targets: ["[fd00::1]:7790"], labels: agentLabels },
  ]);
  assertEquals(groups.length, 3);
  // Under the name that dns was asked by.
  assertEquals(groups[2].targets, ["127.0.0.1:7791"]);
  assertEquals(groups[2].labels.__meta_lars_service, "dns");
  members.metrics = { hostname: "10.0.0.9", port: 7791 };
  const [, , own] = await (await get("/sd/prometheus/self")).json();
  assertEquals(own.targets, ["10.0.0.9:7791"]);
});

Deno.test("a dns that knows no pages says so, as an empty list would take all away", async () => {
  const { get, clock } = fixture(route(1, "10.0.0.1:80"));
  clock.passedMs = 30_000;
  assertEquals((await get("/sd/prometheus/self")).status, 503);
});
