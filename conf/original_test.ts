import { assertEquals } from "@std/assert";
import { agentConf, dnsConf, reporterConf } from "./mod.ts";

// Sections, keys and form of what the original ships; the reporter's password and
// thread count are others, to see that both are read.

const DNS = `[reactor]
maxConn = 1024
threadNum = 5
ip = 127.0.0.1
port = 7778

[mysql]
db_host = 127.0.0.1
db_port = 3306
db_user = root
db_passwd = aceld
db_name = lars_dns
`;

const REPORTER = `[reactor]
maxConn = 1024
threadNum = 5
ip = 127.0.0.1
port = 7779

[mysql]
db_host = 127.0.0.1
db_port = 3306
db_user = root
db_passwd = 12345678
db_name = lars_dns

[repoter]
db_thread_cnt = 4
`;

const AGENT = `[reporter]
ip = 127.0.0.1
port = 7779

[dnsserver]
ip = 127.0.0.1
port = 7778

[loadbalance]

;a comment
probe_num=10

init_succ_cnt=180
init_err_cnt=5
err_rate=0.1
succ_rate=0.95
contin_err_limit=15
contin_succ_limit=15
window_err_rate=0.7
idle_timeout=15
overload_timeout=15
`;

const MYSQL = {
  hosts: [{ hostname: "127.0.0.1", port: 3306 }],
  user: "root",
  database: "lars_dns",
  tls: "off" as const,
  tlsCaPath: undefined,
  connectTimeoutMs: 2_000,
  queryTimeoutMs: 10_000,
  connectionsMax: 5,
};

Deno.test("dnsConf.parse() loads the original's file, which means mysql", () => {
  const { config, warnings } = dnsConf.parse(DNS, "dns.conf");
  assertEquals({ config, warnings }, {
    warnings: [],
    config: {
      listen: { hostname: "127.0.0.1", port: 7778 },
      connectionsMax: 1024,
      store: { kind: "mysql", mysql: { ...MYSQL, password: "aceld" } },
      feed: { watchIntervalMs: 100, fullCompareIntervalMs: 10_000 },
      metrics: undefined,
      registerNetworks: ["127.0.0.0/8", "::1"],
      registerKeys: [],
      discovery: undefined,
      logLevel: "info",
    },
  });
});

Deno.test("reporterConf.parse() loads the original's file, misspelt section and all", () => {
  const { config, warnings } = reporterConf.parse(REPORTER, "reporter.conf");
  assertEquals({ config, warnings }, {
    warnings: [],
    config: {
      listen: { hostname: "127.0.0.1", port: 7779 },
      connectionsMax: 1024,
      store: { kind: "mysql", mysql: { ...MYSQL, password: "12345678" } },
      writers: 4,
      batchRowsMax: 1000,
      keysMax: 1_000_000,
      alarms: {
        webhooks: [],
        alertmanagers: [],
        watchdogs: [],
        secret: "",
        repeatMs: 14_400_000,
      },
      metrics: undefined,
      routesMax: 0,
      logLevel: "info",
    },
  });
});

Deno.test("agentConf.parse() loads the original's file", () => {
  const { config, warnings } = agentConf.parse(AGENT, "agent.conf");
  assertEquals({ config, warnings }, {
    warnings: [],
    config: {
      listen: { hostname: "127.0.0.1", port: 8888 },
      resolver: undefined,
      domain: "lars.internal",
      udpTransport: "auto",
      dnsServers: [{ hostname: "127.0.0.1", port: 7778 }],
      reporters: [{ hostname: "127.0.0.1", port: 7779 }],
      zone: "",
      caller: undefined,
      policy: "lars",
      healthChecks: true,
      loadBalance: {
        probeNum: 10,
        initSuccessCount: 180,
        initErrorCount: 5,
        errorRate: 0.1,
        successRate: 0.95,
        continuousErrorLimit: 15,
        continuousSuccessLimit: 15,
        windowErrorRate: 0.7,
        idleTimeoutMs: 15_000,
        overloadTimeoutMs: 15_000,
      },
      register: {
        enabled: false,
        allow: [{ modId: undefined, cmdId: undefined }],
        advertise: [],
        key: "",
      },
      metrics: undefined,
      logLevel: "info",
    },
  });
});
