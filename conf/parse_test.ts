import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  agentConf,
  ConfigError,
  dnsConf,
  reporterConf,
  type StoreConfig,
} from "./mod.ts";

Deno.test("agentConf.parse() refuses what is out of range, with the reason", () => {
  const table: [section: string, line: string, reason: string][] = [
    ["loadbalance", "probe_num = 0", "must be >= 1: current value is 0"],
    ["loadbalance", "probe_num = -1", "must be >= 1: current value is -1"],
    [
      "loadbalance",
      "probe_num = 1.5",
      "must be a whole number: current value is 1.5",
    ],
    [
      "loadbalance",
      "probe_num = ten",
      'must be a whole number: current value is "ten"',
    ],
    [
      "loadbalance",
      "probe_num = 1e1",
      'must be a whole number: current value is "1e1"',
    ],
    [
      "loadbalance",
      "probe_num = true",
      'must be a whole number: current value is "true"',
    ],
    [
      "loadbalance",
      "probe_num =",
      'must be a whole number: current value is ""',
    ],
    ["loadbalance", "init_succ_cnt = -1", "must be >= 0: current value is -1"],
    ["loadbalance", "contin_err_limit = 0", "must be >= 1: current value is 0"],
    ["loadbalance", "err_rate = 1.1", "must be <= 1: current value is 1.1"],
    ["loadbalance", "err_rate = -0.1", "must be >= 0: current value is -0.1"],
    [
      "loadbalance",
      "succ_rate = half",
      'must be a number from 0 to 1: current value is "half"',
    ],
    ["loadbalance", "idle_timeout = 0", "must be > 0: current value is 0"],
    [
      "loadbalance",
      "idle_timeout = 9999999",
      "must be <= 2147483: current value is 9999999",
    ],
    [
      "loadbalance",
      "policy =",
      'must be at least one character: current value is ""',
    ],
    [
      "loadbalance",
      "check = maybe",
      'must be one of "on", "off": current value is "maybe"',
    ],
    [
      "agent",
      "zone = eu 1",
      'must be at most 32 letters, digits, ".", "_" and "-": current value is "eu 1"',
    ],
    ["agent", "port = 65534", "must be <= 65533: current value is 65534"],
    [
      "agent",
      "ip = local host",
      'must be an IPv4 or IPv6 address, or a host name: current value is "local host"',
    ],
    [
      "udp",
      "transport = Batch",
      'must be one of "auto", "batch", "datagram": current value is "Batch"',
    ],
    ["dnsserver", "port = 0", "must be >= 1: current value is 0"],
    [
      "dnsserver",
      "ip = 1.2.3.256",
      'must be an IPv4 or IPv6 address, or a host name: current value is "1.2.3.256"',
    ],
    [
      "dnsserver",
      "ip = [::1]:7778",
      'must be an IPv4 or IPv6 address, or a host name: current value is "[::1]:7778"',
    ],
    [
      "dnsserver",
      "addresses = 1.2.3.4",
      'must be HOST:PORT, separated by commas: current value is "1.2.3.4"',
    ],
    [
      "reporter",
      "addresses = 1.2.3.4:0",
      'must be HOST:PORT, separated by commas: current value is "1.2.3.4:0"',
    ],
    ["metrics", "port = 65536", "must be <= 65535: current value is 65536"],
    [
      "log",
      "level = loud",
      'must be one of "trace", "debug", "info", "warning", "error", "fatal": current value is "loud"',
    ],
  ];
  for (const [section, line, reason] of table) {
    const error = assertThrows(
      () => agentConf.parse(`[${section}]\n${line}`, "conf/agent.conf"),
      ConfigError,
    );
    const key = line.split(" ")[0];
    assertEquals(
      error.message,
      `Cannot load "conf/agent.conf" as [${section}] ${key} ${reason}`,
    );
  }
});

Deno.test("agentConf.parse() takes the values at the limits", () => {
  const { loadBalance, listen } = agentConf.parse(
    "[loadbalance]\nprobe_num=1\nerr_rate=0\nsucc_rate=1\nwindow_err_rate=.5\n" +
      "idle_timeout=0.25\n[agent]\nip=0.0.0.0\nport=65533",
    "agent.conf",
  ).config;
  assertEquals(loadBalance.probeNum, 1);
  assertEquals(loadBalance.errorRate, 0);
  assertEquals(loadBalance.successRate, 1);
  assertEquals(loadBalance.windowErrorRate, 0.5);
  assertEquals(loadBalance.idleTimeoutMs, 250);
  assertEquals(listen, { hostname: "0.0.0.0", port: 65_533 });
});

Deno.test("agentConf.parse() reads the zone and whether hosts may be checked", () => {
  const given = agentConf.parse(
    "[agent]\nzone = eu-1.a\n[loadbalance]\ncheck = off",
    "agent.conf",
  ).config;
  assertEquals([given.zone, given.healthChecks], ["eu-1.a", false]);
  const absent = agentConf.parse("", "agent.conf").config;
  assertEquals([absent.zone, absent.healthChecks], ["", true]);
  for (const zone of ["7", "007", "1e5", "true", "null"]) {
    const { config } = agentConf.parse(`[agent]\nzone = ${zone}`, "agent.conf");
    assertEquals(config.zone, zone);
  }
});

Deno.test("agentConf.parse() prefers lists of servers to the single ones", () => {
  const { dnsServers, reporters } = agentConf.parse(
    "[dnsserver]\nip=9.9.9.9\naddresses=1.2.3.4:1, 5.6.7.8:65535,\n" +
      "[reporter]\nip=9.9.9.9\nport=9\naddresses=",
    "agent.conf",
  ).config;
  assertEquals(dnsServers, [
    { hostname: "1.2.3.4", port: 1 },
    { hostname: "5.6.7.8", port: 65_535 },
  ]);
  assertEquals(reporters, [{ hostname: "9.9.9.9", port: 9 }]);
});

Deno.test("dnsConf.parse() chooses the store by [store], else by [mysql]", () => {
  const table: [text: string, kind: StoreConfig["kind"]][] = [
    ["", "sqlite"],
    ["[store]\nkind=sqlite", "sqlite"],
    ["[store]\nkind=mysql", "mysql"],
    ["[mysql]\ndb_host=h", "mysql"],
    ["[mysql]", "mysql"],
    ["[mysql]\ndb_host=h\n[store]\nkind=sqlite", "sqlite"],
    ["[store]\nkind=mysql\n[mysql]\ndb_host=h", "mysql"],
  ];
  for (const [text, kind] of table) {
    assertEquals(
      dnsConf.parse(text, "dns.conf").config.store.kind,
      kind,
      text,
    );
  }
});

Deno.test("dnsConf.parse() reads a list of database hosts, and the password as text", () => {
  const { store } = dnsConf.parse(
    '[mysql]\ndb_host=db-1.example, 10.0.0.2:3307\ndb_port=3308\ndb_passwd="00 12"\n' +
      "db_tls=verify\ndb_tls_ca=/etc/ca.pem\ndb_pool_size=9",
    "dns.conf",
  ).config;
  assertEquals(store.kind === "mysql" && store.mysql, {
    hosts: [
      { hostname: "db-1.example", port: 3308 },
      { hostname: "10.0.0.2", port: 3307 },
    ],
    user: "root",
    password: "00 12",
    database: "lars_dns",
    tls: "verify",
    tlsCaPath: "/etc/ca.pem",
    connectTimeoutMs: 2_000,
    queryTimeoutMs: 10_000,
    connectionsMax: 9,
  });
  for (const hosts of ["", ",", "a:0", "a:b", "a b", "a:70000"]) {
    assertThrows(
      () => dnsConf.parse(`[mysql]\ndb_host=${hosts}`, "dns.conf"),
      ConfigError,
      "[mysql] db_host must be HOST or HOST:PORT, separated by commas",
    );
  }
});

Deno.test("dnsConf.parse() takes the text of a password, whatever it is in INI or JavaScript", () => {
  const table: [written: string, password: string][] = [
    ["00123", "00123"],
    ["12345678901234567890", "12345678901234567890"],
    ["1e5", "1e5"],
    ["0x1f", "0x1f"],
    ["Infinity", "Infinity"],
    ["true", "true"],
    ["false", "false"],
    ["null", "null"],
    ["", ""],
    ['"00123"', "00123"],
    ['"null"', "null"],
    ['" x "', " x "],
    ['""x""', '"x"'],
    ['"x" "y"', 'x" "y'],
    ['"', '"'],
    ['x"', 'x"'],
    ["'x'", "'x'"],
    ["''", "''"],
    ["a = b", "a = b"],
    ["1 # b", "1 # b"],
    ["#x;//y", "#x;//y"],
    ["[x]", "[x]"],
  ];
  for (const [written, password] of table) {
    for (const line of [`db_passwd=${written}`, ` db_passwd = ${written} `]) {
      const { store } = dnsConf.parse(`[mysql]\n${line}`, "dns.conf").config;
      assertEquals(store.kind === "mysql" && store.mysql.password, password);
    }
  }
});

Deno.test("reporterConf.parse() reads [repoter] too; where both say it, [reporter] counts", () => {
  const { config, warnings } = reporterConf.parse(
    "[reporter]\ndb_thread_cnt=1\n[repoter]\ndb_thread_cnt=2\nkeys_max=5",
    "reporter.conf",
  );
  assertEquals([config.writers, config.keysMax], [1, 5]);
  assertEquals(warnings, []);
  assertThrows(
    () => reporterConf.parse("[repoter]\ndb_thread_cnt=0", "reporter.conf"),
    ConfigError,
    "as [repoter] db_thread_cnt must be >= 1: current value is 0",
  );
});

Deno.test("dnsConf.parse() takes port 0 to listen on, and metrics only with a port", () => {
  const { listen, metrics } = dnsConf.parse(
    "[reactor]\nport=0\n[metrics]\nport=9100",
    "dns.conf",
  ).config;
  assertEquals(listen, { hostname: "127.0.0.1", port: 0 });
  assertEquals(metrics, { hostname: "127.0.0.1", port: 9100 });
});

Deno.test("dnsConf.parse() only warns of what it does not know", () => {
  const { config, warnings } = dnsConf.parse(
    "port=1\n[reactor]\nport=7000\nport=7001\nzebra=1\nx=1\n" +
      "[nuclear]\nport=2\n[constructor]\n[reactor]\ntoString=1",
    "dns.conf",
  );
  assertEquals(config.listen.port, 7001);
  assertEquals(config.connectionsMax, 1024);
  assertEquals(warnings, [
    '"dns.conf" has port before any section: it is ignored',
    '"dns.conf" has [reactor] port twice: the last counts',
    '"dns.conf" has an unknown key [reactor] zebra: it is ignored',
    '"dns.conf" has an unknown key [reactor] x: it is ignored',
    '"dns.conf" has an unknown key [reactor] toString: it is ignored',
    '"dns.conf" has an unknown section [nuclear]: it is ignored',
    '"dns.conf" has an unknown section [constructor]: it is ignored',
  ]);
});

Deno.test("agentConf.parse() and dnsConf.parse() take names and both families wherever an address is", () => {
  for (const hostname of ["10.0.0.1", "::1", "dns.example", "localhost"]) {
    const text =
      `[agent]\nip=${hostname}\n[dnsserver]\nip=${hostname}\n[metrics]\nip=${hostname}\nport=1`;
    const { config } = agentConf.parse(text, "agent.conf");
    assertEquals(config.listen, { hostname, port: 8888 });
    assertEquals(config.dnsServers, [{ hostname, port: 7778 }]);
    assertEquals(config.metrics, { hostname, port: 1 });
  }
  const { reporters } = agentConf.parse(
    "[reporter]\naddresses = a.example:1, [fd00::2]:2, 10.0.0.3:3",
    "agent.conf",
  ).config;
  assertEquals(reporters, [
    { hostname: "a.example", port: 1 },
    { hostname: "fd00::2", port: 2 },
    { hostname: "10.0.0.3", port: 3 },
  ]);
  const { listen, store } = dnsConf.parse(
    "[reactor]\nip=[::]\n[mysql]\ndb_host = ::1, [fd00::2]:3307, db.example",
    "dns.conf",
  ).config;
  assertEquals(listen.hostname, "::");
  assertEquals(store.mysql?.hosts, [
    { hostname: "::1", port: 3306 },
    { hostname: "fd00::2", port: 3307 },
    { hostname: "db.example", port: 3306 },
  ]);
});

Deno.test("dnsConf.parse() refuses what a case or two letters make a known name", () => {
  const table: [text: string, what: string, meant: string][] = [
    ["[Mysql]\ndb_name = x", "section [Mysql]", "mysql"],
    ["[mysqld]", "section [mysqld]", "mysql"],
    ["[stroe]\nkind = mysql", "section [stroe]", "store"],
    ["[reactor]\nPort = 1", "key [reactor] Port", "port"],
    ["[reactor]\nprt = 1", "key [reactor] prt", "port"],
    ["[reactor]\npi = ::1", "key [reactor] pi", "ip"],
    ["[reactor]\nmaxcon = 1", "key [reactor] maxcon", "maxConn"],
    ["[mysql]\ndb_password = x", "key [mysql] db_password", "db_passwd"],
    ["[log]\nlevle = debug", "key [log] levle", "level"],
  ];
  for (const [text, what, meant] of table) {
    assertThrows(
      () => dnsConf.parse(text, "dns.conf"),
      ConfigError,
      `Cannot load "dns.conf" as it has an unknown ${what}: write "${meant}", or take it out`,
    );
  }
});

Deno.test("dnsConf.parse() names the line of what is not INI", () => {
  const table: [text: string, message: string][] = [
    [
      "[reactor]\nport",
      'Cannot load "dns.conf": Unexpected token p in INI at line 2',
    ],
    [
      "\r\n[reactor",
      'Cannot load "dns.conf": Unexpected end of INI section at line 2',
    ],
    ["[]", 'Cannot load "dns.conf": Unexpected empty section name at line 1'],
    [
      "#\n;\n//\n= 1",
      'Cannot load "dns.conf": Unexpected empty key name at line 4',
    ],
  ];
  for (const [text, message] of table) {
    const error = assertThrows(
      () => dnsConf.parse(text, "dns.conf"),
      ConfigError,
    );
    assertEquals(error.message, message);
  }
});

Deno.test("dnsConf.parse() takes blanks, tabs, a byte order mark and any line ends", () => {
  const { config, warnings } = dnsConf.parse(
    "\uFEFF  [reactor]\r\n\t port = 7000 \r   \n  # port = 7001\n",
    "dns.conf",
  );
  assertEquals(config.listen.port, 7000);
  assertEquals(warnings, []);
});

Deno.test("dnsConf.parse() reads quotes and notes as the original does, and says what it read", () => {
  const rows: [line: string, password: string, warned: RegExp | undefined][] = [
    ["pw", "pw", undefined],
    ["a;b#c", "a;b#c", undefined],
    ["'pw'", "'pw'", /single quotes, which are part of it: .* 4 characters$/],
    ['"pw"', "pw", /double quotes, which are taken off: .* 2 characters$/],
    ["pw ; mine", "pw ; mine", /a note behind it.* 9 characters$/],
    ["pw # mine", "pw # mine", /a note behind it.* 9 characters$/],
    ['"pw" // mine', '"pw" // mine', /a note behind it.* 12 characters$/],
  ];
  for (const head of ["[mysql]", "[mysql] ; note", "[mysql]# note"]) {
    for (const [line, password, warned] of rows) {
      const { config, warnings } = dnsConf.parse(
        `${head}\ndb_passwd = ${line}\n`,
        "dns.conf",
      );
      assert(config.store.kind === "mysql");
      assertEquals(config.store.mysql.password, password);
      assertEquals(warnings.length, warned === undefined ? 0 : 1, line);
      assertMatch(warnings[0] ?? "", warned ?? /^$/);
      assert(!warnings.some((warning) => warning.includes("pw")), warnings[0]);
    }
  }
  const { warnings } = dnsConf.parse("[mysql]\ndb_user = 'root'\n", "dns.conf");
  assertMatch(warnings[0]!, /db_user in single quotes.*"'root'"$/);
});
