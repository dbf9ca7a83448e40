import { parseAddress } from "../../../proto/mod.ts";
import { frame, message } from "../../support/foreign_wire.ts";
import type { Service, System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";
import { sendDatagrams } from "./senders.ts";

/** Calls that fail, and calls that are said to. */
export function callFaults(system: System): FaultKind[] {
  return [
    {
      name: "forged reports",
      faults: system.agents.map((each) => forgedReports(system, each)),
    },
    {
      name: "closed backend",
      faults: [0, 1].map((index) => closeBackend(system, index)),
    },
  ];
}

/** A failed call, as programs report it: enough of them take a host out. */
const FAILURES = 15;

const REPORT = 6;

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
