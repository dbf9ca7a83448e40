/**
 * Lars over one private MariaDB, while people and programs edit and things die.
 * LARS_SEED=… replays the choices of a run.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import type { RouteKey } from "../../proto/mod.ts";
import { type Mariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { Choices, seedOfRun } from "../support/choices.ts";
import { addressOf, LARS, startDatabase } from "../support/database.ts";
import {
  type Editor,
  type EditorOptions,
  HandEditor,
  OVERLAPPING,
} from "../support/hand_editor.ts";
import { Installation } from "../support/installation.ts";
import { keysOf, keyText, Ledger } from "../support/ledger.ts";
import { Session } from "../support/session.ts";
import { StoreEditor } from "../support/store_editor.ts";
import { formatTimes, nowMs, progress, sleep } from "../support/wait.ts";
import { ChangeIdWatcher } from "../support/watchers.ts";

/** With this interval, only the feed finds a change in time. */
const NO_COMPARISON_SECONDS = 600;

/** Time for the feed on a busy machine. */
const PUBLISHED_MS_MAX = 60_000;

const EDITS = 1_000;

/** Ids that must come late to the feed, and the time until they do. */
const LATE_IDS_MIN = 60;
const LATE_IDS_MS_MAX = 60_000;

/** The database may be starting: longest pause between two attempts. */
const PAUSE_MS_MAX = 300;

testOnMariadb("Lars over one MariaDB", async (test) => {
  const seed = seedOfRun();
  progress(`seed ${seed}: LARS_SEED=${seed} chooses the same again`);
  await using server = await startDatabase();
  await test.step(
    "the feed alone finds every change of transactions that commit out of order",
    () => publishByFeed(server, new Choices(seed)),
  );
  await test.step(
    "1,000 edits while dns servers and MariaDB restart reach every agent, and nothing else does",
    () => editThroughRestarts(server, new Choices(seed + 1)),
  );
});

async function publishByFeed(server: Mariadb, choices: Choices): Promise<void> {
  const ledger = new Ledger();
  const groups = [1, 2, 3].map((modId) => keysOf(modId, OVERLAPPING * 2));
  await using installation = await Installation.start({
    databases: [addressOf(server)],
    dns: 3,
    agents: 3,
    fullCompareSeconds: NO_COMPARISON_SECONDS,
    keys: [...groups.flat(), ...keysOf(4, 1)],
    choices,
  });
  await using ids = new ChangeIdWatcher(addressOf(server));
  const latenciesMs: number[] = [];
  await using editors = new AsyncDisposableStack();
  const endMs = nowMs() + LATE_IDS_MS_MAX;
  async function onCommitted(key: RouteKey): Promise<void> {
    const startMs = nowMs();
    const state = ledger.expected.get(keyText(key)) ?? "";
    await installation.published(keyText(key), {
      state,
      limitMs: PUBLISHED_MS_MAX,
    });
    latenciesMs.push(nowMs() - startMs);
  }
  await Promise.all(groups.map(async (keys) => {
    const editor = editors.use(
      new HandEditor(
        editorOptions(server, { keys, ledger, choices: choices.fork() }),
      ),
    );
    while (ids.late < LATE_IDS_MIN && nowMs() < endMs) {
      await editor.overlap({ longMsMax: 800, onCommitted });
    }
  }));
  progress(
    `${formatTimes(latenciesMs)}; ${ids.late} ids came late`,
  );
  assertGreater(ids.late, LATE_IDS_MIN - 1);

  // Of an edit that names no change the version tells, and comparing what it is;
  // not beside one that names a change, which an "ever had this state" of above
  // does not wait for if the route had its state before.
  await installation.settle(ledger);
  const [key] = keysOf(4, 1) as [RouteKey];
  const hosts = ledger.freshHosts(1);
  using session = new Session(addressOf(server), LARS);
  await session.sql(
    "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (?, ?, ?, ?)",
    [key.modId, key.cmdId, hosts[0]!.ip, hosts[0]!.port],
  );
  await session.sql("UPDATE RouteVersion SET version = version + 1");
  ledger.note({ ...key, hosts }, "committed");
  const state = ledger.expected.get(keyText(key)) ?? "";
  await installation.published(keyText(key), {
    state,
    limitMs: PUBLISHED_MS_MAX,
  });

  await installation.settle(ledger);
  assertEquals(installation.inventions(ledger), []);
}

async function editThroughRestarts(
  server: Mariadb,
  choices: Choices,
): Promise<void> {
  await clearRoutes(server);
  const ledger = new Ledger();
  await using editors = new AsyncDisposableStack();
  const all: Editor[] = [];
  const keys: RouteKey[] = [];
  async function add(
    count: number,
    open: (options: EditorOptions) => Editor | Promise<Editor>,
  ): Promise<void> {
    const own = keysOf(100 + all.length, count);
    keys.push(...own);
    const options = { keys: own, ledger, choices: choices.fork() };
    all.push(editors.use(await open(editorOptions(server, options))));
  }
  for (let at = 0; at < 4; at++) await add(6, (all) => new HandEditor(all));
  for (let at = 0; at < 3; at++) {
    await add(
      4,
      (all) => editingBy(all, (editor) => editor.editTwiceASecond()),
    );
    await add(
      OVERLAPPING * 2,
      (all) => editingBy(all, (editor) => editor.overlap({ longMsMax: 3_000 })),
    );
  }
  for (let at = 0; at < 2; at++) await add(6, StoreEditor.open);

  await using installation = await Installation.start({
    databases: [addressOf(server)],
    dns: 3,
    agents: 6,
    fullCompareSeconds: Number(Deno.env.get("LARS_COMPARE_SECONDS") ?? 10),
    keys,
    choices,
  });
  progress("3 dns and 6 agents are up");
  let done = 0;
  const stop = new AbortController();
  const restarting = restartAtRandom({
    installation,
    server,
    choices: choices.fork(),
    signal: stop.signal,
    done: () => done,
  });
  try {
    await Promise.all(all.map(async (editor) => {
      while (done < EDITS) {
        // Not `done += await …`, which would add to what it was before.
        const edits = await editor.edit();
        done += edits;
      }
    }));
  } finally {
    stop.abort();
    await restarting;
  }
  const { refused, doubtful } = ledger.counts;
  progress(
    `${done} edits acknowledged, ${refused} attempts refused, ${doubtful} in doubt`,
  );
  const { dns, database } = await restarting;
  assertGreater(dns, 2);
  assertGreater(database, 1);
  await installation.settle(ledger);
  assertEquals(installation.inventions(ledger), []);
}

/** An editor by hand that always edits in this way. */
function editingBy(
  options: EditorOptions,
  edit: (editor: HandEditor) => Promise<number>,
): Editor {
  const editor = new HandEditor(options);
  return {
    edit: () => edit(editor),
    [Symbol.asyncDispose]: () => editor[Symbol.asyncDispose](),
  };
}

/** Removes what the step before has left. */
async function clearRoutes(server: Mariadb): Promise<void> {
  using session = new Session(addressOf(server), LARS);
  await session.sql("DELETE FROM RouteData");
}

/** Events, each time in another order. */
const EVENTS = [
  "kill dns",
  "stop database",
  "stop dns",
  "kill dns",
  "kill database",
];

/** Restarts dns servers and MariaDB until `signal` is aborted; all is up then. Returns how many of each. */
async function restartAtRandom(
  { installation, server, choices, signal, done }: {
    installation: Installation;
    server: Mariadb;
    choices: Choices;
    signal: AbortSignal;
    done: () => number;
  },
): Promise<{ dns: number; database: number }> {
  const count = { dns: 0, database: 0 };
  let left: string[] = [];
  while (!signal.aborted) {
    await sleep(choices.between(300, 1_500));
    if (left.length === 0) left = [...EVENTS];
    const event = choices.pick(left);
    left.splice(left.indexOf(event), 1);
    const awayMs = Math.round(choices.between(100, 1_500));
    progress(`${done()} edits; ${event}, for ${awayMs} ms`);
    if (event.endsWith("dns")) {
      const dns = choices.pick(installation.dns);
      await dns.stop(event === "kill dns" ? "SIGKILL" : "SIGTERM");
      await sleep(awayMs);
      await dns.start();
      count.dns += 1;
    } else {
      await (event === "kill database" ? server.kill() : server.stop());
      await sleep(awayMs);
      await server.restart();
      count.database += 1;
    }
  }
  return count;
}

function editorOptions(
  server: Mariadb,
  rest: Pick<EditorOptions, "keys" | "ledger" | "choices">,
): EditorOptions {
  const databases = [addressOf(server)];
  return { databases, account: LARS, pauseMsMax: PAUSE_MS_MAX, ...rest };
}
