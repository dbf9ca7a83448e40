/**
 * Ports below those that systems hand out by themselves (from 32768 on Linux):
 * nobody gets one by chance between the look and the use.
 */
const PORT_MIN = 20_000;

/** Ports are given out in blocks, of which the first port is the lock. */
const BLOCK_PORTS = 200;
const BLOCKS = 60;

/**
 * The block of this thread. Nobody else who asks here gets a port of it, so that a
 * service that is down for a moment finds its own port free again, whatever else
 * runs on the machine. Taken when this is loaded: a test may not leave open what
 * was closed before it.
 */
const block = claimBlock();

/** Ports of the block that were looked at so far: one that was free comes again as late as can be. */
let looked = 0;

/**
 * The first of `count` consecutive UDP ports on 127.0.0.1 that are free now, and
 * that are given to nobody else who asks here.
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
 * A TCP port on 127.0.0.1, likewise.
 *
 * @throws {Error} If there is none to be found.
 */
export function freeTcpPort(): number {
  return freePorts(1, (port) => Deno.listen({ hostname: "127.0.0.1", port }));
}

function claimBlock(): { first: number; lock: Deno.Listener } {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let tried = 0; tried < BLOCKS; tried++) {
    const first = PORT_MIN + ((start + tried) % BLOCKS) * BLOCK_PORTS;
    try {
      const lock = Deno.listen({ hostname: "127.0.0.1", port: first });
      return { first, lock };
    } catch (error) {
      // Another's.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(
    `Cannot find free ports: every ${BLOCK_PORTS}th from ${PORT_MIN} on is in use`,
  );
}

function freePorts(
  count: number,
  open: (port: number) => { close(): void },
): number {
  const starts = BLOCK_PORTS - count;
  for (let tried = 0; tried < starts; tried++) {
    const offset = looked % starts;
    looked = offset + count;
    const first = block.first + 1 + offset;
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
