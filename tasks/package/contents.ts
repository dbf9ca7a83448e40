import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { EXECUTABLES } from "../local/executables.ts";
import { ROOT, type ServiceName } from "../local/services.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completion.ts";
import { type DebPackage, MAINTAINER } from "./deb.ts";
import { copyrightFile } from "./licences.ts";
import { commandPage, type Release, servicePage } from "./man.ts";
import { scriptsOf } from "./scripts.ts";
import { type PackagedFile, run } from "./tree.ts";
import { SOCKET_FILE, sysusersFile, unitFile, UNITS } from "./units.ts";

/** Where the programs and their runtime are. */
const LIB = "usr/lib/lars";

const DESCRIPTION =
  `Lars answers which host to call now for a service and one of its commands:
programs ask the agent of their own machine, which balances, notices hosts that
fail or are slow, and gets its routes from dns.
.
`;

/** Everything that is installed, in three packages. */
export async function packagesOf(
  release: Release & { bundles: string; epoch: number },
): Promise<DebPackage[]> {
  const { version } = release;
  const copyright = await copyrightFile();
  const common = [`lars-common (= ${version})`];
  const server = ["dns", "reporter", "web"] as const;
  return [
    {
      name: "lars-common",
      depends: ["libc6 (>= 2.34)", "libgcc-s1"],
      summary: "runtime and command of Lars",
      description:
        `${DESCRIPTION}The command lars, and the runtime of all services.`,
      files: [
        {
          path: `${LIB}/deno`,
          content: { copyOf: Deno.execPath() },
          executable: true,
        },
        ...program("lars", release),
        gzipped("usr/share/man/man1/lars.1.gz", commandPage(release)),
        {
          path: "usr/share/bash-completion/completions/lars",
          content: bashCompletion(),
        },
        {
          path: "usr/share/zsh/vendor-completions/_lars",
          content: zshCompletion(),
        },
        {
          path: "usr/share/fish/vendor_completions.d/lars.fish",
          content: fishCompletion(),
        },
        {
          path: "usr/share/lintian/overrides/lars-common",
          content: OVERRIDES,
        },
        ...documents("lars-common", { ...release, copyright }),
      ],
    },
    {
      name: "lars-agent",
      depends: [...common, "passwd"],
      summary: "agent of Lars, which host to call now",
      description:
        `${DESCRIPTION}The agent, which stands on each machine that calls others.`,
      files: [
        ...await service("agent", release),
        ...documents("lars-agent", { ...release, copyright }),
      ],
      scripts: scriptsOf(["agent"]),
    },
    {
      name: "lars-server",
      depends: [...common, "passwd"],
      summary: "dns, reporter and web of Lars",
      description:
        `${DESCRIPTION}The services that agents get routes from and report calls to, and the console.`,
      files: [
        ...await service("dns", release),
        ...await service("reporter", release),
        ...await service("web", release),
        ...documents("lars-server", { ...release, copyright }),
      ],
      scripts: scriptsOf(server),
    },
  ];
}

/** Bundles each program into one file in `folder`. */
export async function bundle(folder: string): Promise<void> {
  const { npmCache } = JSON.parse(
    await run(Deno.execPath(), ["info", "--json"], { cwd: ROOT }),
  );
  for (const { name, entry } of EXECUTABLES) {
    const path = `${folder}/${name}.js`;
    await run(
      Deno.execPath(),
      ["bundle", "--quiet", "--output", path, entry],
      { cwd: ROOT },
    );
    // It names modules by where the cache of this machine stands.
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      text.replaceAll(`${relative(ROOT, npmCache)}/`, "npm/"),
    );
  }
}

/** A program: its file, and a script that runs it wherever the tree stands. */
function program(
  name: string,
  { bundles, version }: { bundles: string; version: string },
): PackagedFile[] {
  const { permissions } = EXECUTABLES.find((each) => each.name === name)!;
  const options = permissions.map((option) => `'${option}'`).join(" ");
  const telemetry = name === "lars" ? "" : telemetryOf(name, version);
  return [
    {
      path: `${LIB}/${name}.js`,
      content: { copyOf: `${bundles}/${name}.js` },
    },
    {
      path: `usr/bin/${name}`,
      content: `#!/bin/sh
lib="$(dirname "$(readlink -f "$0")")/../lib/lars"
# Apart from a Deno of the same person.
export DENO_DIR="\${DENO_DIR:-\${XDG_CACHE_HOME:-$HOME/.cache}/lars}"
${telemetry}exec "$lib/deno" run --quiet --no-prompt --no-config --no-remote \\
	--unstable-net ${options} \\
	"$lib/${name}.js" "$@"
`,
      executable: true,
    },
  ];
}

/** Lines of a script that say what OpenTelemetry, where it is on, is told of the service. */
function telemetryOf(name: string, version: string): string {
  return `if [ "\${OTEL_DENO:-}" = true ]; then
	export OTEL_SERVICE_NAME="\${OTEL_SERVICE_NAME:-${name}}"
	export OTEL_RESOURCE_ATTRIBUTES="service.version=${version},service.instance.id=$(uname -n)\${OTEL_RESOURCE_ATTRIBUTES:+,$OTEL_RESOURCE_ATTRIBUTES}"
fi
`;
}

async function service(
  name: ServiceName,
  release: Release & { bundles: string },
): Promise<PackagedFile[]> {
  return [
    ...program(`lars-${name}`, release),
    {
      path: `etc/lars/${name}.conf`,
      content: await Deno.readTextFile(`${ROOT}conf/${name}.conf`),
    },
    {
      path: `usr/lib/systemd/system/lars-${name}.service`,
      content: unitFile(name),
    },
    ...UNITS[name].hasSockets
      ? [{
        path: `usr/lib/systemd/system/lars-${name}.socket`,
        content: SOCKET_FILE,
      }]
      : [],
    {
      path: `usr/lib/sysusers.d/lars-${name}.conf`,
      content: sysusersFile([name]),
    },
    gzipped(
      `usr/share/man/man8/lars-${name}.8.gz`,
      await servicePage(name, release),
    ),
  ];
}

/** What Debian wants of each package. */
function documents(
  name: string,
  { version, epoch, copyright }: {
    version: string;
    epoch: number;
    copyright: string;
  },
): PackagedFile[] {
  const date = new Date(epoch * 1_000).toUTCString().replace("GMT", "+0000");
  const folder = `usr/share/doc/${name}`;
  return [
    { path: `${folder}/copyright`, content: copyright },
    gzipped(
      `${folder}/changelog.gz`,
      `lars (${version}) stable; urgency=medium

  * See https://jsr.io/@lars/lars for what has changed.

 -- ${MAINTAINER}  ${date}
`,
    ),
  ];
}

/** Made without a time, so that it is the same each time. */
function gzipped(path: string, text: string): PackagedFile {
  return { path, content: gzipSync(text, { level: 9 }) };
}

/** What lintian finds in the runtime, which is built by others. */
const OVERRIDES = `# Deno brings V8 and its libraries with it.
lars-common: embedded-library *
lars-common: hardening-no-relro *
lars-common: hardening-no-bindnow *
lars-common: hardening-no-fortify-functions *
lars-common: unstripped-binary-or-object *
`;
