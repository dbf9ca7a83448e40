const TRIES = 50;

/**
 * Ports below those that systems hand out by themselves (from 32768 on Linux):
 * nobody gets one by chance between the look and the use.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/**
 * The first of `count` consecutive UDP ports on 127.0.0.1 that are free now.
 *
 * @throws {Error} If there are none to be found.
 */
export function freeUdpPorts(count: number): number {
  return freePorts(count, (port) =>
    Deno.listenDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port,
    }));
}

/**
 * A TCP port on 127.0.0.1 that is free now.
 *
 * @throws {Error} If there is none to be found.
 */
export function freeTcpPort(): number {
  return freePorts(1, (port) => Deno.listen({ hostname: "127.0.0.1", port }));
}

function freePorts(
  count: number,
  open: (port: number) => { close(): void },
): number {
  for (let tried = 0; tried < TRIES; tried++) {
    const first = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const sockets: { close(): void }[] = [];
    try {
      for (let next = 0; next < count; next++) {
        sockets.push(open(first + next));
      }
      return first;
    } catch (error) {
      // Taken: try elsewhere.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    } finally {
      for (const socket of sockets) socket.close();
    }
  }
  throw new Error(`Cannot find ${count} free ports in a row`);
}
