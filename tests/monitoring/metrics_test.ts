import { assert, assertEquals, assertMatch } from "@std/assert";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import {
  ALL_SERVICES,
  ROOT,
  serviceArguments,
  type ServiceName,
} from "../../tasks/local/services.ts";
import { ForeignClient } from "../support/foreign_wire.ts";
import {
  makeStore,
  metricsAt,
  row,
  RunningDeno,
} from "../support/processes.ts";
import { eventually } from "../support/wait.ts";
import { noPromtool, promtool, skipped } from "./promtool.ts";

/** Names of metrics in PromQL, without the suffixes of a histogram. */
function namesIn(text: string): Set<string> {
  const names = text.match(/\blars_[a-z_]+/g) ?? [];
  return new Set(
    names.map((name) => name.replace(/_(bucket|sum|count)$/, "")),
  );
}

/** The services with a page each. */
class Fleet implements AsyncDisposable {
  static readonly ports: Readonly<Record<ServiceName, number>> = {
    dns: freeTcpPort(),
    reporter: freeTcpPort(),
    agent: freeTcpPort(),
    web: freeTcpPort(),
  };

  private constructor(readonly lars: LocalLars) {}

  static async start(): Promise<Fleet> {
    const conf = Object.fromEntries(
      ALL_SERVICES.map((name) => {
        const routes = name === "reporter" ? "routes_max = 10\n" : "";
        return [name, `[metrics]\nport = ${Fleet.ports[name]}\n${routes}`];
      }),
    );
    return new Fleet(
      await LocalLars.start({
        routes: [row(1, 1, "10.0.0.1:80")],
        conf,
        web: true,
        print: () => {},
      }),
    );
  }

  async get(name: ServiceName, path: string): Promise<[number, string]> {
    const url = `http://127.0.0.1:${Fleet.ports[name]}${path}`;
    const response = await fetch(url);
    return [response.status, await response.text()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lars[Symbol.asyncDispose]();
  }
}

Deno.test("every service tells what it counts and how it is", async (test) => {
  await using fleet = await Fleet.start();
  using client = new ForeignClient(fleet.lars.agent.port);
  await eventually(
    "an answer",
    async () => (await client.getHost(1, 1)).retcode === 0,
  );

  await test.step("all are alive and ready", async () => {
    for (const name of ALL_SERVICES) {
      for (const path of ["/healthz", "/readyz"]) {
        // What shards have is told to the page a moment later.
        const text = await eventually(`${name}${path}`, async () => {
          const [status, text] = await fleet.get(name, path);
          return status === 200 && text;
        });
        assertMatch(text, /^\{"ok":true,/);
      }
    }
    assertMatch((await fleet.get("agent", "/healthz"))[1], /all answer/);
  });

  await test.step("picks are counted by their outcome", async () => {
    await client.getHost(9, 9);
    await eventually("both outcomes", async () => {
      const metrics = await metricsAt(Fleet.ports.agent);
      const count = (outcome: string) =>
        metrics.get(`agent_picks_total{outcome="${outcome}"}`) ?? 0;
      return count("found") > 0 && count("no_route") > 0;
    });
  });

  await test.step("requests of web are counted by their route", async () => {
    const url = `http://${fleet.lars.addressOf("web")}/problems/x`;
    await (await fetch(url)).text();
    const [, page] = await fleet.get("web", "/metrics");
    assertMatch(
      page,
      /_count\{route="\/problems\/:kind",method="GET",status="4xx"\} 1\n/,
    );
  });

  const pages = await Promise.all(
    [
      ...ALL_SERVICES.map((name) => [name, "/metrics"] as const),
      ["reporter", "/metrics/routes"] as const,
    ].map(async ([name, path]) => (await fleet.get(name, path))[1]),
  );

  await test.step({
    name: `promtool accepts every page${skipped}`,
    ignore: noPromtool !== undefined,
    async fn() {
      for (const page of pages) {
        assertEquals(await promtool(["check", "metrics"], page), "");
      }
    },
  });

  await test.step("each metric of alerts.yml and dashboard.json is on a page", async () => {
    const known = namesIn(
      pages.join("").split("\n").filter((line) => /^# TYPE /.test(line))
        .join("\n"),
    );
    for (const file of ["conf/alerts.yml", "conf/dashboard.json"]) {
      const named = namesIn(await Deno.readTextFile(ROOT + file));
      assert(named.size > 5, file);
      const missing = [...named].filter((name) => !known.has(name));
      assertEquals(missing, [], file);
    }
  });

  await test.step("a reporter without its store is alive and not ready", async () => {
    await Deno.remove(`${fleet.lars.folder}/lars.db`);
    await Deno.writeTextFile(`${fleet.lars.folder}/lars.db`, "no store");
    const [status, text] = await fleet.get("reporter", "/readyz");
    assertEquals(status, 503, text);
    assertMatch(text, /"check":"store","ok":false/);
    assertEquals((await fleet.get("reporter", "/healthz"))[0], 200);
  });
});

Deno.test("an agent without dns and routes is alive and not ready", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const port = freeTcpPort();
  await Deno.writeTextFile(
    `${folder}/agent.conf`,
    `[agent]\nport = 0\n[dnsserver]\nport = 1\n[reporter]\nport = 1\n[metrics]\nport = ${port}\n`,
  );
  await using agent = new RunningDeno(
    await serviceArguments("agent", { conf: folder, data: folder }),
  );
  await agent.printed(/ ready at=/);
  const at = `http://127.0.0.1:${port}`;
  const ready = await fetch(`${at}/readyz`);
  assertEquals(ready.status, 503);
  const { checks } = await ready.json();
  assertEquals(checks[0], {
    check: "dns",
    ok: false,
    reason: "not connected, and no routes are known",
  });
  const alive = await fetch(`${at}/healthz`);
  assertEquals(alive.status, 200, await alive.text());
  await Deno.remove(folder, { recursive: true });
});

Deno.test("OTEL_DENO=true has Deno send the metrics by OTLP, with no more permissions", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  await makeStore(folder, [row(1, 1, "10.0.0.1:80")]);
  const port = freeTcpPort();
  await Deno.writeTextFile(
    `${folder}/dns.conf`,
    `[reactor]\nport = ${port}\n`,
  );
  const sent = Promise.withResolvers<string>();
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const text = await request.text();
      const isWhole = request.url.endsWith("/v1/metrics") &&
        text.includes('"lars_dns_routes"');
      if (isWhole) sent.resolve(text);
      return Response.json({});
    },
  );
  await using _dns = new RunningDeno(
    await serviceArguments("dns", { conf: folder, data: folder }),
    {
      env: {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.addr.port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_METRIC_EXPORT_INTERVAL: "200",
        OTEL_SERVICE_NAME: "lars-dns",
      },
    },
  );
  const { resourceMetrics } = JSON.parse(await sent.promise);
  const text = JSON.stringify(resourceMetrics);
  assertMatch(text, /"service.name","value":\{"stringValue":"lars-dns"\}/);
  for (
    const name of [
      "lars_build_info",
      "lars_store_up",
      "lars_store_operation_duration_seconds",
      "lars_dns_connections_total",
    ]
  ) assert(text.includes(`"name":"${name}"`), name);
  // An old name is for those that scrape already.
  assertEquals(text.includes("lars_dns_store_away"), false);
  await Deno.remove(folder, { recursive: true });
});
