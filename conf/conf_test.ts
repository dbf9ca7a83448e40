import { assert, assertEquals, assertRejects } from "@std/assert";
import { agentSchema } from "./agent.ts";
import type { FileSchema } from "./check.ts";
import { dnsSchema } from "./dns.ts";
import {
  ConfigError,
  loadAgentConfig,
  loadDnsConfig,
  loadReporterConfig,
  parseAgentConfig,
  parseDnsConfig,
  parseReporterConfig,
} from "./mod.ts";
import { reporterSchema } from "./reporter.ts";

const SHIPPED = [
  { name: "dns.conf", parse: parseDnsConfig, schema: dnsSchema },
  { name: "reporter.conf", parse: parseReporterConfig, schema: reporterSchema },
  { name: "agent.conf", parse: parseAgentConfig, schema: agentSchema },
];

for (const { name, parse, schema } of SHIPPED) {
  Deno.test(`${name} as shipped says the defaults`, async () => {
    const { config, warnings } = parse(await readShipped(name), name);
    assertEquals(config, parse("", name).config as typeof config);
    assertEquals(warnings, []);
  });

  Deno.test(`${name} as shipped has every key, each behind a comment`, async () => {
    const text = await readShipped(name);
    assertEquals(undocumentedKeys(text, schema), []);
    const cut = text.replace(/^level = .*$/m, "");
    assertEquals(undocumentedKeys(cut, schema), ["log.level"]);
  });
}

Deno.test("parseDnsConfig() gives the shipped example of [mysql] the defaults", async () => {
  const text = await readShipped("dns.conf");
  const settings = text.replace(/^# (\[mysql\]|db_\w+ =.*)$/gm, "$1")
    .replace("kind = sqlite", "kind = mysql");
  const { config, warnings } = parseDnsConfig(settings, "dns.conf");
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

Deno.test("loadDnsConfig(), loadReporterConfig() and loadAgentConfig() read files", async () => {
  const folder = new URL(".", import.meta.url).pathname;
  const dns = await loadDnsConfig(`${folder}dns.conf`);
  assertEquals(dns.config.listen, { hostname: "127.0.0.1", port: 7778 });
  assertEquals(dns.config.store, { kind: "sqlite" });
  assertEquals(dns.config.metrics, undefined);
  const reporter = await loadReporterConfig(`${folder}reporter.conf`);
  assertEquals(reporter.config.listen, { hostname: "127.0.0.1", port: 7779 });
  assertEquals(reporter.config.keysMax, 1_000_000);
  const agent = await loadAgentConfig(`${folder}agent.conf`);
  assertEquals(agent.config.listen, { hostname: "127.0.0.1", port: 8888 });
});

Deno.test("loadAgentConfig() says which file is missing and what to do", async () => {
  const error = await assertRejects(
    () => loadAgentConfig("/nowhere/agent.conf"),
    ConfigError,
    'Cannot load "/nowhere/agent.conf" as there is no such file',
  );
  assert(error.message.includes("--conf"));
});

function readShipped(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, import.meta.url));
}

/** Keys of the schema without a line of their own right behind a comment. */
function undocumentedKeys(text: string, schema: FileSchema): string[] {
  const documented = new Set<string>();
  let section = "";
  let previous = "";
  for (const line of text.split("\n")) {
    section = /^(?:# )?\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const key = /^(?:# )?(\w+) =/.exec(line)?.[1];
    if (key !== undefined && /^# .*\.|^# .*Default/.test(previous)) {
      documented.add(`${section}.${key}`);
    }
    if (key === undefined || !line.startsWith("# ")) previous = line;
  }
  return Object.entries(schema.shape).flatMap(([section, fields]) =>
    Object.keys(fields.shape).map((key) => `${section}.${key}`)
  ).filter((key) => !documented.has(key));
}
