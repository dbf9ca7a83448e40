import { change, insertAll, type Program, rows } from "../steps.ts";
import { type AuditOptions, writeAudit } from "./audit.ts";
import type { NameRow } from "./types.ts";

/** Column cmdid of a module's own row. */
const OF_MODULE = -1;

/** Every name of ours, and of the original where there is none. */
export function* names(): Program<NameRow[]> {
  const ours = (yield* rows(
    "SELECT modid, cmdid, name, owner, runbook FROM RouteName ORDER BY modid, cmdid",
  )).map((row): NameRow => ({
    modId: Number(row.modid),
    cmdId: Number(row.cmdid) === OF_MODULE ? undefined : Number(row.cmdid),
    name: textOf(row.name),
    owner: textOf(row.owner),
    runbook: textOf(row.runbook),
  }));
  const named = new Set(
    ours.filter(({ cmdId }) => cmdId === undefined).map(({ modId }) => modId),
  );
  const originals = yield* rows(
    "SELECT modid, content FROM ModIDConfig ORDER BY modid",
  );
  const theirs = originals.filter((row) => !named.has(Number(row.modid)))
    .map((row): NameRow => ({
      modId: Number(row.modid),
      cmdId: undefined,
      name: textOf(row.content),
      owner: undefined,
      runbook: undefined,
    }));
  return [...ours, ...theirs];
}

/** Adds, replaces or removes a name. */
export function* putName(row: NameRow, audit: AuditOptions): Program<void> {
  const { modId, cmdId, name, owner, runbook } = row;
  const column = cmdId ?? OF_MODULE;
  yield* change(
    "DELETE FROM RouteName WHERE modid = ? AND cmdid = ?",
    modId,
    column,
  );
  const values = [name, owner, runbook];
  if (values.some((value) => value !== undefined)) {
    yield* insertAll("RouteName", [{
      modid: modId,
      cmdid: column,
      name: name ?? null,
      owner: owner ?? null,
      runbook: runbook ?? null,
    }]);
  }
  const target = cmdId === undefined
    ? `module ${modId}`
    : `command ${modId}/${cmdId}`;
  yield* writeAudit(target, audit);
}

function textOf(value: unknown): string | undefined {
  return value === null || value === "" ? undefined : String(value);
}
