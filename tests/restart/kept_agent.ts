import { dirname } from "node:path";
import { AGENT_SERVERS } from "../../proto/mod.ts";
import { serviceArguments } from "../../tasks/local/services.ts";
import type { AgentProcess } from "../support/agent_process.ts";
import { RunningDeno } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

/**
 * An agent whose three UDP sockets are kept beyond its process, as systemd does
 * for lars-agent.socket; started again at once whenever it ends.
 */
export class KeptAgent implements AsyncDisposable {
  readonly #keeper: RunningDeno;
  readonly #pidFile: string;

  private constructor(keeper: RunningDeno, pidFile: string) {
    this.#keeper = keeper;
    this.#pidFile = pidFile;
  }

  /** Opens the sockets where `agent` is to be, and starts it. */
  static async start({ at, data }: AgentProcess): Promise<KeptAgent> {
    const [run, ...rest] = await serviceArguments("agent", {
      conf: dirname(data),
      data,
    });
    const pidFile = `${dirname(data)}/pid`;
    const listen = Array.from(
      { length: AGENT_SERVERS },
      (_, index) => ["-l", `${at.hostname}:${at.port + index}`],
    ).flat();
    const start = `echo $$ >${pidFile}; LISTEN_PID=$$ exec "$0" "$@"`;
    const keeper = new RunningDeno(
      [run!, "--allow-env=LISTEN_FDS,LISTEN_PID", ...rest],
      {
        wrapper: [
          ...["systemd-socket-activate", "-d", ...listen],
          ...["-E", "NO_COLOR", "-E", "DENO_DIR"],
          ...["sh", "-c", `while :; do sh -c '${start}' "$0" "$@"; done`],
        ],
      },
    );
    await keeper.printed(/Listening on .* as 5/);
    const socket = Deno.listenDatagram({ ...at, port: 0, transport: "udp" });
    // The first datagram starts it.
    await socket.send(new Uint8Array(), { ...at, transport: "udp" });
    socket.close();
    await keeper.printed(/ready/);
    return new KeptAgent(keeper, pidFile);
  }

  /** Times that it was ready. */
  get starts(): number {
    return this.#keeper.linesWith(/ready/).length;
  }

  /** Lines that `pattern` matches. */
  linesWith(pattern: RegExp): string[] {
    return this.#keeper.linesWith(pattern);
  }

  /** Ends its process, and waits until the next is ready. */
  async restart(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const { starts } = this;
    await this.#kill(signal);
    await eventually("ready again", () => this.starts > starts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#keeper.kill("SIGKILL");
    await this.#kill("SIGKILL").catch(() => {});
    await this.#keeper[Symbol.asyncDispose]();
  }

  async #kill(signal: Deno.Signal): Promise<void> {
    Deno.kill(Number(await Deno.readTextFile(this.#pidFile)), signal);
  }
}
