import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../net/testing/mod.ts";
import { InstanceState } from "../proto/mod.ts";
import {
  type HostSource,
  LarsClient,
  type ServedInstance,
  ServeError,
  type ServeOptions,
  type ServeStatus,
} from "./mod.ts";
import { type ClientFixture, finish, withClient } from "./testing/mod.ts";

const OPTIONS = { modId: 1, cmdId: 2, port: 8080 };

/** A client of an agent, and a program that serves. */
interface ServeFixture extends ClientFixture {
  instance: ServedInstance;
  /** The states that the program was told. */
  told: string[];
}

/** Runs `body` while a program serves. */
async function whileServing(
  options: Partial<ServeOptions>,
  body: (fixture: ServeFixture) => Promise<void>,
): Promise<void> {
  await withClient({}, async (fixture) => {
    const { clock, client } = fixture;
    const told: string[] = [];
    const onChange = ({ state, reason }: ServeStatus) =>
      told.push(reason === "" ? state : `${state}: ${reason}`);
    const serving = client.serve({ ...OPTIONS, onChange, ...options });
    const instance = await finish(clock, serving);
    try {
      await body({ ...fixture, instance, told });
    } finally {
      await finish(clock, instance.close(), 60_000);
    }
  });
}

/** What programs said to the agent since it was asked last. */
function takeSaid({ agent }: ClientFixture): string[] {
  return agent.registrations.splice(0).map(({ said }) => said);
}

Deno.test("LarsClient.serve() registers what the program serves, and tells its state", async () => {
  const options: ServeOptions = {
    routes: [{ modId: 1, cmdId: 2 }, { modId: 3, cmdId: 4 }],
    port: 8080,
    ip: "10.0.0.5",
    weight: 7,
    zone: "z1",
    ttlMs: 2_000,
    check: "http:/healthz",
    drainMs: 1_500,
    version: "1.2 (a)",
    tags: ["canary"],
  };
  await withClient({}, async ({ clock, client, agent }) => {
    const instance = await finish(clock, client.serve(options));
    assertEquals([instance.state, instance.reason], ["served", ""]);
    assertEquals([...agent.instances.values()], [{
      seq: 0,
      instance: instance.id,
      routes: [{ modId: 1, cmdId: 2 }, { modId: 3, cmdId: 4 }],
      port: 8080,
      ip: 0x0a00_0005,
      weight: 7,
      zone: "z1",
      ttlMs: 2_000,
      check: 2,
      path: "/healthz",
      pid: 0,
      drainMs: 1_500,
      version: "1.2 (a)",
      tags: ["canary"],
      notReady: false,
    }]);
    await finish(clock, instance.close());
    assertEquals(agent.instances.size, 0);
  });
});

Deno.test("LarsClient.serve() registers each program under a name of its own", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    const both = [client.serve(OPTIONS), client.serve(OPTIONS)];
    const [first, second] = await finish(clock, Promise.all(both));
    assertEquals(first!.id === second!.id, false);
    assertEquals(agent.instances.size, 2);
    // The client takes both along.
    await finish(clock, client.close());
    assertEquals([first!.state, second!.state], ["closed", "closed"]);
    assertEquals(agent.instances.size, 0);
  });
});

Deno.test("LarsClient.serve() refuses what no agent may accept", async () => {
  const wrong: [Partial<ServeOptions>, typeof RangeError, string][] = [
    [{ port: 0 }, RangeError, "Cannot serve as port must be 1 to 65535"],
    [{ weight: 0 }, RangeError, "weight must be 1 to 10000"],
    [{ weight: 10_001 }, RangeError, "weight must be 1 to 10000"],
    [{ ttlMs: 0 }, RangeError, "ttl must be 1000 to 300000 ms"],
    [{ drainMs: -1 }, RangeError, "drain must be 0 to 3600000 ms"],
    [{ routes: [] }, RangeError, "there must be 1 to 32 routes"],
    [{ modId: -1 }, RangeError, "modid and cmdid of a route"],
    [{ ip: "localhost" }, SyntaxError, "IPv4 address"],
    [{ check: "http:healthz" as "none" }, SyntaxError, "the check must be"],
    [{ check: "pid:x" as "none" }, SyntaxError, 'current value is "pid:x"'],
    [{ check: "pid:0" }, RangeError, "check pid must name a process"],
    [{ check: "tcp:80" as "none" }, SyntaxError, "none, tcp, http:/PATH"],
    [{ check: "https:x" as "none" }, SyntaxError, "https:/PATH or pid:NUMBER"],
  ];
  await withClient({}, async ({ client, agent }) => {
    for (const [change, type, message] of wrong) {
      const options = { ...OPTIONS, ...change };
      await assertRejects(() => client.serve(options), type, message);
    }
    assertEquals(agent.registrations, []);
  });
});

Deno.test("LarsClient.serve() rejects with the reason for which the agent refuses", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.answer = { state: 3, reason: "it is off", heartbeatMs: 0 };
    const error = await assertRejects(
      () => finish(clock, client.serve(OPTIONS)),
      ServeError,
      "Cannot serve (1, 2) as the agent refuses it: it is off",
    );
    assertEquals(error.state, "refused");
  });
});

Deno.test("LarsClient.serve() tells an agent that does not know it from no agent", async () => {
  await withClient({}, async ({ clock, client, agent, network }) => {
    agent.takesRegistrations = false;
    const unsupported = await assertRejects(
      () => finish(clock, client.serve(OPTIONS)),
      ServeError,
      "of a Lars without registrations",
    );
    assertEquals(unsupported.state, "unsupported");
    network.faults.lossRate = 1;
    const lost = await assertRejects(
      () => finish(clock, client.serve({ ...OPTIONS, waitMs: 2_000 })),
      ServeError,
      "as no agent answered within",
    );
    assertEquals(lost.state, "timeout");
  });
});

Deno.test("LarsClient.serve() asks twice before it takes an agent for one without registrations", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.takesRegistrations = false;
    const serving = client.serve(OPTIONS);
    await clock.advance(310);
    agent.takesRegistrations = true;
    const instance = await finish(clock, serving);
    assertEquals(instance.state, "served");
    await finish(clock, instance.close());
  });
});

Deno.test("LarsClient.serve() waits for an agent that comes late", async () => {
  await withClient({}, async ({ clock, client, network }) => {
    network.faults.lossRate = 1;
    const serving = client.serve({ ...OPTIONS, waitMs: 30_000 });
    await clock.advance(20_000);
    network.faults.lossRate = 0;
    const instance = await finish(clock, serving);
    assertEquals(instance.state, "served");
    await finish(clock, instance.close());
  });
});

Deno.test("LarsClient.serve() needs a client with an agent, that is open", async () => {
  await withClient({}, async ({ clock, client }) => {
    await client.close();
    await assertRejects(
      () => finish(clock, client.serve(OPTIONS)),
      ServeError,
      "the client is closed",
    );
  });
  const source = {} as HostSource;
  const embedded = new LarsClient(source, new VirtualClock());
  await assertRejects(() => embedded.serve(OPTIONS), TypeError, "no agent");
});

Deno.test("a program that serves beats as often as the agent asks, never in step", async () => {
  await whileServing({}, async (fixture) => {
    const { clock, agent } = fixture;
    await clock.advance(100_000);
    const beats = agent.registrations.filter(({ said }) => said === "beat");
    const pauses = beats.slice(1).map(({ atMs }, index) =>
      atMs - beats[index]!.atMs
    );
    assertEquals(pauses.every((ms) => ms >= 4_000 && ms <= 5_010), true);
    assertEquals(new Set(pauses).size > pauses.length / 2, true);
    // Another pace counts from the next answer on.
    agent.answer.heartbeatMs = 1_000;
    await clock.advance(5_010);
    agent.registrations.length = 0;
    await clock.advance(10_000);
    const { length } = agent.registrations;
    assertEquals(length >= 9 && length <= 14, true);
  });
});

Deno.test("a program hears soon that it is served, and later that a person drained it", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.answer.state = InstanceState.pending;
    const told: string[] = [];
    const onChange = ({ state }: ServeStatus) => told.push(state);
    const serving = client.serve({ ...OPTIONS, onChange, drainMs: 10 });
    const instance = await finish(clock, serving);
    assertEquals([instance.state, told], ["pending", []]);
    agent.answer.state = InstanceState.served;
    await clock.advance(50);
    assertEquals(told, ["served"]);
    agent.answer = { ...agent.answer, state: 5, reason: "by ann: disk" };
    await clock.advance(5_010);
    assertEquals([instance.state, instance.reason], [
      "drained",
      "by ann: disk",
    ]);
    agent.answer.state = 99;
    await clock.advance(5_010);
    await finish(clock, instance.close());
    assertEquals(told, ["served", "drained", "pending", "leaving", "closed"]);
  });
});

Deno.test("ready() and notReady() resolve when the agent has heard it", async () => {
  await whileServing({ ready: false }, async (fixture) => {
    const { clock, instance, told } = fixture;
    assertEquals(takeSaid(fixture), ["register"]);
    assertEquals(instance.state, "not_ready");
    const startMs = clock.nowMs();
    await finish(clock, instance.ready());
    assertEquals([instance.state, takeSaid(fixture)], ["served", ["beat"]]);
    await finish(clock, instance.notReady());
    assertEquals(instance.state, "not_ready");
    // Not at the next beat: at once.
    assertEquals(clock.nowMs() - startMs < 100, true);
    await finish(clock, instance.ready());
    assertEquals(told, ["served", "not_ready", "served"]);
  });
});

Deno.test("a program that said not ready while its agent was away is not ready when that is back", async () => {
  await whileServing({}, async (fixture) => {
    const { clock, instance, agent, network, told } = fixture;
    network.faults.lossRate = 1;
    const heard = instance.notReady();
    await clock.advance(3_000);
    assertEquals(told, ["agent_away: it does not answer"]);
    // It restarts, and knows nothing.
    agent.instances.clear();
    network.faults.lossRate = 0;
    await finish(clock, heard);
    assertEquals(instance.state, "not_ready");
    assertEquals(agent.instances.get(instance.id)?.notReady, true);
    await finish(clock, instance.ready());
    assertEquals(instance.state, "served");
  });
});

Deno.test("a program registers again with an agent that has lost it, at its next beat", async () => {
  await whileServing({}, async (fixture) => {
    const { clock, instance, agent, told } = fixture;
    agent.instances.clear();
    takeSaid(fixture);
    await clock.advance(5_010);
    assertEquals(takeSaid(fixture), ["beat", "register"]);
    assertEquals([instance.state, told], ["served", []]);
  });
});

Deno.test("a program asks for an agent that is away about every second, for as long as it takes", async () => {
  await whileServing({}, async (fixture) => {
    const { clock, client, instance, network, told } = fixture;
    network.faults.lossRate = 1;
    await clock.advance(10_000);
    const { timeouts } = client.counters;
    await clock.advance(3_600_000);
    const asked = client.counters.timeouts - timeouts;
    assertEquals(asked > 2_700 && asked < 4_500, true);
    network.faults.lossRate = 0;
    await clock.advance(1_500);
    assertEquals(instance.state, "served");
    assertEquals(told, ["agent_away: it does not answer", "served"]);
  });
});

Deno.test("an agent that is replaced by one without registrations is away to a program", async () => {
  await whileServing({}, async ({ clock, instance, agent }) => {
    agent.instances.clear();
    agent.takesRegistrations = false;
    await clock.advance(7_000);
    assertEquals(instance.state, "agent_away");
    agent.takesRegistrations = true;
    await clock.advance(2_000);
    assertEquals(instance.state, "served");
  });
});

Deno.test("a program leaves when its drain time is over, and says so once it has", async () => {
  await whileServing({ drainMs: 3_000 }, async (fixture) => {
    const { clock, instance, agent, told } = fixture;
    const startMs = clock.nowMs();
    const left = instance.close();
    await clock.advance(1_000);
    assertEquals([told, agent.instances.size], [["leaving"], 1]);
    await finish(clock, left);
    assertEquals(agent.instances.size, 0);
    assertEquals(told, ["leaving", "closed"]);
    const tookMs = clock.nowMs() - startMs;
    assertEquals(tookMs >= 3_000 && tookMs < 3_600, true);
    // Nothing more is sent, whatever is asked.
    takeSaid(fixture);
    await finish(clock, Promise.all([instance.ready(), instance.close()]));
    await clock.advance(60_000);
    assertEquals(takeSaid(fixture), []);
  });
});

Deno.test("a program that leaves does not wait for an agent that is away longer than its drain time", async () => {
  await whileServing(
    { drainMs: 2_000 },
    async ({ clock, instance, network }) => {
      network.faults.lossRate = 1;
      const startMs = clock.nowMs();
      await finish(clock, instance.close());
      assertEquals(clock.nowMs() - startMs < 4_000, true);
      assertEquals(instance.state, "closed");
    },
  );
});

Deno.test("the signal of serve() ends the wait, and later lets the program leave", async () => {
  await withClient({}, async ({ clock, client, agent, network }) => {
    const early = new AbortController();
    network.faults.lossRate = 1;
    const waiting = client.serve({ ...OPTIONS, signal: early.signal });
    await clock.advance(500);
    early.abort(new TypeError("enough"));
    await assertRejects(() => waiting, TypeError, "enough");
    await assertRejects(
      () => client.serve({ ...OPTIONS, signal: early.signal }),
      TypeError,
    );
    network.faults.lossRate = 0;
    const stop = new AbortController();
    const options = { ...OPTIONS, drainMs: 100, signal: stop.signal };
    const instance = await finish(clock, client.serve(options));
    stop.abort();
    await finish(clock, instance.closed);
    assertEquals([instance.state, agent.instances.size], ["closed", 0]);
  });
});

Deno.test("a program that was accepted as its signal was aborted is taken out again", async () => {
  await withClient({}, async ({ clock, client, agent, network }) => {
    const stop = new AbortController();
    // Answers are slower than the abort.
    Object.assign(network.faults, { delayMinMs: 50, delayMaxMs: 50 });
    const options = { ...OPTIONS, drainMs: 10, signal: stop.signal };
    const serving = client.serve(options);
    await clock.advance(60);
    assertEquals(agent.instances.size, 1);
    stop.abort();
    await assertRejects(() => serving, DOMException);
    await clock.advance(1_000);
    assertEquals(takeSaid({ agent } as ClientFixture).at(-1), "deregister");
  });
});
