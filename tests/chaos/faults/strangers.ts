import { connect } from "node:net";
import type { Choices } from "../../support/choices.ts";
import { frame, message, statusFrame } from "../../support/foreign_wire.ts";
import type { Service, System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";
import { send, sendDatagrams } from "./senders.ts";

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
      name: "explanations",
      faults: agents.map((each) => explanations(system, each)),
    },
  ];
}

/** Connections of one stranger, and frames or datagrams of it. */
const CONNECTIONS = 20;
const MESSAGES = 2_000;

const GET_ROUTE = 1;
const GET_HOST = 4;
const EXPLAIN = 16;

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
    // close() would throw for one whose write failed: that closes it.
    end: () => Promise.resolve(held.forEach((each) => each[Symbol.dispose]())),
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

/**
 * Statuses of hosts and routes that there are not: none may be stored. A reporter
 * that cannot read which hosts routes have keeps all, so the store is to be there.
 */
function statusStorm({ member, port }: Service): Fault {
  return {
    name: `status storm at ${member.name}`,
    takes: ["store"],
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

/** Explanations of routes, each of which costs more than many picks. */
function explanations(system: System, { member, port }: Service): Fault {
  return {
    name: `explanations asked of ${member.name}`,
    takes: [],
    disturbs: [],
    begin: (choices) =>
      sendDatagrams(port, () => {
        const { modId, cmdId } = choices.pick(system.routes);
        return frame(EXPLAIN, message({ 1: 1, 2: modId, 3: cmdId, 6: 1 }));
      }),
    end: nothing,
  };
}
