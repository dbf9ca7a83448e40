import type { Service, System } from "../system/system.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { disturbedBy } from "./processes.ts";

/** Ports that another process takes while a service is away. */
export function portFaults(system: System): FaultKind[] {
  return [{
    name: "taken port",
    faults: system.services.map((each) => takePort(system, each)),
  }];
}

function takePort(system: System, service: Service): Fault {
  const { member } = service;
  const port = takenPort(service);
  let thief: { close(): void } | undefined;
  return {
    name: `port of ${member.name} taken`,
    takes: [member.name],
    disturbs: disturbedBy(system, service),
    async begin() {
      await member.stop("SIGTERM");
      thief = listen(service, port);
      const { code, text } = await member.startRefused();
      if (code !== 0 && text.includes(`${port}`)) return;
      // A store that is away is said first.
      if (system.isStoreDisturbed) return;
      throw new Error(
        `${member.name} started on a taken port with code ${code}: ${text}`,
      );
    },
    async end() {
      thief?.close();
      await member.start();
    },
  };
}

/** The port that is taken: of an agent the second of three. */
function takenPort({ service, port }: Service): number {
  return service === "agent" ? port + 1 : port;
}

function listen(
  { service }: Service,
  port: number,
): { close(): void } {
  const hostname = "127.0.0.1";
  return service === "agent"
    ? Deno.listenDatagram({ transport: "udp", hostname, port })
    : Deno.listen({ hostname, port });
}
