import { assertEquals, assertStringIncludes } from "@std/assert";
import { InstanceState } from "../../../../proto/mod.ts";
import { runLars } from "../../program.ts";
import { FakeEnvironment } from "../../testing/mod.ts";

const LINE = ["--", "httpd", "-p", "8080"];

/** What a test sees of `lars serve`. */
interface Served {
  lars: FakeEnvironment;
  /** The exit code, in time. */
  code: Promise<number>;
  /** Lets the program answer at its port. */
  listen: () => void;
}

/** Runs `body` while `lars serve 1 2 --port 8080` runs a program. */
async function serving(
  parameters: string[],
  body: (served: Served) => Promise<void>,
): Promise<FakeEnvironment> {
  const lars = new FakeEnvironment();
  const stop = new AbortController();
  const agent = lars.agent.run(stop.signal);
  const listener = { close() {} };
  const listen = () => {
    Object.assign(
      listener,
      lars.transport.listen({
        hostname: "127.0.0.1",
        port: 8080,
      }),
    );
  };
  const line = ["serve", "1", "2", "--port", "8080", ...parameters, ...LINE];
  const code = runLars(line, lars);
  try {
    await body({ lars, code, listen });
  } finally {
    for (const program of lars.programs) program.end(99);
    await lars.finish(code);
    listener.close();
    stop.abort();
    await agent;
  }
  return lars;
}

/** What the agent was told, each once. */
function said({ agent }: FakeEnvironment): string[] {
  return agent.registrations.map(({ said }) => said)
    .filter((said, at, all) => said !== all[at - 1]);
}

Deno.test("lars serve registers a program when it answers, and ends with its code", async () => {
  await serving(
    [
      "--weight",
      "7",
      "--zone",
      "z1",
      "--drain",
      "2s",
      "--tag",
      "a",
      "--tag",
      "b",
    ],
    async ({ lars, code, listen }) => {
      await lars.clock.advance(1_000);
      assertEquals(lars.programs[0]?.line, ["httpd", "-p", "8080"]);
      assertEquals(said(lars), []);
      listen();
      await lars.clock.advance(300);
      const [registered] = lars.agent.instances.values();
      assertEquals(registered?.routes, [{ modId: 1, cmdId: 2 }]);
      const { port, weight, zone, check, ttlMs, drainMs, tags } = registered!;
      assertEquals([port, weight, zone, check, ttlMs, drainMs, tags], [
        8080,
        7,
        "z1",
        1,
        15_000,
        2_000,
        ["a", "b"],
      ]);
      assertEquals(lars.errors, "lars: (1, 2) at port 8080: served\n");
      lars.programs[0]!.end(7);
      const endedMs = lars.clock.nowMs();
      assertEquals(await lars.finish(code), 7);
      // It is dead: no time for calls to end.
      assertEquals(lars.clock.nowMs() - endedMs < 100, true);
      assertEquals(lars.agent.instances.size, 0);
    },
  );
});

Deno.test("lars serve passes SIGTERM on when callers have had their time", async () => {
  await serving(["--drain", "2s"], async ({ lars, code, listen }) => {
    listen();
    await lars.clock.advance(100);
    lars.endSignal("SIGTERM");
    await lars.clock.advance(500);
    lars.agent.leavingCalls = { inFlight: 3, callers: 2 };
    await lars.clock.advance(700);
    lars.agent.leavingCalls = { inFlight: 1, callers: 1 };
    await lars.clock.advance(700);
    assertEquals(lars.programs[0]!.signals, []);
    assertEquals(said(lars), ["register", "deregister"]);
    await lars.clock.advance(700);
    assertEquals(lars.programs[0]!.signals, ["SIGTERM"]);
    assertEquals(await lars.finish(code), 143);
    assertEquals(lars.agent.instances.size, 0);
    const leaving = "lars: (1, 2) at port 8080: leaving, gets no new calls";
    assertStringIncludes(
      lars.errors,
      [
        leaving,
        `${leaving}: 3 calls in flight at 2 callers`,
        `${leaving}: 1 call in flight at 1 caller`,
      ].join("\n"),
    );
  });
});

Deno.test("lars serve passes a second signal on at once", async () => {
  await serving(["--drain", "1h"], async ({ lars, code, listen }) => {
    listen();
    await lars.clock.advance(100);
    lars.endSignal("SIGINT");
    await lars.clock.advance(1_000);
    lars.endSignal("SIGINT");
    assertEquals(lars.programs[0]!.signals, ["SIGINT"]);
    const endedMs = lars.clock.nowMs();
    assertEquals(await lars.finish(code), 130);
    assertEquals(lars.clock.nowMs() - endedMs < 1_500, true);
  });
});

Deno.test("lars serve kills a program that does not end", async () => {
  await serving(["--drain", "1s", "--stop", "3s"], async (served) => {
    const { lars, code, listen } = served;
    listen();
    await lars.clock.advance(100);
    const program = lars.programs[0]!;
    program.onSignal = (signal) => {
      if (signal === "SIGKILL") program.end(137);
    };
    lars.endSignal("SIGHUP");
    await lars.clock.advance(3_000);
    assertEquals(program.signals, ["SIGHUP"]);
    assertEquals(await lars.finish(code), 137);
    assertEquals(program.signals, ["SIGHUP", "SIGKILL"]);
    assertStringIncludes(lars.errors, "not ended within 3 s of SIGHUP: killed");
  });
});

Deno.test("lars serve passes a signal on at once to a program that is not registered yet", async () => {
  await serving([], async ({ lars, code }) => {
    await lars.clock.advance(100);
    lars.endSignal("SIGTERM");
    assertEquals(await lars.finish(code), 143);
    assertEquals(said(lars), []);
  });
});

Deno.test("lars serve leaves it to the agent to find a program that answers elsewhere", async () => {
  await serving([], async ({ lars }) => {
    await lars.clock.advance(4_900);
    assertEquals(said(lars), []);
    await lars.clock.advance(400);
    assertEquals(said(lars), ["register"]);
  });
  await serving(["--check", "none"], async ({ lars }) => {
    await lars.clock.advance(10);
    assertEquals(said(lars), ["register"]);
  });
});

Deno.test("lars serve --check http:/PATH waits for an answer that is none of failure", async () => {
  await serving(["--check", "http:/healthz"], async ({ lars }) => {
    using listener = lars.transport.listen({
      hostname: "127.0.0.1",
      port: 8080,
    });
    const asked: string[] = [];
    let status = "503 Busy";
    const answering = (async () => {
      for (;;) {
        using stream = await listener.accept();
        const buffer = new Uint8Array(1_000);
        const length = await stream.read(buffer) ?? 0;
        asked.push(new TextDecoder().decode(buffer.subarray(0, length)));
        const answer = `HTTP/1.1 ${status}\r\n\r\n`;
        await stream.write(new TextEncoder().encode(answer));
      }
    })().catch(() => {});
    await lars.clock.advance(1_000);
    assertStringIncludes(
      asked[0]!,
      "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n",
    );
    assertEquals(said(lars), []);
    status = "302 Found";
    await lars.clock.advance(300);
    const [registered] = lars.agent.instances.values();
    assertEquals([registered?.check, registered?.path], [2, "/healthz"]);
    listener.close();
    await answering;
  });
});

Deno.test("lars serve ends the program when the agent refuses it, and says why", async () => {
  await serving([], async ({ lars, code, listen }) => {
    const reason = "it is\x1b off";
    lars.agent.answer = {
      state: InstanceState.refused,
      reason,
      heartbeatMs: 0,
    };
    listen();
    assertEquals(await lars.finish(code), 2);
    assertEquals(lars.programs[0]!.signals, ["SIGTERM"]);
    assertStringIncludes(
      lars.errors,
      "error: Cannot serve (1, 2) as the agent",
    );
  });
});

Deno.test("lars serve runs the program while no agent answers, and registers it with one that comes", async () => {
  await serving([], async ({ lars, listen }) => {
    lars.network.faults.lossRate = 1;
    listen();
    // TCP goes on in this network.
    await lars.clock.advance(60_000);
    assertStringIncludes(lars.errors, "no agent answers at 127.0.0.1:8888");
    assertEquals(lars.programs[0]!.signals, []);
    lars.network.faults.lossRate = 0;
    await lars.clock.advance(2_000);
    assertStringIncludes(lars.errors, ": served\n");
  });
});

Deno.test("lars serve says that the agent may have a name without an address", async () => {
  const agent = ["--agent", "nobody.example.com:8888"];
  const { errors } = await serving(agent, async ({ lars }) => {
    await lars.clock.advance(60_000);
  });
  assertStringIncludes(
    errors,
    "no agent answers at nobody.example.com:8888, if that name has an address: ",
  );
});

Deno.test("lars serve tells each change, with the reason", async () => {
  await serving([], async ({ lars, listen }) => {
    const { agent } = lars;
    const heartbeatMs = 1_000;
    agent.answer = {
      state: InstanceState.pending,
      reason: "no dns",
      heartbeatMs,
    };
    listen();
    await lars.clock.advance(100);
    agent.answer = { state: InstanceState.served, reason: "", heartbeatMs };
    await lars.clock.advance(1_100);
    agent.answer = {
      state: InstanceState.drained,
      reason: "by\n ann",
      heartbeatMs,
    };
    await lars.clock.advance(1_100);
    assertEquals(
      lars.errors.replaceAll("lars: (1, 2) at port 8080: ", ""),
      [
        "registered, not served yet: no dns",
        "served",
        "drained, gets no calls: by? ann",
        "",
      ].join("\n"),
    );
  });
});

Deno.test("lars serve says as a shell that there is no such program", async () => {
  const lars = new FakeEnvironment();
  const line = ["serve", "1", "2", "--port", "80", "--", "missing"];
  assertEquals(await lars.finish(runLars(line, lars)), 127);
  assertStringIncludes(lars.errors, 'Cannot run "missing"');
});

Deno.test("lars serve refuses what cannot be, before it runs anything", async () => {
  const wrong = [
    ["serve", "1", "2", "--", "httpd"],
    ["serve", "1", "2", "--port", "0", "--", "httpd"],
    ["serve", "1", "2", "--port", "80"],
    ["serve", "-1", "2", "--port", "80", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--check", "pid", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--ttl", "6m", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--ip", "::1", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--weight", "0", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--tag", "é", "--", "httpd"],
    ["serve", "1", "2", "--port", "80", "--version", "", "--", "httpd"],
    [
      ...["serve", "1", "2", "--port", "80"],
      ...new Array(9).fill(["--tag", "t"]).flat(),
      ...["--", "httpd"],
    ],
  ];
  for (const line of wrong) {
    const lars = new FakeEnvironment();
    assertEquals([line, await lars.finish(runLars(line, lars))], [line, 64]);
    assertEquals(lars.programs, []);
  }
});

Deno.test("no other command may run programs", async () => {
  const lars = new FakeEnvironment();
  await lars.withAgent(() => runLars(["get-host", "1", "1"], lars));
  assertEquals(lars.mayRunPrograms, false);
});
