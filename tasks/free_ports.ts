const TRIES = 50;

/**
 * The first of `count` consecutive UDP ports on 127.0.0.1 that are free now.
 *
 * @throws {Error} If there are none to be found.
 */
export function freeUdpPorts(count: number): number {
  for (let tried = 0; tried < TRIES; tried++) {
    const sockets: Deno.DatagramConn[] = [];
    try {
      sockets.push(bind(0));
      const { port } = sockets[0]!.addr as Deno.NetAddr;
      for (let next = 1; next < count; next++) sockets.push(bind(port + next));
      return port;
    } catch {
      // The next port is taken, or there is none: try elsewhere.
    } finally {
      for (const socket of sockets) socket.close();
    }
  }
  throw new Error(`Cannot find ${count} free UDP ports in a row`);
}

function bind(port: number): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
}
