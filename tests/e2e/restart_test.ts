import { eventually, sleep } from "../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import type { ServiceName } from "../../tasks/local/services.ts";
import { ForeignClient } from "../support/foreign_wire.ts";
import {
  readStatuses,
  storeArguments,
  testOnStores,
  type TestStore,
} from "../support/stores.ts";
import { row, runLars } from "../support/processes.ts";

const KEYS = [[1, 1], [1, 2], [2, 2]] as const;

/** A route whose calls fail when a test wants it; of others a status comes each minute. */
const FAILING = { modId: 3, cmdId: 3 };
const FAILING_HOST = "10.0.0.1:80";

/** A client that asks and reports without a pause until it is stopped. */
class Caller {
  calls = 0;
  /** Answers that a client of a known route must never get. */
  readonly failures: string[] = [];
  readonly #client: LarsClient;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(lars: LocalLars) {
    this.#client = LarsClient.open({ agent: lars.agent });
    this.#running = this.#run();
  }

  /** Reports a call of {@linkcode FAILING}. */
  async report(failed: boolean): Promise<void> {
    const { modId, cmdId } = FAILING;
    await this.#client.getHost(modId, cmdId);
    await this.#client.report(modId, cmdId, {
      host: parseAddress(FAILING_HOST),
      returnCode: failed ? 1 : 0,
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#client[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      for (const [modId, cmdId] of KEYS) {
        const outcome = await this.#client.getHost(modId, cmdId);
        this.calls += 1;
        if (outcome.state === "found") {
          const { host } = outcome;
          await this.#client.report(modId, cmdId, { host, returnCode: 0 });
        } else {
          this.failures.push(`(${modId}, ${cmdId}): ${outcome.state}`);
        }
      }
      // Others want the processor as well.
      await sleep(1);
    }
  }
}

/** Whether the newest status in the store calls the host of {@linkcode FAILING} overloaded. */
async function isOverloaded(
  store: TestStore,
  lars: LocalLars,
): Promise<boolean | undefined> {
  const row = (await readStatuses(store, lars))
    .find(({ modid }) => modid === FAILING.modId);
  return row && row.overload === "1";
}

testOnStores(
  "dns and reporter may be killed and restarted in any order",
  async (test, store) => {
    await using lars = await LocalLars.start({
      routes: [...KEYS, [FAILING.modId, FAILING.cmdId] as const]
        .map(([modId, cmdId]) => row(modId, cmdId, FAILING_HOST)),
      database: store.database,
      print: () => {},
    });
    using foreign = new ForeignClient(lars.agent.port);
    for (const [modId, cmdId] of KEYS) {
      await eventually(
        "the route",
        async () => (await foreign.getHost(modId, cmdId)).retcode === 0,
      );
    }
    const caller = new Caller(lars);

    let nextHost = 2;
    async function expectPush(): Promise<void> {
      const address = `10.0.0.${nextHost++}:80`;
      const { code } = await runLars([
        "route",
        "add",
        "1",
        "1",
        address,
        ...storeArguments(lars),
      ]);
      assertEquals(code, 0);
      await eventually(
        `${address} at the agent`,
        async () => (await foreign.getHost(1, 1)).host === address,
      );
    }
    let fails = false;
    async function expectStatuses(): Promise<void> {
      fails = !fails;
      await eventually("a status that says so arrives", async () => {
        for (let call = 0; call < 15; call++) await caller.report(fails);
        return await isOverloaded(store, lars) === fails;
      });
    }

    const orders: { kill: ServiceName[]; start: ServiceName[] }[] = [
      { kill: ["dns", "reporter"], start: ["dns", "reporter"] },
      { kill: ["reporter", "dns"], start: ["reporter", "dns"] },
      { kill: ["dns", "reporter"], start: ["reporter", "dns"] },
    ];
    try {
      for (const { kill, start } of orders) {
        await test.step(`killed ${kill.join(", ")}; started ${start.join(", ")}`, async () => {
          for (const name of kill) await lars.stopService(name, "SIGKILL");
          const calls = caller.calls;
          await eventually("calls go on", () => caller.calls > calls + 100);
          for (const name of start) await lars.startService(name);
          await expectPush();
          await expectStatuses();
          assertEquals(caller.failures, []);
        });
      }
      await test.step("stopped with SIGTERM, one after the other, while the other runs", async () => {
        for (const name of ["dns", "reporter"] as const) {
          await lars.stopService(name);
          await lars.startService(name);
        }
        await expectPush();
        await expectStatuses();
        assertEquals(caller.failures, []);
      });
    } finally {
      await caller.stop();
    }
    assert(caller.calls > 1_000, `only ${caller.calls} calls`);
    console.log(`${caller.calls} calls, ${caller.failures.length} failed`);

    await test.step("an agent started while dns and reporter are away serves the routes from disk", async () => {
      await lars.stopService("agent");
      await lars.stopService("dns", "SIGKILL");
      await lars.stopService("reporter", "SIGKILL");
      await lars.startService("agent");
      for (const [modId, cmdId] of KEYS) {
        assertEquals((await foreign.getHost(modId, cmdId)).retcode, 0);
      }
      // Also one that ended without a chance to write anything.
      await lars.stopService("agent", "SIGKILL");
      await lars.startService("agent");
      assertEquals((await foreign.getHost(1, 1)).retcode, 0);
      assertEquals((await foreign.getHost(9, 9)).retcode, 3);
    });

    await test.step("and follows them when they are back", async () => {
      await lars.startService("dns");
      await lars.startService("reporter");
      await expectPush();
    });
  },
);
