import { assertEquals, assertRejects } from "@std/assert";
import {
  FleetReader,
  HistoryOffError,
  StoreError,
} from "../../../../store/mod.ts";
import { MemoryHistoryStore } from "../../../../store/memory/history_store.ts";
import { MemoryStore } from "../../../../store/memory/store.ts";
import type { OpenedHistory } from "../../options/history.ts";
import { FleetFinder } from "./fleet_finder.ts";

/** A history without a word of an agent, whose first reading fails with `error`. */
function openedHistory(
  { error, hasWindows = false }: { error?: Error; hasWindows?: boolean },
): OpenedHistory {
  const history = new MemoryHistoryStore();
  if (error !== undefined) history.agents = () => Promise.reject(error);
  return {
    history,
    fleet: new FleetReader({
      history,
      routes: new MemoryStore(),
      wallSeconds: () => 1_700_000_000,
    }),
    windows: () => Promise.resolve([]),
    hasWindows: () => Promise.resolve(hasWindows),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("what agents tell cannot always be read: lars status says why, and whether a person has to do something", async () => {
  const off = new HistoryOffError("tables are missing");
  const cases: [history: OpenedHistory | Error, isWrong: boolean][] = [
    [new StoreError("the disk is full", { retry: false }), true],
    [
      openedHistory({ error: new StoreError("it is gone", { retry: true }) }),
      true,
    ],
    [
      openedHistory({
        error: new StoreError(off.message, { retry: false, cause: off }),
      }),
      false,
    ],
  ];
  const texts = [];
  for (const [history, isWrong] of cases) {
    const { lines, finding } = await new FleetFinder("STORE", history).find();
    assertEquals([finding.isWrong, lines.length], [isWrong, 1]);
    texts.push(lines[0]);
  }
  assertEquals(texts, [
    "fleet     STORE: what agents tell is not known: the disk is full",
    "fleet     STORE: what agents tell is not known: it is gone",
    "fleet     STORE: what agents tell is not known: tables are missing",
  ]);
  const bug = openedHistory({ error: new TypeError("a bug") });
  await assertRejects(() => new FleetFinder("STORE", bug).find(), TypeError);
});

Deno.test("where only agents of the original tell something, lars status says where that is shown", async () => {
  const { lines } = await new FleetFinder(
    "STORE",
    openedHistory({ hasWindows: true }),
  ).find();
  assertEquals(
    lines.at(-1),
    'agents that tell their last window alone, as those of the original system, are shown by "lars status MODID CMDID"',
  );
});
