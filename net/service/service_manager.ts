import { loggerOf } from "../log.ts";

/** Variables by which systemd says where to, and how often. */
const SOCKET = "NOTIFY_SOCKET";
const WATCHDOG = "WATCHDOG_USEC";
const DESCRIPTORS = "LISTEN_FDS";
const DESCRIPTORS_FOR = "LISTEN_PID";

/** The first descriptor after those of standard input, output and errors. */
const FIRST_DESCRIPTOR = 3;

/** What a service manager can be told. */
export interface ServiceManager extends Disposable {
  /**
   * It serves; from now on it is alive as long as its event loop turns and
   * `isAlive` says so.
   */
  ready(isAlive?: () => Promise<boolean>): void;
  /** It drains. */
  stopping(): void;
}

const NONE: ServiceManager = {
  ready() {},
  stopping() {},
  [Symbol.dispose]() {},
};

/**
 * The systemd that started this process, told by its protocol sd_notify(3); one
 * that takes nothing where there is none, or this process may not talk to it.
 */
export async function openServiceManager(): Promise<ServiceManager> {
  const path = variable(SOCKET);
  if (path === undefined) return NONE;
  try {
    return await Systemd.open(path);
  } catch (error) {
    loggerOf("service").warn("cannot talk to systemd", { path, error });
    return NONE;
  }
}

/** Descriptors of sockets that systemd keeps for this process, by its protocol sd_listen_fds(3). */
export function inheritedDescriptors(): number[] {
  if (Number(variable(DESCRIPTORS_FOR)) !== Deno.pid) return [];
  const length = Number(variable(DESCRIPTORS)) || 0;
  return Array.from({ length }, (_, index) => FIRST_DESCRIPTOR + index);
}

class Systemd implements ServiceManager {
  readonly #path: string;
  readonly #socket: Deno.DatagramConn;
  #watchdog: ReturnType<typeof setInterval> | undefined;

  private constructor(path: string, socket: Deno.DatagramConn) {
    this.#path = path;
    this.#socket = socket;
  }

  static async open(path: string): Promise<Systemd> {
    // The runtime sends from named sockets alone; nobody answers, so that the name
    // can go at once.
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    try {
      const socket = Deno.listenDatagram({
        transport: "unixpacket",
        path: `${folder}/notify`,
      });
      return new Systemd(path, socket);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  ready(isAlive = () => Promise.resolve(true)): void {
    this.#send("READY=1");
    // One that is missed is no reason to end it.
    const intervalMs = Number(variable(WATCHDOG)) / 1_000 / 3;
    if (!(intervalMs > 0)) return;
    this.#watchdog = setInterval(async () => {
      if (await isAlive()) this.#send("WATCHDOG=1");
    }, intervalMs);
  }

  stopping(): void {
    this.#send("STOPPING=1");
  }

  #send(state: string): void {
    this.#socket.send(new TextEncoder().encode(state), {
      transport: "unixpacket",
      path: this.#path,
    }).catch((error) => {
      loggerOf("service").warn("systemd was not told", { state, error });
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#watchdog);
    this.#socket.close();
  }
}

/** An environment variable that this process may read; undefined: it has none. */
function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) || undefined : undefined;
}
