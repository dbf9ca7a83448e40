/**
 * The image, compose, Kubernetes files and workflows name what there is:
 * services, files that load, ports, folders, tasks, each other.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse, parseAllDocuments } from "yaml";
import { agentConf, dnsConf, reporterConf } from "../../conf/mod.ts";
import {
  ROOT,
  type ServiceName,
  SERVICES,
} from "../../tasks/local/services.ts";

/** A service, and the ports at which its file has it listen. */
interface Listener {
  name: ServiceName;
  file: typeof agentConf | typeof dnsConf | typeof reporterConf;
  /** Setting of its address, and of its first port. */
  section: "agent" | "reactor";
  /** Number of ports. */
  ports: number;
}

const LISTENERS: readonly Listener[] = [
  { name: "agent", file: agentConf, section: "agent", ports: 3 },
  { name: "dns", file: dnsConf, section: "reactor", ports: 1 },
  { name: "reporter", file: reporterConf, section: "reactor", ports: 1 },
];

/** An object of Kubernetes, as far as it is looked at. */
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    selector: { matchLabels: Record<string, string> } & Record<string, string>;
    ports: { port: number; targetPort: string }[];
    template: {
      metadata: { labels: Record<string, string> };
      spec: PodSpec;
    };
  };
}

interface PodSpec {
  securityContext: { runAsUser: number; runAsGroup: number };
  containers: [Container];
  volumes: {
    name: string;
    secret?: { secretName: string };
    configMap?: { name: string };
  }[];
}

interface Container {
  command?: string[];
  args: string[];
  ports: { name: string; containerPort: number }[];
  readinessProbe: Probe;
  livenessProbe: Probe;
  volumeMounts: { name: string; mountPath: string }[];
}

interface Probe {
  httpGet: { path: string; port: string };
}

interface Compose {
  services: Record<string, {
    command: string[];
    volumes: string[];
    configs?: { source: string; target: string }[];
  }>;
  volumes: Record<string, unknown>;
  configs: Record<string, { content: string }>;
}

interface Workflow {
  jobs: Record<string, { steps: { run?: string }[] }>;
}

/** Looks up settings of a service's file, which may have no warning. */
function settingsOf(
  { name, file }: Listener,
  text: string,
): (section: string, key: string) => unknown {
  const { settings, warnings } = file.parse(text, `${name}.conf`);
  assertEquals(warnings, []);
  return (section, key) => JSON.parse(settings.get(`[${section}] ${key}`)!);
}

function portsOf(listener: Listener, text: string): number[] {
  const first = Number(settingsOf(listener, text)(listener.section, "port"));
  return Array.from(
    { length: listener.ports },
    (_, index) => first + index,
  );
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(`${ROOT}tasks/package/${path}`);
}

async function manifestsOf(service: ServiceName): Promise<Manifest[]> {
  const name = service === "agent" ? "agent-daemonset" : service;
  return parseAllDocuments(await read(`k8s/${name}.yaml`)).map((document) => {
    assertEquals(document.errors, []);
    return document.toJS();
  });
}

/** Instructions of the Containerfile by their first word, lines joined. */
async function instruction(word: string): Promise<string> {
  const text = (await read("Containerfile")).replaceAll(/\\\n\s*/g, "");
  const found = new RegExp(`^${word} (.*)$`, "m").exec(text);
  assert(found !== null, word);
  return found[1]!;
}

Deno.test("the image exposes the ports of the shipped files", async () => {
  const ports = await Promise.all(LISTENERS.map(async (listener) => {
    const text = await Deno.readTextFile(`${ROOT}conf/${listener.name}.conf`);
    const suffix = listener.name === "agent" ? "/udp" : "";
    return portsOf(listener, text).map((port) => `${port}${suffix}`);
  }));
  assertEquals(
    (await instruction("EXPOSE")).split(" ").sort(),
    ports.flat().sort(),
  );
});

Deno.test("the image's change of addresses fits the shipped files", async () => {
  const [, from] = /0,\/(.*?)\/s\/\//.exec(await read("Containerfile"))!;
  for (const name of ["dns", "reporter"]) {
    const text = await Deno.readTextFile(`${ROOT}conf/${name}.conf`);
    const at = text.search(new RegExp(from!, "m"));
    assertEquals(text.slice(0, at).match(/^\[.*\]$/gm), ["[reactor]"]);
  }
});

for (const listener of LISTENERS) {
  const { name } = listener;
  Deno.test(`Kubernetes: ${name}'s file, ports, folders and user fit`, async () => {
    const manifests = await manifestsOf(name);
    const pods = manifests.filter(({ kind }) =>
      kind === "Deployment" || kind === "DaemonSet"
    );
    const settings = manifests.find((each) => each.data ?? each.stringData)!;
    const text = (settings.data ?? settings.stringData)?.[`${name}.conf`];
    assert(text !== undefined);
    assertEquals(
      settingsOf(listener, text)(listener.section, "ip"),
      "0.0.0.0",
    );

    assertEquals(pods.length, 1);
    const { selector, template } = pods[0]!.spec;
    assertEquals(selector.matchLabels, template.metadata.labels);
    const { containers: [container], volumes, securityContext } = template.spec;
    assertEquals(container.args, [name]);
    const metricsPort = settingsOf(listener, text)("metrics", "port");
    assertEquals(
      container.ports.map(({ containerPort }) => containerPort),
      [...portsOf(listener, text), Number(metricsPort)],
    );
    assertEquals(container.ports.at(-1)?.name, "metrics");
    const { readinessProbe, livenessProbe } = container;
    assertEquals(
      [readinessProbe, livenessProbe].map(({ httpGet }) => httpGet),
      ["/readyz", "/healthz"].map((path) => ({ path, port: "metrics" })),
    );
    assertEquals(
      `${securityContext.runAsUser}:${securityContext.runAsGroup}`,
      await instruction("USER"),
    );
    const mounts = new Map(
      container.volumeMounts.map(({ name, mountPath }) => [name, mountPath]),
    );
    assertEquals(mounts.get("configuration"), "/etc/lars");
    assertEquals(mounts.get("data"), await instruction("VOLUME"));
    assertEquals(volumes.map(({ name }) => name), [...mounts.keys()]);
    const { secret, configMap } = volumes[0]!;
    assertEquals(
      secret?.secretName ?? configMap?.name,
      settings.metadata.name,
    );

    const service = manifests.find(({ kind }) => kind === "Service");
    if (service === undefined) return;
    assertEquals(service.spec.selector, template.metadata.labels);
    assertEquals(service.spec.ports, [
      { port: container.ports[0]!.containerPort, targetPort: "tcp" },
    ]);
  });
}

Deno.test("Kubernetes: the store is made as dns's file says", async () => {
  const manifests = await manifestsOf("dns");
  const [job, dns] = ["Job", "Deployment"].map((kind) =>
    manifests.find((each) => each.kind === kind)!.spec.template.spec
  );
  assertEquals(job!.containers[0].command, ["lars", "store", "create"]);
  assertEquals(job!.securityContext, dns!.securityContext);
  const mounts = ({ containers: [{ volumeMounts }] }: PodSpec) =>
    volumeMounts.filter(({ name }) => name !== "data");
  assertEquals(mounts(job!), mounts(dns!));
  assertEquals(job!.volumes[0], dns!.volumes[0]);
});

Deno.test("Kubernetes: the agent asks the services of dns and reporter", async () => {
  const [map] = await manifestsOf("agent");
  const settings = settingsOf(LISTENERS[0]!, map!.data!["agent.conf"]!);
  for (
    const [section, name] of [["dnsserver", "dns"], [
      "reporter",
      "reporter",
    ]] as const
  ) {
    const service = (await manifestsOf(name))
      .find(({ kind }) => kind === "Service")!;
    assertEquals(
      [settings(section, "ip"), settings(section, "port")],
      [service.metadata.name, service.spec.ports[0]!.port],
    );
  }
});

Deno.test("compose: services, volumes and the agent's file fit", async () => {
  const { services, volumes, configs }: Compose = parse(
    await read("compose.yaml"),
  );
  assertEquals(Object.keys(services).sort(), [...SERVICES].sort());
  const folder = await instruction("VOLUME");
  for (const [name, { command, volumes: mounts }] of Object.entries(services)) {
    assertEquals(command, [name]);
    for (const mount of mounts) {
      const [volume = "", target] = mount.split(":");
      assert(volume in volumes, volume);
      assertEquals(target, folder);
    }
  }
  // One embedded store.
  assertEquals(services.dns?.volumes, services.reporter?.volumes);
  const [file] = services.agent!.configs!;
  assertMatch(file!.target, /^\/etc\/lars\/agent\.conf$/);
  const settings = settingsOf(LISTENERS[0]!, configs[file!.source]!.content);
  assertEquals(
    ["dnsserver", "reporter"].map((key) => settings(key, "ip")),
    ["dns", "reporter"],
  );
});

Deno.test("workflows run tasks that there are, with the Deno of the gate", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const gate = await Deno.readTextFile(`${ROOT}.ci/run`);
  const version = /^version=(.*)$/m.exec(gate)?.[1];
  const folder = `${ROOT}.github/workflows`;
  for await (const { name } of Deno.readDir(folder)) {
    const { jobs }: Workflow = parse(
      await Deno.readTextFile(`${folder}/${name}`),
    );
    const commands = Object.values(jobs)
      .flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    const text = commands.join("\n");
    for (const [, task] of text.matchAll(/\bdeno task ([\w:]+)/g)) {
      assert(task! in tasks, `${name}: ${task}`);
    }
    for (const [, found] of text.matchAll(/\bdeno@(\S+)/g)) {
      assertEquals(found, version, name);
    }
  }
});
