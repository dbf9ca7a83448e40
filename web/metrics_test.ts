import { assertEquals } from "@std/assert";
import { formatMetrics } from "../net/mod.ts";
import { WEB_METRICS, WebRequests } from "./metrics.ts";

Deno.test("requests are counted by route, method and class of status", () => {
  const requests = new WebRequests();
  const route = "/api/v1/routes/:mod/:cmd";
  for (const status of [200, 204, 412]) {
    requests.add({ route, method: "PUT", status, seconds: 0.01 });
  }
  requests.add({ route: "/*", method: "BREW", status: 404, seconds: 3 });
  const lines = formatMetrics(WEB_METRICS, requests).split("\n");
  assertEquals(lines.filter((line) => line.includes("_count")), [
    `lars_web_request_duration_seconds_count{route="${route}",method="PUT",status="2xx"} 2`,
    `lars_web_request_duration_seconds_count{route="${route}",method="PUT",status="4xx"} 1`,
    'lars_web_request_duration_seconds_count{route="/*",method="other",status="4xx"} 1',
  ]);
});

Deno.test("attempts to log in are counted by what became of them", () => {
  const requests = new WebRequests();
  const route = "/api/v1/session";
  for (const status of [200, 401, 401, 429, 503]) {
    requests.add({ route, method: "POST", status, seconds: 0 });
  }
  // Who asks who it is does not log in.
  requests.add({ route, method: "GET", status: 401, seconds: 0 });
  const lines = formatMetrics(WEB_METRICS, requests).split("\n");
  assertEquals(lines.filter((line) => /^lars_web_logins/.test(line)), [
    'lars_web_logins_total{result="succeeded"} 1',
    'lars_web_logins_total{result="refused"} 2',
    'lars_web_logins_total{result="limited"} 1',
    'lars_web_logins_total{result="failed"} 1',
  ]);
});
