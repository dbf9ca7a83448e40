import { setTimeout as sleep } from "node:timers/promises";
import type { Choices } from "../../support/choices.ts";
import type { Disturbance } from "../oracle/disturbances.ts";
import type { Service, System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";

/** Processes that end, stand still, start in any order, and are told to reload. */
export function processFaults(system: System): FaultKind[] {
  const { services, dns, reporter } = system;
  const stores = [...dns, reporter];
  return [
    {
      name: "SIGKILL",
      faults: services.map((each) => end(system, each, "SIGKILL")),
    },
    {
      name: "SIGTERM",
      faults: services.map((each) => end(system, each, "SIGTERM")),
    },
    { name: "SIGSTOP", faults: services.map((each) => freeze(system, each)) },
    { name: "SIGHUP", faults: services.map((each) => reload(each)) },
    { name: "all that use the store", faults: [endAll(stores)] },
  ];
}

/** What a service that is away excuses. */
export function disturbedBy(
  system: System,
  { service, member }: Service,
): Disturbance[] {
  if (service === "dns") return ["feed"];
  if (service === "reporter") return [];
  const index = system.agents.findIndex((each) => each.member === member);
  return [`agent ${index}`, "feed"];
}

function end(
  system: System,
  service: Service,
  signal: "SIGTERM" | "SIGKILL",
): Fault {
  const { member } = service;
  return {
    name: `${signal} of ${member.name}`,
    takes: [member.name],
    disturbs: disturbedBy(system, service),
    begin: () => member.stop(signal),
    end: () => member.start(),
  };
}

function freeze(system: System, service: Service): Fault {
  const { member } = service;
  return {
    name: `SIGSTOP of ${member.name}`,
    takes: [member.name],
    disturbs: disturbedBy(system, service),
    begin: () => Promise.resolve(member.signal("SIGSTOP")),
    end: () => Promise.resolve(member.signal("SIGCONT")),
  };
}

function reload({ member }: Service): Fault {
  return {
    name: `SIGHUP to ${member.name}`,
    takes: [member.name],
    disturbs: [],
    begin: () => Promise.resolve(member.signal("SIGHUP")),
    end: nothing,
  };
}

/** Ends several at once, and starts them in any order. */
function endAll(services: readonly Service[]): Fault {
  let order: Service[] = [];
  return {
    name: `SIGKILL of ${services.map(({ member }) => member.name).join(", ")}`,
    takes: services.map(({ member }) => member.name),
    disturbs: ["feed"],
    async begin(choices: Choices) {
      const left = [...services];
      order = services.map(() => {
        const next = choices.pick(left);
        left.splice(left.indexOf(next), 1);
        return next;
      });
      await Promise.all(order.map(({ member }) => member.stop("SIGKILL")));
    },
    async end() {
      const starting = [];
      for (const { member } of order) {
        starting.push(member.start());
        await sleep(50);
      }
      await Promise.all(starting);
    },
  };
}
