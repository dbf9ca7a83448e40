import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HostState } from "../../../../proto/mod.ts";
import { FakeFleet } from "../../../../store/testing/mod.ts";
import { onFleet, onStore, type Ran } from "../../testing/mod.ts";

/** A time of day, of another day with its date. */
const TIME = /(?:\d+ [A-Z][a-z]+ )?\d\d:\d\d/;

type Lars = (...parameters: string[]) => Promise<Ran>;

/** 10.0.0.1 in three routes, in one of them beside another, and with two ports. */
async function addRoutes(lars: Lars): Promise<void> {
  await lars("route", "add", "1", "1", "10.0.0.1:1", "10.0.0.2:1");
  await lars("route", "add", "2", "1", "10.0.0.1:1", "--weight", "50");
  await lars("route", "add", "3", "1", "10.0.0.1:2");
}

function drain(lars: Lars, ...parameters: string[]): Promise<Ran> {
  return lars("host", "drain", ...parameters, "--reason", "new disk");
}

/** Lines of `lars route list` of hosts that are drained. */
async function drained(lars: Lars): Promise<string[]> {
  const { output } = await lars("route", "list");
  return output.split("\n").filter((line) => line.includes("drained"));
}

Deno.test("lars host drain and undrain take a host out of every route that has it, and put it back", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    const { code, output, errors } = await drain(lars, "10.0.0.1:1");
    assertEquals([code, output, errors], [
      0,
      "drained 10.0.0.1:1 of (1, 1) in STORE: it gets no calls\n" +
      "drained 10.0.0.1:1 of (2, 1) in STORE: it gets no calls\n",
      "Note: no host of (2, 1) gets calls now: its callers find none\n",
    ]);
    assertEquals(await drained(lars), [
      "1 1 10.0.0.1:1 drained",
      "2 1 10.0.0.1:1 weight=50 drained",
    ]);
    const back = await lars("host", "undrain", "10.0.0.1:1");
    assertEquals([back.code, back.output, back.errors], [
      0,
      "undrained 10.0.0.1:1 of (1, 1) in STORE: it gets calls again\n" +
      "undrained 10.0.0.1:1 of (2, 1) in STORE: it gets calls again\n",
      "",
    ]);
    const list = (await lars("route", "list")).output;
    assertStringIncludes(list, "2 1 10.0.0.1:1 weight=50\n");
    assertEquals(await drained(lars), []);
  });
});

Deno.test("lars host drain of a machine holds for hosts added later, through removal, weights and an import", async () => {
  await onStore(async (lars, folder) => {
    await addRoutes(lars);
    await drain(lars, "10.0.0.1");
    const csv = `${folder}/routes.csv`;
    await lars("route", "export", csv);
    await lars("route", "remove", "3", "1", "10.0.0.1:2");
    await lars("route", "add", "4", "1", "10.0.0.1:4", "--weight", "9");
    await lars("route", "set", "1", "1", "10.0.0.1:1", "--weight", "70");
    await lars("route", "import", csv);
    assertEquals(await drained(lars), [
      "1 1 10.0.0.1:1 weight=70 drained",
      "2 1 10.0.0.1:1 weight=50 drained",
      "3 1 10.0.0.1:2 drained",
      "4 1 10.0.0.1:4 weight=9 drained",
    ]);
    // What is exported while it is drained does not drain it afterwards.
    await lars("host", "undrain", "10.0.0.1");
    await lars("route", "import", csv);
    assertEquals(await drained(lars), []);
    const list = (await lars("route", "list")).output;
    assertEquals(list.includes("weight=0"), false);
  });
});

Deno.test("lars host drain in one route leaves the others alone", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    const { output } = await drain(lars, "10.0.0.1:1", "2", "1");
    assertEquals(
      output,
      "drained 10.0.0.1:1 of (2, 1) in STORE: it gets no calls\n",
    );
    assertEquals((await drained(lars)).length, 1);
    const list = JSON.parse((await lars("route", "list", "--json")).output);
    assertEquals(list.routes[1].drained, { "10.0.0.1:1": true });
  });
});

Deno.test("lars host undrain takes back exactly one drain, and says what still holds", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    await drain(lars, "10.0.0.1");
    const host = await lars("host", "undrain", "10.0.0.1:1");
    assertEquals([host.code, host.output], [3, ""]);
    assertStringIncludes(host.errors, "Not drained: 10.0.0.1:1\n");
    assertStringIncludes(host.errors, 'lars host undrain 10.0.0.1"');

    await drain(lars, "10.0.0.1:1");
    const machine = await lars("host", "undrain", "10.0.0.1");
    assertStringIncludes(
      machine.output,
      "10.0.0.1:1 of (1, 1) in STORE: it still gets no calls\n",
    );
    assertStringIncludes(
      machine.output,
      "10.0.0.1:2 of (3, 1) in STORE: it gets calls again\n",
    );
    assertStringIncludes(machine.errors, "Still drained: 10.0.0.1:1 since ");
    assertEquals((await drained(lars)).length, 2);
  });
});

Deno.test("lars host undrain tells of a host that gets no calls by its weight", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1", "--weight", "0");
    const { code, errors } = await lars("host", "undrain", "10.0.0.1:1");
    assertEquals(code, 3);
    assertStringIncludes(
      errors,
      '"lars route set 1 1 10.0.0.1:1 --weight default" ends that',
    );
  });
});

Deno.test("lars host drains lists who, why and since when, and marks what is past", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    const none = await lars("host", "drains");
    assertEquals([none.code, none.output], [0, ""]);
    assertEquals(none.errors, "Nothing is drained\n");
    await drain(lars, "10.0.0.1:1", "2", "1", "--until", "4h");
    await lars("host", "drain", "10.0.0.1", "--reason", "rack moves");
    const list = await lars("host", "drains");
    const time = TIME.source;
    const lines = [
      "host +route +since +until +who +reason",
      `10.0.0.1 +all +${time} +- +alice@ops +rack moves`,
      `10.0.0.1:1 +2 1 +${time} +${time} +alice@ops +new disk`,
    ];
    assertMatch(list.output, new RegExp(`^${lines.join("\n")}\n$`));

    await lars("sql", "UPDATE HostDrain SET until = 5 WHERE port = 1");
    const { output } = await lars("host", "drains");
    assertMatch(output, new RegExp(`${time} \\(past\\) `));
    const { drains } = JSON.parse(
      (await lars("host", "drains", "--json")).output,
    );
    assertEquals(drains[1], {
      host: "10.0.0.1:1",
      modid: 2,
      cmdid: 1,
      who: "alice@ops",
      reason: "new disk",
      since: "2023-11-14T22:13:20Z",
      until: "1970-01-01T00:00:05Z",
      forgotten: true,
    });
    assertEquals(drains[0].forgotten, false);
    assertEquals((await drained(lars)).length, 3);
  });
});

Deno.test("lars keeps who edited routes, and why hosts were drained", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    await drain(lars, "10.0.0.1");
    await lars("host", "undrain", "10.0.0.1");
    const columns = "actor || '|' || action || '|' || coalesce(comment, '')";
    const query = `SELECT ${columns} AS edit FROM RouteEdit ORDER BY id`;
    const { output } = await lars("sql", query, "--json");
    const edits = JSON.stringify(JSON.parse(output));
    for (
      const edit of [
        "lars as alice@ops|edit|",
        "lars as alice@ops|drain|new disk",
        "lars as alice@ops|undrain|",
      ]
    ) assertStringIncludes(edits, `"${edit}"`);
  });
});

Deno.test("lars host drain again changes the reason, and says since when it holds", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    await drain(lars, "10.0.0.1:1");
    const again = await lars(
      ...["host", "drain", "10.0.0.1:1", "--reason", "no disk yet", "--json"],
    );
    const { drain: now, hosts } = JSON.parse(again.output);
    assertEquals(now.reason, "no disk yet");
    assertEquals(hosts[0], {
      modid: 1,
      cmdid: 1,
      host: "10.0.0.1:1",
      drained: true,
    });
    assertStringIncludes(again.errors, "Drained already, and changed: ");
    await drain(lars, "10.0.0.1:1");
    const { code, errors } = await drain(lars, "10.0.0.1:1");
    assertEquals(code, 0);
    assertStringIncludes(errors, "Drained already: 10.0.0.1:1 since ");
    assertStringIncludes(errors, " by alice@ops: new disk\n");
  });
});

Deno.test("lars host drain refuses what it cannot do, and drains nothing", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    for (
      const [line, code, message] of [
        ["10.0.0.1", 64, "there must be --reason"],
        ["10.0.0.1 1 --reason x", 64, "add its cmdid"],
        ["10.0.0.1 --until 4 --reason x", 64, "such as 4h"],
        ["10.0.0.1 --until 0h --reason x", 64, "such as 4h"],
        ["10.0.0.1 --reason \n", 64, "reason must be 1 to 255 characters"],
        ["10.0.0 --reason x", 64, "IP:PORT"],
        ["0.0.0.0 --reason x", 64, "must not be 0.0.0.0"],
        ["10.0.0.9:1 --reason x", 3, "No route has 10.0.0.9:1\n"],
        ["10.0.0.9 --reason x", 3, "No route has 10.0.0.9\n"],
        ["10.0.0.1 7 7 --reason x", 3, "Not a host of (7, 7): 10.0.0.1\n"],
      ] as const
    ) {
      const ran = await lars("host", "drain", ...line.split(" "));
      assertEquals([line, ran.code, ran.output], [line, code, ""], ran.errors);
      assertStringIncludes(ran.errors, message);
    }
    assertEquals(await drained(lars), []);
  });
});

Deno.test("lars host drain --wait ends with 2 while a call is under way, and with 0 when all have stopped", async () => {
  const host = "10.0.0.1:80";
  const told = {
    modId: 1,
    cmdId: 7,
    host,
    state: HostState.drained,
    since: 0,
    reason: 0,
  };
  await onFleet(async (fleet, history) => {
    await history.beat([FakeFleet.agent("web-1"), FakeFleet.agent("web-2")]);
    await fleet.see(["web-1"], told);
    await fleet.see(["web-2"], { ...told, inFlight: 3 });
  }, async (lars, { history }) => {
    const wait = () => drain(lars, "10.0.0.1", "--wait", "2s", "--json");
    const early = await wait();
    assertEquals(early.code, 2);
    assertStringIncludes(
      early.errors,
      "Not all have stopped within 2 s: 1 of 2 callers stopped, 3 calls in flight; it stays drained\n",
    );
    const { callers, stopped, inFlight, done } = JSON.parse(early.output);
    assertEquals([callers, stopped, inFlight, done], [2, 1, 3, false]);

    await new FakeFleet(history).see(["web-2"], told);
    const { code, errors } = await drain(lars, "10.0.0.1", "--wait", "5s");
    assertEquals(code, 0, errors);
    assertStringIncludes(errors, "2 of 2 callers stopped, no calls in flight");

    const status = await lars("status", "1", "7");
    assertStringIncludes(
      status.output,
      "\ndrained\n10.0.0.1 since HH:MM (0 s) by alice@ops: new disk\n",
    );
    const json = JSON.parse((await lars("status", "1", "7", "--json")).output);
    assertEquals(json.drains[0].reason, "new disk");
  });
});

Deno.test("lars host drain --wait where no agent reports says so, and drains", async () => {
  await onStore(async (lars) => {
    await addRoutes(lars);
    const { code, errors } = await drain(lars, "10.0.0.1", "--wait", "1s");
    assertEquals(code, 2);
    assertStringIncludes(errors, "no agent reports to this store");
    assertEquals((await drained(lars)).length, 3);
  });
});
