import { DutyWatch } from "../../history/duty.ts";
import { mergeEvents } from "../../history/events.ts";
import { toDutyRow } from "../../history/rows.ts";
import { SqlHistoryReader } from "../../history/sql_reader.ts";
import {
  type AgentPresence,
  type AgentProgress,
  type Alarm,
  type AlarmSilence,
  type HistoryBatch,
  HistoryOffError,
  type HistoryStore,
  type HostEvent,
  type HostStateRow,
  STATE_IN_USE,
  type StateChanges,
} from "../../history/types.ts";
import {
  checkAlarms,
  checkBatch,
  checkEvents,
  checkNames,
  checkPresences,
  checkStates,
} from "../../history/validation.ts";
import { ATTRIBUTE_TABLE_NAMES } from "../../attribute_tables.ts";
import { compareRows } from "../../route_grouper.ts";
import { auditAlarms, silenceAlarm } from "../../history/silences.ts";
import type { AuditOptions } from "../../admin/audit.ts";
import { awaitProgram } from "../../steps.ts";
import type { Author, StoreClock } from "../../types.ts";
import { stepsOn } from "../admin/steps.ts";
import { AttributeReader } from "../attributes.ts";
import { Database } from "../database.ts";
import type { MysqlOptions } from "../options.ts";
import { missingMessage } from "../presence.ts";
import { chunks, formatAnyOf, formatEqual, formatText } from "../rows.ts";
import type { Session } from "../session.ts";
import type { TableName } from "../tables.ts";
import { commitBatch, readProgress } from "./commit.ts";
import { addEvents } from "./events.ts";
import { expireSome } from "./expire.ts";

/** Time between two looks for tables that were missing. */
const LOOK_INTERVAL_MS = 60_000;

/** Most rows that one statement writes. */
const ROWS_PER_STATEMENT = 1_000;

/** Most rows that one statement names by their keys. */
const KEYS_PER_STATEMENT = 200;

const STATE_KEY_COLUMNS = ["modid", "cmdid", "ip", "port", "agent"];

/** Options of {@linkcode MysqlHistoryStore.open}. */
export interface MysqlHistoryOptions extends MysqlOptions {
  /** Called once with the tables that are missing and that this user may not make. */
  onMissingTables?: ((tables: readonly TableName[]) => void) | undefined;
}

class MissingTablesError extends HistoryOffError {
  readonly tables: readonly TableName[];

  constructor(tables: readonly TableName[]) {
    super(missingMessage("use history", tables));
    this.tables = tables;
  }
}

/** History in a database that speaks the MySQL protocol. */
export class MysqlHistoryStore extends SqlHistoryReader
  implements HistoryStore {
  readonly #database: Database;
  readonly #clock: StoreClock;
  readonly #duties: DutyWatch;
  readonly #onMissingTables: MysqlHistoryOptions["onMissingTables"];
  #off: { error: MissingTablesError; sinceMs: number } | undefined;
  #told = false;

  private constructor(options: MysqlHistoryOptions) {
    super({ join: "STRAIGHT_JOIN", least: "LEAST" });
    this.#clock = options.clock;
    this.#duties = new DutyWatch(options.clock);
    this.#onMissingTables = options.onMissingTables;
    this.#database = new Database(options, {
      needed: [],
      wanted: ATTRIBUTE_TABLE_NAMES,
      part: "history",
      onMissing: (tables) => {
        throw new MissingTablesError(tables);
      },
    });
  }

  /** Opens the store; connects, and makes tables that are missing, at the first use. */
  static open(options: MysqlHistoryOptions): Promise<MysqlHistoryStore> {
    return Promise.resolve().then(() => new MysqlHistoryStore(options));
  }

  progress(agents: readonly string[]): Promise<Map<string, AgentProgress>> {
    return this.#use(
      "read history",
      (session) => readProgress(session, agents),
    );
  }

  async commit(batch: HistoryBatch): Promise<{ conflicts: string[] }> {
    checkBatch(batch);
    const conflicts = await this.#use(
      "write calls",
      (session) => commitBatch(session, batch),
    );
    return { conflicts };
  }

  async beat(agents: readonly AgentPresence[]): Promise<void> {
    checkPresences(agents);
    const seenAt = this.#clock.wallSeconds();
    const sorted = agents.toSorted((a, b) => a.agent < b.agent ? -1 : 1);
    await this.#edit("write agents", async (session) => {
      const [last] = await session.rows("SELECT MAX(beat) AS beat FROM Agent");
      const beat = Number(last?.beat ?? 0) + 1;
      await insert(session, {
        into:
          "Agent (agent, name, version, zone, address, reporter, beat, seen_at)",
        rows: sorted.map(
          ({ agent, name, version, zone, address, reporter }) => {
            const shown = [agent, name, version, zone, address, reporter];
            return [...shown.map(formatText), beat, seenAt];
          },
        ),
        update: ["name", "version", "zone", "address", "reporter", "beat"]
          .concat("seen_at"),
      });
    });
  }

  async writeStates({ replace = [], rows }: StateChanges): Promise<void> {
    checkStates(rows);
    const newest = new Map(
      rows.map((row) => [stateKeyOf(row).join(), row]),
    );
    const sorted = [...newest.values()].sort(compareStates);
    const ended = sorted.filter(({ state }) => state === STATE_IN_USE);
    const told = sorted.filter(({ state }) => state !== STATE_IN_USE);
    await this.#edit("write states", async (session) => {
      if (replace.length > 0) {
        const agents = replace.map(formatText).sort().join();
        await session.change(
          `DELETE FROM HostState WHERE agent IN (${agents})`,
        );
      }
      for (const some of chunks(ended, KEYS_PER_STATEMENT)) {
        const keys = formatAnyOf(STATE_KEY_COLUMNS, some.map(stateKeyOf));
        await session.change(`DELETE FROM HostState WHERE ${keys}`);
      }
      await insert(session, {
        into: `HostState (${STATE_KEY_COLUMNS.join(", ")},
          state, reason, since, in_flight, next_try_ms)`,
        rows: told.map((row) => {
          const { modId, cmdId, ip, port, agent, state, reason } = row;
          const key = [modId, cmdId, ip, port, formatText(agent)];
          return [
            ...key,
            state,
            reason,
            row.since,
            row.inFlight,
            row.nextTryMs,
          ];
        }),
        update: ["state", "reason", "since", "in_flight", "next_try_ms"],
      });
    });
  }

  async addEvents(events: readonly HostEvent[]): Promise<void> {
    checkEvents(events);
    const merged = mergeEvents(events);
    await this.#edit("write events", (session) => addEvents(session, merged));
  }

  expire(): Promise<boolean> {
    return this.#use("remove old history", expireSome);
  }

  async writeAlarms(alarms: readonly Alarm[], by?: Author): Promise<void> {
    checkAlarms(alarms);
    const shown = ["rule", "labels", "summary"];
    const numbers = ["value", "since", "last_sent", "resolved_at", "sends"];
    await this.#edit("write alarms", async (session) => {
      await insert(session, {
        into: `Alarm (fingerprint, ${[...shown, ...numbers].join(", ")})`,
        rows: alarms.map((alarm) => {
          const { fingerprint, rule, labels, summary, value, since } = alarm;
          const { lastSent = "NULL", resolvedAt = "NULL", sends } = alarm;
          const texts = [fingerprint, rule, JSON.stringify(labels), summary];
          return [
            ...texts.map(formatText),
            ...[value, since, lastSent, resolvedAt, sends],
          ];
        }),
        update: [...shown, ...numbers],
      });
      const audit = await this.#auditOf(session, by);
      if (audit === undefined) return;
      await awaitProgram(auditAlarms(alarms, audit), this.#stepsOn(session));
    });
  }

  async silenceAlarm(
    fingerprint: string,
    silence: AlarmSilence,
    by?: Author,
  ): Promise<boolean> {
    const { silencedBy } = silence;
    if (silencedBy !== undefined) checkNames([silencedBy]);
    return await this.#edit("silence alarm", async (session) => {
      const audit = await this.#auditOf(session, by);
      return await awaitProgram(
        silenceAlarm(fingerprint, silence, audit),
        this.#stepsOn(session),
      );
    });
  }

  /** What the audit is to say; undefined: nothing, or there is none. */
  async #auditOf(
    session: Session,
    by: Author | undefined,
  ): Promise<AuditOptions | undefined> {
    if (by === undefined) return undefined;
    const { presence } = this.#database;
    const nowSeconds = this.#clock.wallSeconds();
    const hasAudit = (await presence.look(session, ["Audit"])).length > 0;
    return hasAudit ? { by, nowSeconds } : undefined;
  }

  #stepsOn(session: Session) {
    const reader = new AttributeReader(this.#database.presence);
    return stepsOn(session, { reader });
  }

  async removeAlarms(fingerprints: readonly string[]): Promise<void> {
    if (fingerprints.length === 0) return;
    const list = fingerprints.map(formatText).join();
    await this.#use(
      "remove alarms",
      (session) =>
        session.change(`DELETE FROM Alarm WHERE fingerprint IN (${list})`),
    );
  }

  async takeDuty(name: string, holder: string): Promise<boolean> {
    checkNames([name, holder]);
    const which = `name = ${formatText(name)}`;
    return await this.#edit("take duty", async (session) => {
      const [row] = await session.rows(
        `SELECT holder, renewal FROM Duty WHERE ${which} FOR UPDATE`,
      );
      const stored = toDutyRow(row);
      if (!this.#duties.mayTake(name, stored, holder)) return false;
      // Another one may have inserted the row since.
      const changed = await session.change(
        stored === undefined
          ? `INSERT IGNORE INTO Duty (name, holder, renewal)
             VALUES (${formatText(name)}, ${formatText(holder)}, 1)`
          : `UPDATE Duty SET holder = ${formatText(holder)},
             renewal = renewal + 1 WHERE ${which}`,
      );
      return changed > 0;
    });
  }

  async releaseDuty(name: string, holder: string): Promise<void> {
    await this.#use("release duty", (session) =>
      session.change(
        `DELETE FROM Duty WHERE ${
          formatEqual(["name", "holder"], [name, holder])
        }`,
      ));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  protected rows(
    sql: string,
    values: readonly number[] = [],
  ): Promise<Record<string, unknown>[]> {
    // Numbers need no escaping, and not every server takes one for a LIMIT.
    const left = [...values];
    const text = sql.replaceAll("?", () => String(left.shift()));
    return this.#use("read history", (session) => session.rows(text));
  }

  #edit<Result>(
    action: string,
    body: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    return this.#use(
      action,
      (session) => session.transaction("edit", () => body(session)),
    );
  }

  async #use<Result>(
    action: string,
    body: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const nowMs = this.#clock.nowMs();
    if (this.#off && nowMs - this.#off.sinceMs < LOOK_INTERVAL_MS) {
      throw this.#off.error;
    }
    try {
      const result = await this.#database.use(action, body);
      this.#off = undefined;
      return result;
    } catch (error) {
      if (error instanceof MissingTablesError) {
        this.#off = { error, sinceMs: nowMs };
        if (!this.#told) this.#onMissingTables?.(error.tables);
        this.#told = true;
      }
      throw error;
    }
  }
}

/** Writes rows, or these columns of rows that are there. */
async function insert(
  session: Session,
  { into, rows, update }: {
    /** Table with its columns. */
    into: string;
    /** Values as SQL writes them. */
    rows: readonly (readonly (number | string)[])[];
    update: readonly string[];
  },
): Promise<void> {
  const changes = update.map((name) => `${name} = VALUES(${name})`).join(", ");
  for (const some of chunks(rows, ROWS_PER_STATEMENT)) {
    await session.change(
      `INSERT INTO ${into} VALUES ${some.map((row) => `(${row.join()})`).join()}
       ON DUPLICATE KEY UPDATE ${changes}`,
    );
  }
}

function stateKeyOf(
  { modId, cmdId, ip, port, agent }: HostStateRow,
): (number | string)[] {
  return [modId, cmdId, ip, port, agent];
}

function compareStates(a: HostStateRow, b: HostStateRow): number {
  return compareRows(a, b) || (a.agent < b.agent ? -1 : 1);
}
