import { DutyWatch } from "../../history/duty.ts";
import {
  EVENT_KEY_COLUMNS,
  eventKeyOf,
  mergeEvent,
  mergeEvents,
} from "../../history/events.ts";
import { toDutyRow, toEventRow } from "../../history/rows.ts";
import { SqlHistoryReader } from "../../history/sql_reader.ts";
import {
  type AgentPresence,
  type AgentProgress,
  type Alarm,
  type AlarmSilence,
  type HistoryBatch,
  type HistoryStore,
  type HostEvent,
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
import { auditAlarms, silenceAlarm } from "../../history/silences.ts";
import { runProgram } from "../../steps.ts";
import type { Author, StoreClock } from "../../types.ts";
import type { Connection } from "../connection.ts";
import { FileCheck } from "../file_check.ts";
import { stepsOf } from "../steps.ts";
import { type SqliteOptions, StoreFile } from "../store_file.ts";
import { commitBatch, readProgress, stageBatch } from "./commit.ts";
import { EXPIRE_STEPS } from "./expire.ts";

/** History in the file that also holds the routes. */
export class SqliteHistoryStore extends SqlHistoryReader
  implements HistoryStore {
  readonly #file: StoreFile;
  readonly #check: FileCheck;
  readonly #clock: StoreClock;
  readonly #duties: DutyWatch;

  private constructor(options: SqliteOptions) {
    super({ join: "CROSS JOIN", least: "min" });
    this.#clock = options.clock;
    this.#duties = new DutyWatch(options.clock);
    // Waits for the disk: agents forget what is committed.
    this.#file = new StoreFile(options);
    this.#check = new FileCheck(this.#file, options.clock);
  }

  /**
   * Opens the file, which is there.
   *
   * @throws {StoreError} As {@linkcode StoreFile}.
   */
  static open(options: SqliteOptions): Promise<SqliteHistoryStore> {
    return Promise.resolve().then(() => new SqliteHistoryStore(options));
  }

  progress(agents: readonly string[]): Promise<Map<string, AgentProgress>> {
    return this.#read((reader) => {
      const found = new Map<string, AgentProgress>();
      for (const agent of agents) {
        const progress = readProgress(reader, agent);
        if (progress !== undefined) found.set(agent, progress);
      }
      return found;
    });
  }

  commit(batch: HistoryBatch): Promise<{ conflicts: string[] }> {
    const action = "write calls to store";
    return Promise.resolve().then(() => {
      checkBatch(batch);
      return this.#file.write(
        action,
        (writer) => ({ conflicts: commitBatch(writer, batch) }),
        {
          prepare: (writer) =>
            writer.readTransaction(action, () => stageBatch(writer, batch)),
        },
      );
    });
  }

  async beat(agents: readonly AgentPresence[]): Promise<void> {
    checkPresences(agents);
    await this.#write("write agents to store", (writer) => {
      const last = writer.value("SELECT max(beat) FROM Agent");
      const beat = Number(last ?? 0) + 1;
      const statement = writer.prepare(
        `INSERT INTO Agent (agent, name, version, zone, address, reporter, beat, seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent) DO UPDATE SET
         name = excluded.name, version = excluded.version, zone = excluded.zone,
         address = excluded.address, reporter = excluded.reporter,
         beat = excluded.beat, seen_at = excluded.seen_at`,
      );
      const seenAt = this.#clock.wallSeconds();
      for (const each of agents) {
        const { agent, name, version, zone, address, reporter } = each;
        const shown = [agent, name, version, zone, address, reporter];
        statement.run(...shown, beat, seenAt);
      }
    });
  }

  async writeStates(
    { replace = [], rows }: StateChanges,
  ): Promise<void> {
    checkStates(rows);
    await this.#write("write states to store", (writer) => {
      const removal = writer.prepare("DELETE FROM HostState WHERE agent = ?");
      for (const agent of replace) removal.run(agent);
      const writing = writer.prepare(
        `INSERT OR REPLACE INTO HostState (modid, cmdid, ip, port, agent,
         state, reason, since, in_flight, next_try_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      const ending = writer.prepare(
        `DELETE FROM HostState
         WHERE (modid, cmdid, ip, port, agent) = (?, ?, ?, ?, ?)`,
      );
      for (const row of rows) {
        const key = [row.modId, row.cmdId, row.ip, row.port, row.agent];
        if (row.state === STATE_IN_USE) ending.run(...key);
        else {
          const { state, reason, since, inFlight, nextTryMs } = row;
          writing.run(...key, state, reason, since, inFlight, nextTryMs);
        }
      }
    });
  }

  async addEvents(events: readonly HostEvent[]): Promise<void> {
    checkEvents(events);
    await this.#write("write events to store", (writer) => {
      const key = EVENT_KEY_COLUMNS.join(", ");
      const marks = EVENT_KEY_COLUMNS.map(() => "?").join();
      const reading = writer.prepare(
        `SELECT * FROM HostEvent WHERE (${key}) = (${marks})`,
      );
      const writing = writer.prepare(
        `INSERT INTO HostEvent (${key}, callers, names, calls, failures,
         mean_us, peers_mean_us, policy) VALUES (${marks}, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (${key}) DO UPDATE SET callers = excluded.callers,
         names = excluded.names, calls = excluded.calls,
         failures = excluded.failures, mean_us = excluded.mean_us,
         peers_mean_us = excluded.peers_mean_us, policy = excluded.policy`,
      );
      const opening = writer.prepare(
        "INSERT OR IGNORE INTO HistoryPeriod (name, period) VALUES ('HostEvent', ?)",
      );
      for (const event of mergeEvents(events)) {
        const row = reading.get(...eventKeyOf(event));
        const merged = row === undefined
          ? event
          : mergeEvent(toEventRow(row), event);
        const { callers, names, calls, failures, policy } = merged;
        const { meanUs, peersMeanUs } = merged;
        writing.run(
          ...eventKeyOf(merged),
          ...[callers, names.join(), calls, failures],
          ...[meanUs, peersMeanUs, policy],
        );
        opening.run(event.minute);
      }
    });
  }

  async expire(): Promise<boolean> {
    for (const step of EXPIRE_STEPS) {
      if (!await this.#read((reader) => step.isDue(reader))) continue;
      await this.#write("remove old history from store", step.run);
      return true;
    }
    return false;
  }

  async writeAlarms(alarms: readonly Alarm[], by?: Author): Promise<void> {
    checkAlarms(alarms);
    const nowSeconds = this.#clock.wallSeconds();
    await this.#write("write alarms to store", (writer) => {
      const statement = writer.prepare(
        `INSERT INTO Alarm (fingerprint, rule, labels, summary, value, since,
         last_sent, resolved_at, sends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (fingerprint) DO UPDATE SET rule = excluded.rule,
         labels = excluded.labels, summary = excluded.summary,
         value = excluded.value, since = excluded.since,
         last_sent = excluded.last_sent, resolved_at = excluded.resolved_at,
         sends = excluded.sends`,
      );
      for (const alarm of alarms) {
        const { fingerprint, rule, labels, summary, value, since } = alarm;
        const { lastSent = null, resolvedAt = null, sends } = alarm;
        statement.run(
          ...[fingerprint, rule, JSON.stringify(labels), summary],
          ...[value, since, lastSent, resolvedAt, sends],
        );
      }
      if (by === undefined) return;
      runProgram(auditAlarms(alarms, { by, nowSeconds }), stepsOf(writer));
    });
  }

  async silenceAlarm(
    fingerprint: string,
    silence: AlarmSilence,
    by?: Author,
  ): Promise<boolean> {
    const { silencedBy } = silence;
    if (silencedBy !== undefined) checkNames([silencedBy]);
    const audit = by && { by, nowSeconds: this.#clock.wallSeconds() };
    return await this.#write(
      "silence alarm in store",
      (writer) =>
        runProgram(silenceAlarm(fingerprint, silence, audit), stepsOf(writer)),
    );
  }

  removeAlarms(fingerprints: readonly string[]): Promise<void> {
    return this.#write("remove alarms from store", (writer) => {
      const statement = writer.prepare(
        "DELETE FROM Alarm WHERE fingerprint = ?",
      );
      for (const fingerprint of fingerprints) statement.run(fingerprint);
    });
  }

  async takeDuty(name: string, holder: string): Promise<boolean> {
    checkNames([name, holder]);
    return await this.#write("take duty in store", (writer) => {
      const row = writer.prepare(
        "SELECT holder, renewal FROM Duty WHERE name = ?",
      ).get(name);
      const stored = toDutyRow(row);
      if (!this.#duties.mayTake(name, stored, holder)) return false;
      writer.prepare(
        `INSERT INTO Duty (name, holder, renewal) VALUES (?, ?, 1)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
         renewal = renewal + 1`,
      ).run(name, holder);
      return true;
    });
  }

  releaseDuty(name: string, holder: string): Promise<void> {
    return this.#write("release duty in store", (writer) => {
      writer.prepare("DELETE FROM Duty WHERE name = ? AND holder = ?")
        .run(name, holder);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file[Symbol.dispose]();
    await this.#check[Symbol.asyncDispose]();
  }

  protected rows(
    sql: string,
    values: readonly number[] = [],
  ): Promise<Record<string, unknown>[]> {
    return this.#read((reader) => reader.prepare(sql).all(...values));
  }

  #read<Result>(body: (reader: Connection) => Result): Promise<Result> {
    return Promise.resolve().then(() =>
      this.#file.peek("read history from store", body)
    );
  }

  #write<Result>(
    action: string,
    body: (writer: Connection) => Result,
  ): Promise<Result> {
    return Promise.resolve().then(() => this.#file.write(action, body));
  }
}
