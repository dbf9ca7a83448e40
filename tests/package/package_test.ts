/**
 * The Debian packages on a bare Debian without network, under its systemd:
 * installed, upgraded under load, downgraded, purged, installed again. Takes
 * minutes: `deno task test:package`.
 *
 * @module
 */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { ROOT, SERVICES } from "../../tasks/local/services.ts";
import type { RequestCounts } from "../restart/requests.ts";
import type { AwayCounts } from "../runtimes/away_program.ts";
import { RunningProgram } from "../runtimes/running_program.ts";
import { testImage, whyNoImage } from "./image.ts";
import { makePackages, runCommand } from "./packages.ts";
import { eventually, progress } from "../support/wait.ts";
import { DebianMachine, makeDebian, whyNoDebian } from "./debian.ts";

const OLD = "0.0.1";
const NEW = "0.0.2";

/** A line that a person has in agent.conf, and one that the next version brings to all. */
const EDIT = "zone = east";
const NEWS = "# A comment of the next version.";

const UNITS = SERVICES.map((service) => `lars-${service}`);

/** Calls before an upgrade, and after it. */
const CALLS = 2_000;

const LIMIT = { deadlineMs: 60_000 };

/** What people keep after a purge: data, and what the command cached. */
const DATA = /^\/(var\/lib\/lars(-agent)?|root\/\.cache(\/lars)?)(\/|$)/;

/** What the system itself writes as time goes by. */
const OF_THE_SYSTEM =
  /^\/var\/log\/|^\/etc\/(passwd|group|g?shadow|sub[ug]id)-$/;

const reason = await whyNoDebian();
const noImage = await whyNoImage();

Deno.test({
  name:
    `Debian packages under systemd: installed, upgraded under load, downgraded, purged${
      reason === undefined ? "" : ` (skipped: ${reason})`
    }`,
  ignore: reason !== undefined,
  async fn(test) {
    const folder = await Deno.makeTempDir({ prefix: "lars-debian-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(folder, { recursive: true }));
    const packages = `${folder}/packages`;
    await makeDebian(`${folder}/root`);
    for (const version of [OLD, NEW]) {
      await makePackages(ROOT, `${packages}/${version}`, [
        "--version",
        version,
      ]);
    }
    await changeConfiguration(`${packages}/${NEW}`, `${folder}/changed`);

    await test.step({
      name: `the image runs its services${
        noImage === undefined ? "" : ` (skipped: ${noImage})`
      }`,
      ignore: noImage !== undefined,
      fn: () =>
        testImage({
          root: `${folder}/root`,
          packages: `${packages}/${OLD}`,
          folder,
        }),
    });

    await using machine = await DebianMachine.boot(`${folder}/root`, packages);
    const before = await pathsOf(machine);
    await test.step(
      "installed without network, each service runs as its user, restricted",
      () => testInstalled(machine),
    );
    await test.step("a reload takes the edited file", () =>
      testReload(machine));
    await test.step(
      "a service that hangs is started again",
      () => testWatchdog(machine),
    );
    await test.step(
      "a restart of the agent under 1,000 requests a second loses none",
      () => testRestart(machine),
    );
    await test.step(
      "an upgrade under 1,000 calls a second fails none, and keeps edited files",
      () => testUpgrade(machine),
    );
    await test.step("a downgrade keeps routes", async () => {
      await install(machine, OLD);
      await testRoute(machine);
    });
    await test.step("a purge leaves nothing but data", async () => {
      await machine.output("dpkg", ["--purge", ...PACKAGES]);
      const known = new Set(before);
      const left = (await pathsOf(machine)).filter((path) =>
        !known.has(path) && !OF_THE_SYSTEM.test(path)
      );
      assertEquals(left.filter((path) => !DATA.test(path)), []);
      assertEquals(left.includes("/var/lib/lars/lars.db"), true);
    });
    await test.step("a second installation keeps the store", async () => {
      await install(machine, NEW);
      await testRoute(machine);
    });
    await test.step(
      "the archive runs under the same units",
      () => testArchive(machine),
    );
  },
});

const PACKAGES = ["lars-agent", "lars-server", "lars-common"];

/** Installs a version over whatever there is, without a question. */
async function install(machine: DebianMachine, version: string): Promise<void> {
  await machine.output("sh", [
    "-c",
    `dpkg --force-confold --install /packages/${version}/*.deb`,
  ]);
  const { stdout } = await machine.run("dpkg-query", [
    "--show",
    "--showformat=${Version} ",
    ...PACKAGES,
  ]);
  assertEquals(stdout, `${version} `.repeat(PACKAGES.length));
  for (const unit of UNITS) {
    assertEquals(await property(machine, unit, "ActiveState"), "active");
    assertEquals(await property(machine, unit, "NRestarts"), "0");
  }
}

async function property(
  machine: DebianMachine,
  unit: string,
  name: string,
): Promise<string> {
  const args = ["show", "--value", `--property=${name}`, unit];
  return (await machine.output("systemctl", args)).trim();
}

/** The processes of all services. */
function pidsOf(machine: DebianMachine): Promise<string[]> {
  return Promise.all(UNITS.map((unit) => property(machine, unit, "MainPID")));
}

/** Waits until the agent has the one route. */
async function testRoute(machine: DebianMachine): Promise<void> {
  await eventually("a host", async () => {
    const { stdout } = await machine.run("lars", ["get-host", "1", "1"]);
    return stdout === "10.0.0.1:80\n";
  }, LIMIT);
}

async function testInstalled(machine: DebianMachine): Promise<void> {
  assertEquals(await machine.output("ls", ["/sys/class/net"]), "lo\n");
  await install(machine, OLD);
  await machine.output("lars", ["route", "add", "1", "1", "10.0.0.1:80"]);
  await testRoute(machine);
  for (const unit of UNITS) {
    const pid = await property(machine, unit, "MainPID");
    const status = await machine.output("cat", [`/proc/${pid}/status`]);
    assertMatch(status, /^Uid:\t[1-9]/m);
    assertMatch(status, /^CapEff:\t0+$/m);
    assertMatch(status, /^NoNewPrivs:\t1$/m);
    assertMatch(status, /^Seccomp:\t2$/m);
  }
}

async function testReload(machine: DebianMachine): Promise<void> {
  const edit = `s/^zone =$/${EDIT}/; s/^err_rate = .*/err_rate = 0.2/`;
  await machine.output("sed", ["-i", edit, "/etc/lars/agent.conf"]);
  await machine.output("systemctl", ["reload", ...UNITS]);
  await eventually("the agent took it", async () => {
    const log = await machine.output("journalctl", ["--unit=lars-agent"]);
    return /reloaded .*loadbalance/.test(log);
  });
}

async function testWatchdog(machine: DebianMachine): Promise<void> {
  const pid = await property(machine, "lars-agent", "MainPID");
  await machine.output("sh", ["-c", `kill -STOP ${pid}`]);
  await eventually(
    "the agent is another process",
    async () =>
      await property(machine, "lars-agent", "NRestarts") === "1" &&
      await property(machine, "lars-agent", "ActiveState") === "active",
    LIMIT,
  );
  await testRoute(machine);
}

/** Restarts the agent while a client that asks once, and remembers nothing, waits for hosts. */
async function testRestart(machine: DebianMachine): Promise<void> {
  await using program = new RunningProgram(
    { name: "Deno", command: machine.denoOnItsNetwork },
    ["tests/restart/request_program.ts", "8888"],
  );
  const latest = () => program.latest<RequestCounts>();
  const answers = (count: number) =>
    eventually(`${count} answers`, () => (latest()?.answered ?? 0) > count, {
      ...LIMIT,
      explain: () => program.lines.slice(-3).join("\n"),
    });
  await answers(CALLS);
  const pid = await property(machine, "lars-agent", "MainPID");
  await machine.output("systemctl", ["restart", "lars-agent"]);
  assertNotEquals(await property(machine, "lars-agent", "MainPID"), pid);
  await answers(latest()!.answered + CALLS);
  assertEquals(await program.end(), 0);
  const { lost, refused, ...counts } = latest()!;
  progress(JSON.stringify(counts));
  assertEquals({ lost, refused }, { lost: 0, refused: 0 });
}

async function testUpgrade(machine: DebianMachine): Promise<void> {
  await using program = new RunningProgram(
    { name: "Deno", command: machine.denoOnItsNetwork },
    ["tests/runtimes/away_program.ts", "8888"],
  );
  const until = (what: string, reached: (counts: AwayCounts) => boolean) =>
    eventually(what, () => {
      const counts = program.latest<AwayCounts>();
      return counts !== undefined && reached(counts) && counts;
    }, { ...LIMIT, explain: () => program.lines.slice(-3).join("\n") });

  await until("calls before", ({ answered }) => answered > CALLS);
  const pids = await pidsOf(machine);
  await install(machine, NEW);
  const stayed = await pidsOf(machine);
  assertEquals(stayed.filter((pid) => pids.includes(pid)), []);
  const { called } = program.latest<AwayCounts>()!;
  await until(
    "calls after",
    ({ answered, agent }) => agent === "up" && answered > called + CALLS,
  );
  assertEquals(await program.end(), 0);
  const counts = program.latest<AwayCounts>()!;
  assertEquals(counts.failed, {}, JSON.stringify(counts));
  progress(JSON.stringify(counts));

  const [agent, dns] = await Promise.all(
    ["agent", "dns"].map((name) =>
      machine.output("cat", [`/etc/lars/${name}.conf`])
    ),
  );
  assertEquals([agent!.includes(EDIT), agent!.includes(NEWS)], [true, false]);
  assertEquals(dns!.includes(NEWS), true);
}

/** Unpacks the archive into a system without users or data of Lars, and starts it by hand. */
async function testArchive(machine: DebianMachine): Promise<void> {
  await machine.output("sh", [
    "-ec",
    `dpkg --purge ${PACKAGES.join(" ")}
    userdel lars
    userdel lars-agent
    rm -r /var/lib/lars /var/lib/lars-agent
    tar --extract --strip-components=1 --directory=/ --file /packages/${OLD}/lars-*.tar
    systemd-sysusers
    install --directory --owner=lars --group=lars --mode=0750 /var/lib/lars
    setpriv --reuid=lars --regid=lars --clear-groups lars store create
    systemctl daemon-reload
    systemctl enable --now ${UNITS.join(" ")}
    lars route add 1 1 10.0.0.1:80`,
  ]);
  await testRoute(machine);
}

/** Has each configuration file of the packages in `folder` end in a new line. */
async function changeConfiguration(
  folder: string,
  work: string,
): Promise<void> {
  const script = `for deb in "$1"/lars-agent_*.deb "$1"/lars-server_*.deb; do
    rm -rf "$2" && dpkg-deb --raw-extract "$deb" "$2" || exit
    for file in "$2"/etc/lars/*.conf; do echo "$3" >>"$file" || exit; done
    dpkg-deb -Zgzip -z1 --root-owner-group --build "$2" "$deb" || exit
  done`;
  const { code, stderr } = await runCommand(
    "sh",
    ["-c", script, "sh", folder, work, NEWS],
  );
  assertEquals(code, 0, stderr);
}

/** Every path of the machine's own file system. */
async function pathsOf(machine: DebianMachine): Promise<string[]> {
  return (await machine.output("find", ["/", "-xdev"])).trim().split("\n");
}
