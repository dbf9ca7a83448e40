import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import protobuf from "protobufjs";
import descriptor from "protobufjs/google/protobuf/descriptor.json" with {
  type: "json",
};
import { findFile, installPackages } from "../../../store/testing/mod.ts";
import { freeTcpPort } from "../../../tasks/local/free_ports.ts";
import { serviceArguments } from "../../../tasks/local/services.ts";
import {
  makeStore,
  row,
  runLars,
  RunningDeno,
} from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const PROMTOOL = ["/usr/bin/promtool"];

const noPromtool = findFile(PROMTOOL) === undefined
  ? await installPackages(["prometheus"])
  : undefined;

/** A dns over two routes that serves them over HTTP. */
class Dns implements AsyncDisposable {
  private constructor(
    readonly process: RunningDeno,
    readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<Dns> {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    // Both are named, so that dns may listen at these alone.
    const [port, reactorPort] = [freeTcpPort(), freeTcpPort()];
    await Deno.writeTextFile(
      `${folder}/dns.conf`,
      `[reactor]\nport = ${reactorPort}\n[discovery]\nport = ${port}\n`,
    );
    await makeStore(folder, [
      row(1, 1, "10.0.0.1:80"),
      row(1, 1, "10.0.0.2:80"),
      row(2, 1, "10.0.0.3:90"),
    ]);
    const process = new RunningDeno(
      await serviceArguments("dns", { conf: folder, data: folder }),
    );
    await process.printed(/ ready at=/);
    return new Dns(process, folder, `http://127.0.0.1:${port}`);
  }

  async endpoints(...clusters: string[]): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}/v3/discovery:endpoints`, {
      method: "POST",
      body: JSON.stringify({ resource_names: clusters }),
    });
    return await response.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Where Envoy's own definitions are found: this package of npm has them. */
const ENVOY_PACKAGE = "@grpc/grpc-js-xds@1.14.1";

const noEnvoy = Deno.env.get("LARS_INSTALL") === "1"
  ? undefined
  : `LARS_INSTALL=1 gets ${ENVOY_PACKAGE}`;

/** Envoy's own definitions of its messages; their files are left in `folder`. */
async function envoyMessages(folder: string): Promise<protobuf.Root> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      'npm pack --silent "$0" && tar -xzf *.tgz',
      ENVOY_PACKAGE,
    ],
    cwd: folder,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const deps = `${folder}/package/deps/`;
  const folders = ["envoy-api", "xds", "googleapis", "protoc-gen-validate"];
  const root = protobuf.Root.fromJSON(descriptor);
  root.resolvePath = (_origin, target) => {
    // Taken from the library above.
    if (target === "google/protobuf/descriptor.proto") return null;
    // Others of google/protobuf/ come with the library.
    return findFile(folders.map((folder) => `${deps}${folder}/${target}`)) ??
      target;
  };
  return await root.load([
    "envoy/service/discovery/v3/discovery.proto",
    "envoy/config/endpoint/v3/endpoint.proto",
  ], { keepCase: true });
}

Deno.test({
  name: `Envoy's own definitions take an answer of dns for endpoints${
    noEnvoy === undefined ? "" : ` (skipped: ${noEnvoy})`
  }`,
  ignore: noEnvoy !== undefined,
  async fn() {
    await using dns = await Dns.start();
    const answer = await dns.endpoints("1.1", "7.7");
    const root = await envoyMessages(dns.folder);
    const { resources, ...head } = answer as {
      resources: { "@type": string }[];
    };
    const response = root.lookupType(
      "envoy.service.discovery.v3.DiscoveryResponse",
    );
    assertKnown(response, head);
    assertEquals(resources.length, 1);
    const { "@type": url, ...assignment } = resources[0]!;
    assertKnown(root.lookupType(url.replace(/^.*\//, "")), assignment);
  },
});

/** Asserts that a message in JSON has no field, kind of value or word that its definition lacks. */
function assertKnown(type: protobuf.Type, message: object): void {
  for (const [name, value] of Object.entries(message)) {
    const field = type.fields[name]?.resolve();
    assert(field !== undefined, `${type.name} has no ${name}`);
    assertEquals(Array.isArray(value), field.repeated, name);
    for (const each of field.repeated ? value : [value]) {
      const { resolvedType } = field;
      if (resolvedType instanceof protobuf.Enum) {
        assert(each in resolvedType.values, each);
      } else if (resolvedType?.fullName.endsWith(".UInt32Value")) {
        assert(Number.isInteger(each), `${name} ${each}`);
      } else if (resolvedType instanceof protobuf.Type) {
        assertKnown(resolvedType, each);
      } else {
        assertEquals(
          typeof each,
          field.type === "string" ? "string" : "number",
        );
      }
    }
  }
}

Deno.test("an edit shows to Envoy and to Prometheus", async () => {
  await using dns = await Dns.start();
  const edit = await runLars([
    "route",
    "add",
    "1",
    "1",
    "10.0.0.9:80",
    "--data",
    dns.folder,
  ]);
  assertEquals(edit.code, 0, edit.stderr);
  await eventually(
    "the host at Envoy",
    async () => JSON.stringify(await dns.endpoints("1.1")).includes("10.0.0.9"),
  );
  const list = await (await fetch(`${dns.url}/sd/prometheus`)).text();
  assertStringIncludes(list, "10.0.0.9:80");
});

Deno.test({
  name: `Prometheus' own tool takes the list of targets${
    noPromtool === undefined ? "" : ` (skipped: ${noPromtool})`
  }`,
  ignore: noPromtool !== undefined,
  async fn() {
    await using dns = await Dns.start();
    const file = `${dns.folder}/prometheus.yml`;
    await Deno.writeTextFile(
      file,
      JSON.stringify({
        scrape_configs: [{
          job_name: "lars",
          http_sd_configs: [{ url: `${dns.url}/sd/prometheus` }],
          relabel_configs: [
            { source_labels: ["__meta_lars_modid"], target_label: "modid" },
          ],
        }],
      }),
    );
    const { stdout, stderr } = await new Deno.Command(PROMTOOL[0]!, {
      args: ["check", "service-discovery", "--timeout", "2s", file, "lars"],
    }).output();
    const found = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(
      found.map(({ labels }: { labels: Record<string, string> }) =>
        `${labels.modid} ${labels.instance}`
      ).sort(),
      ["1 10.0.0.1:80", "1 10.0.0.2:80", "2 10.0.0.3:90"],
      new TextDecoder().decode(stderr),
    );
  },
});
