import { fileURLToPath } from "node:url";
import { freeUdpPorts } from "../../local/free_ports.ts";
import {
  type ChildServer,
  scriptArguments,
  startServer,
} from "../programs/child.ts";

const SOURCE = fileURLToPath(
  new URL("../programs/echo_server.c", import.meta.url),
);

/** A server to measure. */
export interface Target extends AsyncDisposable {
  /** Its first UDP port. */
  readonly port: number;
  /** The process whose CPU time and memory are measured. */
  readonly pid: number;
}

/** The bare UDP echo server in C, compiled. */
export class CEchoServer implements AsyncDisposable {
  readonly #binary: string;

  private constructor(binary: string) {
    this.#binary = binary;
  }

  /** Compiles it; undefined where there is no compiler. */
  static async compile(): Promise<CEchoServer | undefined> {
    const binary = await Deno.makeTempFile({ prefix: "lars-echo-" });
    const server = new CEchoServer(binary);
    try {
      const { success } = await new Deno.Command("cc", {
        args: ["-O2", "-pthread", SOURCE, "-o", binary],
      }).output();
      if (success) return server;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await server[Symbol.asyncDispose]();
    return undefined;
  }

  /** Starts it on `threads` free ports in a row. */
  start(
    mode: "echo" | "pair",
    { threads, batch = 0 }: { threads: number; batch?: number },
  ): Promise<Target> {
    const port = freeUdpPorts(threads);
    const args = [mode, String(port), String(threads), String(batch)];
    return asTarget(port, startServer(this.#binary, args));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#binary);
  }
}

/** Starts the bare `Deno.listenDatagram` echo on `threads` free ports in a row. */
export function startDenoEcho(
  mode: "echo" | "pair",
  { threads }: { threads: number },
): Promise<Target> {
  const port = freeUdpPorts(threads);
  const args = scriptArguments("programs/deno_echo.ts", [
    mode,
    String(port),
    String(threads),
  ]);
  return asTarget(port, startServer(Deno.execPath(), args));
}

async function asTarget(
  port: number,
  starting: Promise<ChildServer>,
): Promise<Target> {
  const server = await starting;
  return {
    port,
    pid: server.pid,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
