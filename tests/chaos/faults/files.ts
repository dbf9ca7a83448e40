import type { SqliteStore } from "../system/store.ts";
import type { Volume } from "../system/volume.ts";
import { makeOtherStore, type Service, type System } from "../system/system.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";

/** Files of a store and of agents that are removed, replaced, damaged, or cannot be written. */
export function fileFaults(system: System): FaultKind[] {
  const { volumes, agents } = system;
  const kinds = [
    {
      name: "route file",
      faults: agents.flatMap((_, index) =>
        (["empty", "cut", "overwritten"] as const).map((damage) =>
          damageRoutes(system, { index, damage })
        )
      ),
    },
    { name: "full", faults: volumes.map((each) => full(system, each)) },
    {
      name: "read-only",
      faults: volumes.map((each) => readOnly(system, each)),
    },
  ];
  return kinds.filter(({ faults }) => faults.length > 0);
}

/** What happens to the files of an embedded store only. */
export function embeddedStoreFaults(
  system: System,
  store: SqliteStore,
): FaultKind[] {
  return [
    {
      name: "files of the store",
      faults: [["-wal"], ["-shm"], ["-wal", "-shm"]].map((suffixes) =>
        removeFiles(system, store, suffixes)
      ),
    },
    { name: "another store", faults: [replaceStore(system, store)] },
    {
      name: "empty dns",
      faults: system.dns.map((each) => startOnEmpty(system, each)),
    },
  ];
}

function removeFiles(
  system: System,
  { path }: SqliteStore,
  suffixes: readonly string[],
): Fault {
  return {
    name: `${suffixes.join(" and ")} removed`,
    // Only who has the files open can bring in what they held: one of those lives.
    takes: ["store", "reporter"],
    disturbs: ["feed", "store"],
    async begin() {
      if (!system.reporter.member.isReady) return;
      for (const suffix of suffixes) {
        await Deno.remove(`${path}${suffix}`).catch(() => {});
      }
    },
    end: nothing,
  };
}

/** Another store stands at its place for a while, as an empty volume; no one edits it. */
function replaceStore(system: System, { path }: SqliteStore): Fault {
  const aside = `${system.data}/aside`;
  const other = `${system.data}/other`;
  const move = async (from: string, to: string) => {
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.rename(`${from}${suffix}`, `${to}${suffix}`).catch(() => {});
    }
  };
  return {
    name: "store replaced by an empty one",
    takes: ["store"],
    disturbs: ["feed", "store"],
    async begin() {
      await system.edits.pause();
      await makeOtherStore(other);
      await Deno.mkdir(aside, { recursive: true });
      await move(path, `${aside}/lars.db`);
      await move(`${other}/lars.db`, path);
    },
    async end() {
      await Deno.remove(other, { recursive: true });
      await Deno.mkdir(other);
      await move(path, `${other}/lars.db`);
      await move(`${aside}/lars.db`, path);
      await Deno.remove(other, { recursive: true });
      system.edits.resume();
    },
  };
}

function startOnEmpty(system: System, service: Service): Fault {
  const { member, folder } = service;
  return {
    name: `${member.name} on an empty store`,
    takes: [member.name],
    disturbs: ["feed"],
    async begin() {
      await member.stop("SIGKILL");
      const empty = `${folder}/empty`;
      await makeOtherStore(empty);
      system.dataOf.set(service, empty);
      await member.start();
    },
    async end() {
      await member.stop("SIGTERM");
      system.dataOf.delete(service);
      await Deno.remove(`${folder}/empty`, { recursive: true });
      await member.start();
    },
  };
}

function damageRoutes(
  system: System,
  { index, damage }: { index: number; damage: "empty" | "cut" | "overwritten" },
): Fault {
  const { member, folder } = system.agents[index]!;
  const path = `${folder}/data/agent-routes.json`;
  return {
    name: `route file of ${member.name} ${damage}`,
    takes: [member.name, `disk ${member.name}`],
    disturbs: [`agent ${index}`, `disk ${index}`, "feed"],
    async begin(choices) {
      await member.stop("SIGKILL");
      const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
      // Routes that are in one file only are lost with it.
      const before = await Deno.readTextFile(`${path}.old`).catch(() => "");
      const hasAll = before.split("\n").length > system.routes.length;
      if (size === 0 || !hasAll || !isWhole(before)) return;
      const at = Math.floor(choices.between(1, size));
      if (damage !== "overwritten") {
        return await Deno.truncate(path, damage === "empty" ? 0 : at);
      }
      using file = await Deno.open(path, { write: true });
      await file.seek(at, Deno.SeekMode.Start);
      await file.write(new TextEncoder().encode('{"\0'));
    },
    end: () => member.start(),
  };
}

/** Whether a file of routes is as an agent wrote it, from beginning to end. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function full(system: System, volume: Volume): Fault {
  return {
    ...volumeFault(system, volume),
    name: `folder of ${volume.name} full`,
    begin: () => volume.fill(),
    end: () => volume.empty(),
  };
}

function readOnly(system: System, volume: Volume): Fault {
  return {
    ...volumeFault(system, volume),
    name: `folder of ${volume.name} read-only`,
    begin: () => volume.lock(),
    end: () => volume.unlock(),
  };
}

function volumeFault(
  system: System,
  { name }: Volume,
): Pick<Fault, "takes" | "disturbs"> {
  if (name === "store") {
    return { takes: ["store"], disturbs: ["feed", "store"] };
  }
  const index = system.agents.findIndex(({ member }) => member.name === name);
  return { takes: [`disk ${name}`], disturbs: [`disk ${index}`] };
}
