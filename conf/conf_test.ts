import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  agentConf,
  ConfigError,
  dnsConf,
  reporterConf,
  webConf,
} from "./mod.ts";

for (
  const { name, file } of [
    { name: "dns.conf", file: dnsConf },
    { name: "reporter.conf", file: reporterConf },
    { name: "web.conf", file: webConf },
  ]
) {
  Deno.test(`${name} as shipped says the defaults`, async () => {
    const { config, warnings } = file.parse(await readShipped(name), name);
    assertEquals<unknown>(config, file.parse("", name).config);
    assertEquals(warnings, []);
  });
}

Deno.test("agent.conf as shipped takes adaptive; without the key it is the original's rule", async () => {
  const text = await readShipped("agent.conf");
  const shipped = agentConf.parse(text, "agent.conf");
  assertEquals(shipped.warnings, []);
  assertEquals(shipped.config.policy, "adaptive");
  const { loadBalance, ...rest } = shipped.config;
  const { config } = agentConf.parse("", "agent.conf");
  assertEquals({ ...config, policy: "adaptive" }, { ...rest, loadBalance: {} });
  assertEquals(Object.keys(loadBalance).length, 11);
  assertEquals(config.policy, "lars");
});

Deno.test("agentConf.parse() reads who may register, and refuses what is no route or address", () => {
  const parse = (text: string) =>
    agentConf.parse(`[register]\n${text}`, "agent.conf").config.register;
  assertEquals(
    parse(
      "enabled = on\nallow = 1/*, 2/3,\nadvertise = 192.0.2.1, 10.1.0.0/16",
    ),
    {
      enabled: true,
      allow: [{ modId: 1, cmdId: undefined }, { modId: 2, cmdId: 3 }],
      advertise: [{ ip: 0xc000_0201, bits: 32 }, { ip: 0x0a01_0000, bits: 16 }],
      key: "",
    },
  );
  for (const allow of ["", ",", "1", "1/", "*/1", "1/2/3", "-1/2", "1/x"]) {
    assertThrows(() => parse(`allow = ${allow}`), ConfigError, "allow must be");
  }
  for (
    const advertise of ["0.0.0.0", "::1", "here", "1.2.3.4/0", "1.2.3.4/33"]
  ) {
    assertThrows(() => parse(`advertise = ${advertise}`), ConfigError);
  }
});

Deno.test("agentConf.parse() and dnsConf.parse() take the text of a key, the same in both", () => {
  const table: [written: string, key: string][] = [
    ["0012300123001230", "0012300123001230"],
    ["1e5000000000000000", "1e5000000000000000"],
    ['"0012300123001230"', "0012300123001230"],
    ['" with blanks around "', " with blanks around "],
    ["with ; a note, and a = b", "with ; a note, and a = b"],
    ["//#;[sixteen of them]", "//#;[sixteen of them]"],
    ["'in single quotes'", "'in single quotes'"],
    ["äöü äöü äöü äöü €", "äöü äöü äöü äöü €"],
    ["", ""],
  ];
  for (const [written, key] of table) {
    const text = `[register]\nkey = ${written}\n`;
    const agent = agentConf.parse(text, "agent.conf");
    assertEquals(agent.config.register.key, key);
    const keys = key === "" ? [] : [key];
    const dns = dnsConf.parse(text, "dns.conf");
    assertEquals(dns.config.registerKeys, keys);
    for (const warning of [...agent.warnings, ...dns.warnings]) {
      assertMatch(
        warning,
        /\[register\] key .*: what counts is \d+ characters$/,
      );
    }
  }
  const both =
    "[register]\nkey = the sixteen of it\nold_key = sixteen and more";
  assertEquals(dnsConf.parse(both, "dns.conf").config.registerKeys, [
    "the sixteen of it",
    "sixteen and more",
  ]);
});

Deno.test("agentConf.parse() and dnsConf.parse() refuse a key that is no good, and show it to nobody", () => {
  for (const value of ["guess", "'guess'", "12345", "guess ; chars"]) {
    const text = `[register]\nkey = ${value}`;
    for (const file of [agentConf, dnsConf]) {
      const error = assertThrows(() => file.parse(text, "x.conf"), ConfigError);
      assertMatch(
        error.message,
        /\[register\] key must be at least 16 characters.*: current value is \d+ characters$/,
      );
    }
  }
  assertThrows(
    () => dnsConf.parse("[register]\nold_key = sixteen and more", "dns.conf"),
    ConfigError,
    'Cannot load "dns.conf" as [register] old_key needs [register] key: set both, or none',
  );
  const { warnings } = reporterConf.parse(
    "[alarms]\nsecret = 1234 # of the pager",
    "reporter.conf",
  );
  assertMatch(warnings.join(), /secret with a note .* 19 characters$/);
});

Deno.test("dnsConf.parse() gives the shipped example of [mysql] the defaults", async () => {
  const text = await readShipped("dns.conf");
  const settings = text.replace(/^# (\[mysql\]|db_\w+ =.*)$/gm, "$1")
    .replace("kind = sqlite", "kind = mysql");
  const { config, warnings } = dnsConf.parse(settings, "dns.conf");
  assertEquals(warnings, []);
  assertEquals(config.store, {
    kind: "mysql",
    mysql: {
      hosts: [{ hostname: "127.0.0.1", port: 3306 }],
      user: "root",
      password: "",
      database: "lars_dns",
      tls: "off",
      tlsCaPath: undefined,
      connectTimeoutMs: 2_000,
      queryTimeoutMs: 10_000,
      connectionsMax: 5,
    },
  });
});

Deno.test("dnsConf.load(), reporterConf.load() and agentConf.load() read files", async () => {
  const folder = new URL(".", import.meta.url).pathname;
  const dns = await dnsConf.load(`${folder}dns.conf`);
  assertEquals(dns.config.listen, { hostname: "127.0.0.1", port: 7778 });
  assertEquals(dns.config.store, { kind: "sqlite" });
  assertEquals(dns.config.metrics, undefined);
  const reporter = await reporterConf.load(`${folder}reporter.conf`);
  assertEquals(reporter.config.listen, { hostname: "127.0.0.1", port: 7779 });
  assertEquals(reporter.config.keysMax, 1_000_000);
  const agent = await agentConf.load(`${folder}agent.conf`);
  assertEquals(agent.config.listen, { hostname: "127.0.0.1", port: 8888 });
});

Deno.test("agentConf.load() says which file is missing and what to do", async () => {
  const error = await assertRejects(
    () => agentConf.load("/nowhere/agent.conf"),
    ConfigError,
    'Cannot load "/nowhere/agent.conf" as there is no such file',
  );
  assert(error.message.includes("--conf"));
});

Deno.test("webConf.parse() takes paths, names, addresses and headers, and refuses what is none", () => {
  const { config } = webConf.parse(
    `[web]
base_path = /tools/lars/
hosts = Lars.example.com, 10.0.0.9
proxies = 10.0.0.1, ::1
user_header = X-Remote-User`,
    "web.conf",
  );
  assertEquals(config.basePath, "/tools/lars");
  assertEquals(config.hosts, ["lars.example.com", "10.0.0.9"]);
  assertEquals(config.proxies, ["10.0.0.1", "::1"]);
  assertEquals(config.userHeader, "x-remote-user");
  for (
    const wrong of [
      "base_path = lars",
      "base_path = /../x",
      "base_path = /a b",
      "hosts = a b",
      "proxies = proxy.example.com",
      "user_header = X User",
    ]
  ) {
    assertThrows(
      () => webConf.parse(`[web]\n${wrong}`, "web.conf"),
      ConfigError,
    );
  }
});

Deno.test("webConf.parse() refuses a header for names without a proxy that may send it", () => {
  assertThrows(
    () => webConf.parse("[web]\nuser_header = X-User", "web.conf"),
    ConfigError,
    'Cannot load "web.conf" as [web] user_header needs [web] proxies, or anybody could send it: current value is "x-user"',
  );
});

function readShipped(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, import.meta.url));
}
