import { findFile, installPackages } from "../../store/testing/mod.ts";
import { hasCommand, runCommand } from "./packages.ts";
import type { Ended } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const MIRROR = "http://deb.debian.org/debian";

/** What a server has besides the smallest Debian: systemd, and what its packages call. */
const PACKAGES = ["systemd", "systemd-sysv", "dbus", "init-system-helpers"];

/** Variable with the folder of a Debian that is copied, where one is at hand. */
const ROOT_VARIABLE = "LARS_DEBIAN_ROOT";

/** Time for a container to start and to end. */
const BOOT_MS_MAX = 60_000;

/** Why no container with systemd can be started here, or undefined if it can. */
export async function whyNoDebian(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return "only root of a Linux can start a container";
  }
  const missing = await missingPrograms();
  if (missing.length === 0) return undefined;
  const reason = await installPackages([
    "debootstrap",
    "debian-archive-keyring",
    "systemd-container",
  ]);
  return (await missingPrograms()).length === 0
    ? undefined
    : `there is no ${missing.join(", no ")}: ${reason ?? "nor in packages"}`;
}

async function missingPrograms(): Promise<string[]> {
  const missing = [];
  for (const name of ["debootstrap", "systemd-nspawn", "nsenter"]) {
    if (!await hasCommand(name)) missing.push(name);
  }
  return missing;
}

/** Makes a bare Debian in `folder`. @throws {Error} If its packages cannot be had. */
export async function makeDebian(folder: string): Promise<void> {
  const ready = Deno.env.get(ROOT_VARIABLE);
  const [command, ...args] = ready === undefined
    ? [
      "debootstrap",
      "--variant=minbase",
      `--include=${PACKAGES.join(",")}`,
      "bookworm",
      folder,
      MIRROR,
    ]
    : ["cp", "-a", ready, folder];
  const { code, stdout, stderr } = await runCommand(command!, args);
  if (code === 0) return;
  throw new Error(`Cannot make a Debian: ${(stdout + stderr).slice(-1_000)}`);
}

/** A Debian that runs its systemd in a container, of whose network only loopback is there. */
export class DebianMachine implements AsyncDisposable {
  readonly #container: Deno.ChildProcess;
  /** Process of its systemd, as this machine counts. */
  readonly #pid: string;

  private constructor(container: Deno.ChildProcess, pid: string) {
    this.#container = container;
    this.#pid = pid;
  }

  /** Boots the system in `root`; it finds the folder `packages` at /packages. */
  static async boot(
    root: string,
    packages: string,
  ): Promise<DebianMachine> {
    const container = new Deno.Command("systemd-nspawn", {
      args: [
        `--directory=${root}`,
        `--bind-ro=${packages}:/packages`,
        "--private-network",
        "--boot",
        "--console=pipe",
        // Those keep it apart from a systemd of this machine, if there is one.
        "--register=no",
        ...findFile(["/run/systemd/system"]) === undefined
          ? ["--keep-unit"]
          : [],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pid = await eventually(
      "a container has started",
      () => systemdOf(container.pid),
      { deadlineMs: BOOT_MS_MAX },
    );
    const machine = new DebianMachine(container, pid);
    await eventually("its systemd runs", async () => {
      const { stdout } = await machine.run("systemctl", ["is-system-running"]);
      return stdout === "running\n";
    }, { deadlineMs: BOOT_MS_MAX });
    return machine;
  }

  /** Runs a command in it to its end. */
  run(command: string, args: readonly string[] = []): Promise<Ended> {
    return runCommand("nsenter", [
      `--target=${this.#pid}`,
      "--all",
      "env",
      "-i",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      "HOME=/root",
      command,
      ...args,
    ]);
  }

  /** What a command prints. @throws {Error} If it fails. */
  async output(command: string, args: readonly string[] = []): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, args);
    if (code === 0) return stdout;
    throw new Error(
      `${command} ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`,
    );
  }

  /** The command, up to its arguments, of a Deno of this machine on its network. */
  get denoOnItsNetwork(): string[] {
    return [
      "nsenter",
      `--target=${this.#pid}`,
      "--net",
      Deno.execPath(),
      "run",
      "--allow-all",
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("systemctl", ["poweroff"]);
    const timer = setTimeout(
      () => this.#container.kill("SIGKILL"),
      BOOT_MS_MAX,
    );
    await this.#container.status;
    clearTimeout(timer);
  }
}

/** The systemd that a container's process has started, when it has. */
function systemdOf(pid: number): string | undefined {
  try {
    const path = `/proc/${pid}/task/${pid}/children`;
    const [child = ""] = Deno.readTextFileSync(path).split(" ");
    const name = Deno.readTextFileSync(`/proc/${child}/comm`);
    return name === "systemd\n" ? child : undefined;
  } catch {
    return undefined; // It is being replaced by the next.
  }
}
