/** Two dns servers over one MariaDB, and agents that know both. */
import { assertEquals } from "@std/assert";
import { testOnMariadb } from "../../store/testing/mod.ts";
import { Choices } from "../support/choices.ts";
import { addressOf, LARS, startDatabase } from "../support/database.ts";
import { HandEditor } from "../support/hand_editor.ts";
import { Installation } from "../support/installation.ts";
import { hostsText, keyText, Ledger } from "../support/ledger.ts";
import { eventually, nowMs, progress } from "../support/wait.ts";

/** Time for an edit to be everywhere on a machine that runs other tests; what is promised is 1 s. */
const MOVED_MS_MAX = 60_000;

testOnMariadb(
  "agents whose dns is killed get the next edit from the other",
  async () => {
    const key = { modId: 1, cmdId: 1 };
    const ledger = new Ledger();
    const choices = new Choices(1);
    await using server = await startDatabase();
    const databases = [addressOf(server)];
    await using installation = await Installation.start({
      databases,
      dns: 2,
      agents: 6,
      fullCompareSeconds: 600,
      keys: [key],
      choices,
    });
    await using editor = new HandEditor({
      databases,
      account: LARS,
      keys: [key],
      ledger,
      choices,
      pauseMsMax: 100,
    });
    /** Edits, and waits until the edit has come to the last agent. */
    async function edit(): Promise<void> {
      const state = hostsText((await editor.replace(key)).hosts);
      const startMs = nowMs();
      // Held, not only seen: that is what a program is answered.
      await eventually(
        "the edit at every agent",
        () =>
          installation.agents.every((agent) =>
            agent.routes().get(keyText(key)) === state
          ),
        { deadlineMs: MOVED_MS_MAX },
      );
      progress(`the edit is everywhere ${Math.round(nowMs() - startMs)} ms on`);
    }

    await edit();
    for (const dns of installation.dns) {
      await dns.stop("SIGKILL");
      progress("killed one of two dns");
      await edit();
      await dns.start();
    }
    assertEquals(installation.inventions(ledger), []);
  },
);
