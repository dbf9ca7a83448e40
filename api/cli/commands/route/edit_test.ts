import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeEnvironment, onStore } from "../../testing/mod.ts";
import { runLars } from "../../program.ts";

Deno.test("lars route add, list, remove edit a store", async () => {
  await onStore(async (lars) => {
    const added = await lars(
      "route",
      "add",
      "1",
      "2",
      "10.0.0.1:1",
      "10.0.0.2:2",
    );
    assertEquals(added.code, 0);
    assertEquals(
      added.output,
      "added host of (1, 2): 10.0.0.1:1, 10.0.0.2:2 in STORE\n",
    );
    await lars("route", "add", "2", "2", "10.0.0.3:3");

    const all = "1 2 10.0.0.1:1\n1 2 10.0.0.2:2\n2 2 10.0.0.3:3\n";
    assertEquals((await lars("route", "list")).output, all);
    assertEquals((await lars("route", "list", "2")).output, "2 2 10.0.0.3:3\n");
    const one = await lars("route", "list", "1", "2", "--json");
    assertEquals(JSON.parse(one.output), {
      routes: [{ modid: 1, cmdid: 2, hosts: ["10.0.0.1:1", "10.0.0.2:2"] }],
    });

    const again = await lars("route", "add", "2", "2", "10.0.0.3:3");
    assertEquals([again.code, again.output], [0, ""]);
    assertStringIncludes(again.errors, "Already a host of (2, 2): 10.0.0.3:3");
    const removed = await lars(
      "route",
      "remove",
      "2",
      "2",
      "10.0.0.3:3",
      "--json",
    );
    assertEquals(removed.output, '{"added":0,"removed":1}\n');
    const missing = await lars("route", "remove", "2", "2", "10.0.0.3:3");
    assertEquals([missing.code, missing.output], [3, ""]);
  });
});

/** Command lines on route (3, 3), each with its code, and what it prints and says. */
const NAMED: readonly (readonly [string, number, string, string])[] = [
  [
    "add 3 3 10.0.0.1:80 10.0.0.1:80 10.0.0.2:80",
    0,
    "added host of (3, 3): 10.0.0.1:80, 10.0.0.2:80 in STORE\n",
    "",
  ],
  [
    "add 3 3 10.0.0.1:80 10.0.0.3:80",
    0,
    "added host of (3, 3): 10.0.0.3:80 in STORE\n",
    "Already a host of (3, 3): 10.0.0.1:80\n",
  ],
  [
    "add 3 3 10.0.0.1:80 10.0.0.3:80 10.0.0.4:80 --weight 0",
    0,
    "added host of (3, 3): 10.0.0.4:80 weight=0 (no calls) in STORE\n" +
    "changed host of (3, 3): 10.0.0.1:80, 10.0.0.3:80 weight=0 (no calls) in STORE\n",
    "",
  ],
  [
    "set 3 3 10.0.0.1:80 10.0.0.1:80 10.0.0.2:80 --weight 0",
    0,
    "changed host of (3, 3): 10.0.0.2:80 weight=0 (no calls) in STORE\n",
    "Already so, host of (3, 3): 10.0.0.1:80 weight=0 (no calls)\n",
  ],
  [
    "set 3 3 10.0.0.1:80 10.0.0.2:80 --weight 0 --json",
    0,
    '{"changed":0,"unchanged":["10.0.0.1:80","10.0.0.2:80"]}\n',
    "Already so, host of (3, 3): 10.0.0.1:80, 10.0.0.2:80 weight=0 (no calls)\n",
  ],
  [
    "remove 3 3 10.0.0.1:80 10.0.0.1:80 10.0.0.9:80",
    3,
    "removed host of (3, 3): 10.0.0.1:80 in STORE\n",
    "Not a host of (3, 3): 10.0.0.9:80\n",
  ],
  [
    "remove 3 3 10.0.0.2:80 10.0.0.9:80 10.0.0.9:81 --json",
    3,
    '{"added":0,"removed":1,"unchanged":["10.0.0.9:80","10.0.0.9:81"]}\n',
    "Not a host of (3, 3): 10.0.0.9:80, 10.0.0.9:81\n",
  ],
  [
    "add 3 3 10.0.0.3:80 10.0.0.5:80 --json",
    0,
    '{"added":1,"removed":0,"unchanged":["10.0.0.3:80"]}\n',
    "Already a host of (3, 3): 10.0.0.3:80\n",
  ],
  [
    "remove 3 3 10.0.0.3:80 10.0.0.4:80 10.0.0.5:80",
    0,
    "removed host of (3, 3): 10.0.0.3:80, 10.0.0.4:80, 10.0.0.5:80 in STORE\n",
    "",
  ],
];

Deno.test("lars route add, remove and set name the hosts that they changed, and on the side those that were so already", async () => {
  await onStore(async (lars) => {
    for (const [line, ...expected] of NAMED) {
      const { code, output, errors } = await lars("route", ...line.split(" "));
      assertEquals([code, output, errors], expected, line);
    }
  });
});

Deno.test("lars route list ends with 3 when there is no such route, with 0 when there are none", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    for (const key of [["9"], ["1", "9"]]) {
      const { code, output } = await lars("route", "list", ...key, "--json");
      assertEquals([code, output], [3, '{"routes":[]}\n']);
    }
    await lars("route", "remove", "1", "1", "10.0.0.1:1");
    const { code, output, errors } = await lars("route", "list");
    assertEquals([code, output], [0, ""]);
    assertStringIncludes(errors, "There are no routes yet");
  });
});

Deno.test("lars says what to do when there is no store", async () => {
  await onStore(async (lars, folder) => {
    const csv = `${folder}/routes.csv`;
    await Deno.writeTextFile(csv, "modid,cmdid,ip,port\n1,1,10.0.0.1,1\n");
    const commands = [
      ["route", "list"],
      ["route", "add", "1", "1", "10.0.0.1:1"],
      ["route", "remove", "1", "1", "10.0.0.1:1"],
      ["route", "policy", "1", "1", "lars"],
      ["route", "import", csv],
      ["store", "accept"],
      ["route", "export"],
      ["sql", "SELECT 1"],
    ];
    for (const command of commands) {
      const { code, output, errors } = await lars(...command);
      assertEquals([code, output], [2, ""]);
      assertStringIncludes(errors, `${folder}/data/lars.db" as there is none`);
      assertStringIncludes(errors, "deno task start");
      assertStringIncludes(errors, "lars store create");
    }
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left, ["routes.csv"]);
  }, { create: false });
});

Deno.test("lars says in one line that a store is damaged", async () => {
  await onStore(async (lars, folder) => {
    await Deno.writeTextFile(
      `${folder}/data/lars.db`,
      "no database".repeat(99),
    );
    const { code, errors } = await lars("route", "list");
    assertEquals(code, 2);
    assertEquals(errors.trimEnd().split("\n").length, 1);
    assertStringIncludes(errors, "damaged");
  });
});

Deno.test("lars route import adds what lars route export wrote, to a store or through pipes", async () => {
  await onStore(async (lars, folder) => {
    const csv = `${folder}/routes.csv`;
    const rows = Array.from(
      { length: 12_345 },
      (_, index) =>
        `${index >> 5},1,10.1.${index >> 8}.${index & 255},${1 + index}`,
    );
    const text = ["modid,cmdid,ip,port", ...rows, ""].join("\n");
    await Deno.writeTextFile(csv, text);
    const imported = await lars("route", "import", csv);
    assertEquals(
      imported.output,
      "12345 rows added to STORE, 0 were there already\n",
    );
    const again = await lars("route", "import", csv, "--json");
    assertEquals(again.output, '{"rows":12345,"added":0,"present":12345}\n');

    const printed = await lars("route", "export");
    const sorted = (lines: string) => lines.split("\n").sort().join("\n");
    assertEquals(sorted(printed.output), sorted(text));
    const file = `${folder}/out.csv`;
    const written = await lars("route", "export", file);
    assertEquals(written.output, `12345 rows written to ${file}\n`);
    assertEquals(await Deno.readTextFile(file), printed.output);
    const named = await lars("route", "export", "/dev/stdout");
    assertEquals([named.code, named.output], [0, printed.output]);
    const json = await lars("route", "export", "--json");
    assertEquals(JSON.parse(json.output).rows.length, 12_345);
  });
});

Deno.test("lars route import adds nothing when a line is wrong, and names file and line", async () => {
  await onStore(async (lars, folder) => {
    const csv = `${folder}/routes.csv`;
    await Deno.writeTextFile(
      csv,
      "modid,cmdid,ip,port\n1,1,10.0.0.1,1\n1,1,10.0.0.1,99999\n",
    );
    const { code, errors } = await lars("route", "import", csv);
    assertEquals(code, 64);
    assertStringIncludes(errors, `Cannot import "${csv}" as line 3 must`);
    assertEquals((await lars("route", "list")).output, "");
    const missing = await lars("route", "import", `${folder}/none.csv`);
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.errors, "none.csv");
  });
});

Deno.test("lars route import reads standard input", async () => {
  const folder = await Deno.makeTempDir();
  const lars = new FakeEnvironment();
  lars.input = "modid,cmdid,ip,port\n1,1,10.0.0.1,1\n";
  const data = ["--data", folder];
  for (const command of [["store", "create"], ["route", "import", "-"]]) {
    assertEquals(await lars.finish(runLars([...command, ...data], lars)), 0);
  }
  assertEquals(
    lars.output,
    `made store ${folder}/lars.db\n1 rows added to ${folder}/lars.db, 0 were there already\n`,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("lars route export says when it cannot write the file, and leaves nothing behind", async () => {
  await onStore(async (lars, folder) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    // A folder cannot be replaced by a file.
    await Deno.mkdir(`${folder}/taken`);
    for (const file of [`${folder}/no/r.csv`, `${folder}/taken`]) {
      const { code, errors } = await lars("route", "export", file);
      assertEquals(code, 2);
      assertStringIncludes(errors, `"${file}" as it cannot be written`);
    }
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left.sort(), ["data", "taken"]);
  });
});

Deno.test("lars sql runs the edits by hand of the original", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "192.168.1.177:7777");
    const insert = await lars(
      "sql",
      "INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235954, 7776)",
    );
    assertEquals([insert.code, insert.output], [
      0,
      "1 rows changed in STORE\n",
    ]);
    const update = await lars(
      "sql",
      "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
      "--json",
    );
    assertEquals(update.output, '{"rows":[],"changes":1}\n');
    const select = await lars(
      "sql",
      "SELECT UNIX_TIMESTAMP(NOW()) AS time, serverip, 'a\u001bb' AS text, NULL AS missing FROM RouteVersion, RouteData ORDER BY serverip",
    );
    assertEquals(
      // The clock of the test moves while the disk works.
      select.output.replaceAll(/17000\d{5}/g, "1700000000"),
      [
        "      time    serverip  text  missing",
        "1700000000  3232235953  a b   NULL",
        "1700000000  3232235954  a b   NULL",
        "",
      ].join("\n"),
    );
    const list = await lars("route", "list");
    assertEquals(
      list.output,
      "1 1 192.168.1.177:7777\n1 1 192.168.1.178:7776\n",
    );
    const wrong = await lars("sql", "SELEKT 1");
    assertEquals([wrong.code, wrong.output], [2, ""]);
    assertStringIncludes(wrong.errors, "SELEKT");
  });
});
