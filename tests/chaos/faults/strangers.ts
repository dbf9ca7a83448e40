import { connect } from "node:net";
import { parseAddress } from "../../../proto/mod.ts";
import type { Choices } from "../../support/choices.ts";
import {
  ForeignClient,
  frame,
  message,
  statusFrame,
} from "../../support/foreign_wire.ts";
import type { Service, System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";

/** Peers that are gone, broken or hostile; none of them may be felt by others. */
export function strangerFaults(system: System): FaultKind[] {
  const { dns, reporter, agents } = system;
  const servers = [...dns, reporter];
  return [
    {
      name: "random bytes",
      faults: [...servers.map(randomFrames), ...agents.map(randomDatagrams)],
    },
    { name: "half frames held", faults: servers.map(halfFrames) },
    { name: "early resets", faults: servers.map(earlyResets) },
    {
      name: "unknown routes",
      faults: [...dns.map(unknownRoutes), ...agents.map(unknownDatagrams)],
    },
    { name: "status storm", faults: [statusStorm(reporter)] },
    {
      name: "forged reports",
      faults: agents.map((each) => forgedReports(system, each)),
    },
    {
      name: "closed backend",
      faults: [0, 1].map((index) => closeBackend(system, index)),
    },
  ];
}

/** Connections of one stranger, and frames or datagrams of it. */
const CONNECTIONS = 20;
const MESSAGES = 2_000;

/** A failed call, as programs report it: enough of them take a host out. */
const FAILURES = 15;

/** Time for all that is sent on a connection, and for the answers. */
const SEND_MS_MAX = 3_000;

const GET_ROUTE = 1;
const GET_HOST = 4;
const REPORT = 6;

function randomBytes(choices: Choices, sizeMax: number): Uint8Array {
  const size = Math.floor(choices.between(0, sizeMax));
  return Uint8Array.from(
    { length: size },
    () => Math.floor(choices.between(0, 256)),
  );
}

/** Bytes that begin as a frame does, or not even that. */
function brokenFrame(choices: Choices): Uint8Array {
  const body = randomBytes(choices, 60);
  if (choices.chance(0.3)) return body;
  const bytes = frame(Math.floor(choices.between(0, 24)), body);
  if (choices.chance(0.3)) bytes.set(randomBytes(choices, 5).subarray(0, 4), 4);
  return bytes;
}

function randomFrames({ member, port }: Service): Fault {
  return {
    name: `random bytes to ${member.name}`,
    takes: [],
    disturbs: [],
    async begin(choices) {
      for (let count = 0; count < CONNECTIONS; count++) {
        const bytes = Array.from(
          { length: 20 },
          () => [...brokenFrame(choices)],
        );
        await send(port, Uint8Array.from(bytes.flat()));
      }
    },
    end: nothing,
  };
}

function randomDatagrams({ member, port }: Service): Fault {
  return {
    name: `random bytes to ${member.name}`,
    takes: [],
    disturbs: [],
    begin: (choices) => sendDatagrams(port, () => brokenFrame(choices)),
    end: nothing,
  };
}

function halfFrames({ member, port }: Service): Fault {
  let held: Deno.Conn[] = [];
  return {
    name: `half frames to ${member.name}`,
    takes: [],
    disturbs: [],
    async begin() {
      held = [];
      for (let count = 0; count < CONNECTIONS; count++) {
        try {
          const connection = await Deno.connect({ port });
          held.push(connection);
          await connection.write(
            frame(GET_ROUTE, message({ 1: 1, 2: 1 })).subarray(0, 9),
          );
        } catch {
          return;
        }
      }
    },
    end: () => Promise.resolve(held.forEach((each) => each.close())),
  };
}

function earlyResets({ member, port }: Service): Fault {
  return {
    name: `resets at ${member.name}`,
    takes: [],
    disturbs: [],
    async begin() {
      for (let count = 0; count < CONNECTIONS * 2; count++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const socket = connect(
          port,
          "127.0.0.1",
          () => socket.resetAndDestroy(),
        );
        socket.once("error", () => resolve());
        socket.once("close", () => resolve());
        await promise;
      }
    },
    end: nothing,
  };
}

function unknownRoutes({ member, port }: Service): Fault {
  return {
    name: `unknown routes asked of ${member.name}`,
    takes: [],
    disturbs: [],
    async begin(choices) {
      const first = Math.floor(choices.between(0, 1_000_000));
      const bytes = Array.from(
        { length: MESSAGES },
        (
          _,
          index,
        ) => [...frame(GET_ROUTE, message({ 1: 77, 2: first + index }))],
      );
      await send(port, Uint8Array.from(bytes.flat()));
    },
    end: nothing,
  };
}

function unknownDatagrams({ member, port }: Service): Fault {
  return {
    name: `unknown routes asked of ${member.name}`,
    takes: [],
    disturbs: [],
    begin: (choices) =>
      sendDatagrams(port, () => {
        const cmdId = Math.floor(choices.between(1, 1_000_000));
        return frame(GET_HOST, message({ 1: 1, 2: 78, 3: cmdId }));
      }),
    end: nothing,
  };
}

/** Statuses of hosts and routes that there are not: none may be stored. */
function statusStorm({ member, port }: Service): Fault {
  return {
    name: `status storm at ${member.name}`,
    takes: [],
    disturbs: [],
    async begin(choices) {
      const bytes = Array.from({ length: MESSAGES }, () => [
        ...statusFrame({
          modId: Math.floor(choices.between(1, 12)),
          cmdId: Math.floor(choices.between(1, 300)),
          ip: 0x0a00_0000 + Math.floor(choices.between(1, 60_000)),
          port: Math.floor(choices.between(1, 60_000)),
          succ: 1,
        }),
      ]);
      await send(port, Uint8Array.from(bytes.flat()));
    },
    end: nothing,
  };
}

/** Failures of each host of a route, though nobody has called it. */
function forgedReports(system: System, { member, port }: Service): Fault {
  return {
    name: `forged reports to ${member.name}`,
    takes: [],
    disturbs: ["calls"],
    async begin(choices) {
      const { modId, cmdId, pool } = choices.pick(system.routes);
      for (const address of pool) {
        const { ip, port: hostPort } = parseAddress(address);
        const host = message({ 1: ip, 2: hostPort });
        const report = frame(
          REPORT,
          message({ 1: modId, 2: cmdId, 3: host, 4: 1 }),
        );
        const server = (modId + cmdId) % 3;
        await sendDatagrams(port, () => report, { server, count: FAILURES });
      }
    },
    end: nothing,
  };
}

function closeBackend({ backends }: System, index: number): Fault {
  return {
    name: `half of the hosts refuse calls`,
    takes: [`backend ${index}`],
    disturbs: ["calls"],
    begin: () => Promise.resolve(backends.close(index)),
    end: () => Promise.resolve(backends.open(index)),
  };
}

/** Sends bytes on a connection of its own; one that is refused or closed is an answer. */
async function send(port: number, bytes: Uint8Array): Promise<void> {
  try {
    const connection = await Deno.connect({ port });
    const reading = connection.readable.pipeTo(new WritableStream());
    const writer = connection.writable.getWriter();
    // Nobody waits for one who stands still.
    const late = setTimeout(() => connection.close(), SEND_MS_MAX);
    await writer.write(bytes).catch(() => {});
    await writer.close().catch(() => {});
    await reading.catch(() => {});
    clearTimeout(late);
  } catch {
    // It is away.
  }
}

/** Sends datagrams to one server of an agent, or to all in turn. */
async function sendDatagrams(
  port: number,
  draw: () => Uint8Array,
  { server, count = MESSAGES / 4 }: { server?: number; count?: number } = {},
): Promise<void> {
  using client = new ForeignClient(port);
  for (let sent = 0; sent < count; sent++) {
    await client.send(draw(), server ?? sent % 3).catch(() => {});
  }
}
