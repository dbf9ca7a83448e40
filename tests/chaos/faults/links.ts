import type { Disturbance } from "../oracle/disturbances.ts";
import type { Link } from "../system/link.ts";
import type { System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";

/** Bytes of a frame that still pass before its connection is reset, at most. */
const TORN_BYTES_MAX = 30;

/** Connections between agents and dns or reporter that break, stall, or deliver in pieces. */
export function linkFaults({ links }: System): FaultKind[] {
  return [
    { name: "reset", faults: links.map(reset) },
    { name: "silence", faults: links.map(freeze) },
    { name: "torn frame", faults: links.map(tear) },
    { name: "pieces", faults: links.map(chop) },
  ];
}

function reset(link: Link): Fault {
  return {
    name: `connections to ${link.name} reset`,
    takes: [`link ${link.name}`],
    disturbs: ["feed"],
    begin: () => Promise.resolve(link.reset()),
    end: nothing,
  };
}

function freeze(link: Link): Fault {
  return {
    ...healed(link, ["feed"]),
    name: `silence on the way to ${link.name}`,
    begin: () => Promise.resolve(link.freeze()),
  };
}

function tear(link: Link): Fault {
  return {
    ...healed(link, ["feed"]),
    name: `half frames on the way to ${link.name}`,
    begin: (choices) =>
      Promise.resolve(
        link.tear(Math.floor(choices.between(1, TORN_BYTES_MAX))),
      ),
  };
}

function chop(link: Link): Fault {
  return {
    ...healed(link, []),
    name: `bytes one by one on the way to ${link.name}`,
    begin: () => Promise.resolve(link.chop()),
  };
}

function healed(
  link: Link,
  disturbs: readonly Disturbance[],
): Pick<Fault, "takes" | "disturbs" | "end"> {
  return {
    takes: [`link ${link.name}`],
    disturbs,
    end: () => Promise.resolve(link.heal()),
  };
}
