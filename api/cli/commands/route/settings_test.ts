import { assertEquals, assertStringIncludes } from "@std/assert";
import { onStore } from "../../testing/mod.ts";

Deno.test("lars route add and set give hosts a weight and a zone, and list shows them", async () => {
  await onStore(async (lars) => {
    const route = ["1", "1"];
    const added = await lars(
      ..."route add 1 1 10.0.0.1:1 10.0.0.2:1 --weight 50 --zone eu-1".split(
        " ",
      ),
    );
    assertEquals([added.code, added.output], [
      0,
      "added host of (1, 1): 10.0.0.1:1, 10.0.0.2:1 weight=50 zone=eu-1 in STORE\n",
    ]);
    await lars("route", "add", ...route, "10.0.0.3:1");
    const changed = await lars(
      ..."route set 1 1 10.0.0.2:1 --weight default --zone eu-2".split(" "),
    );
    assertEquals([changed.code, changed.output], [
      0,
      "changed host of (1, 1): 10.0.0.2:1 weight=default zone=eu-2 in STORE\n",
    ]);
    assertEquals(
      (await lars("route", "list")).output,
      "1 1 10.0.0.1:1 weight=50 zone=eu-1\n1 1 10.0.0.2:1 zone=eu-2\n1 1 10.0.0.3:1\n",
    );
    const json = await lars("route", "list", "--json");
    assertEquals(JSON.parse(json.output), {
      routes: [{
        modid: 1,
        cmdid: 1,
        hosts: ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"],
        weights: { "10.0.0.1:1": 50 },
        zones: { "10.0.0.1:1": "eu-1", "10.0.0.2:1": "eu-2" },
      }],
    });
  });
});

Deno.test("lars route add of a host that is there changes its weight, and says so", async () => {
  await onStore(async (lars) => {
    const add = (...more: string[]) =>
      lars("route", "add", "1", "1", "10.0.0.1:1", ...more);
    await add();
    const first = await add("--weight", "50");
    assertEquals(
      first.output,
      "changed host of (1, 1): 10.0.0.1:1 weight=50 in STORE\n",
    );
    const again = await add("--weight", "50");
    assertEquals([again.code, again.output], [0, ""]);
    assertStringIncludes(again.errors, "Already a host of (1, 1): 10.0.0.1:1");
    const json = await add("--weight", "60", "--json");
    assertEquals(json.output, '{"added":0,"removed":0,"changed":1}\n');
  });
});

Deno.test("lars route set refuses hosts that the route has not, and wrong values", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    const set = (...more: string[]) => lars("route", "set", "1", "1", ...more);
    const other = await set("10.0.0.1:1", "10.0.0.2:1", "--weight", "5");
    assertEquals([other.code, other.output], [3, ""]);
    assertStringIncludes(other.errors, "Not a host of (1, 1): 10.0.0.2:1");
    const none = await set("10.0.0.1:1");
    assertEquals(none.code, 64);
    assertStringIncludes(none.errors, "--weight or --zone");
    for (
      const wrong of [
        ["--weight", "-1"],
        ["--weight", "050"],
        ["--weight", "10001"],
        ["--weight", "a"],
        ["--zone", ""],
        ["--zone", "a b"],
      ]
    ) {
      const { code, errors } = await set("10.0.0.1:1", ...wrong);
      assertEquals(code, 64, errors);
    }
    assertEquals((await lars("route", "list")).output, "1 1 10.0.0.1:1\n");
    const same = await set("10.0.0.1:1", "--zone", "default", "--json");
    assertEquals([same.code, same.output], [
      0,
      '{"changed":0,"unchanged":["10.0.0.1:1"]}\n',
    ]);
    assertStringIncludes(same.errors, "Already so");
  });
});

Deno.test("lars route policy sets, shows and takes away what a route asks for", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    const policy = (...more: string[]) =>
      lars("route", "policy", "1", "1", ...more);
    const own = "1 1 policy=default check=default\n";
    assertEquals((await policy()).output, own);
    const set = await policy("adaptive", "--check", "off");
    assertEquals([set.output, set.errors], [
      "1 1 policy=adaptive check=off in STORE\n",
      "",
    ]);
    assertEquals(
      (await lars("route", "list")).output,
      "1 1 10.0.0.1:1 policy=adaptive check=off\n",
    );
    const shown = await policy("--json");
    assertEquals(
      shown.output,
      '{"modid":1,"cmdid":1,"policy":"adaptive","check":false}\n',
    );
    assertEquals(
      (await policy("--check", "on")).output,
      "1 1 policy=adaptive check=on in STORE\n",
    );
    assertEquals(
      (await policy("default", "--check", "default")).output,
      "1 1 policy=default check=default in STORE\n",
    );

    const unknown = await policy("best");
    assertEquals([unknown.code, unknown.output], [64, ""]);
    const slip = await policy("adaptve");
    assertEquals(slip.code, 64);
    assertStringIncludes(
      slip.errors,
      'It must be lars, adaptive or default: "adaptive" is meant',
    );
    assertEquals((await policy()).output, own);
    assertEquals((await policy("a b")).code, 64);
    assertEquals((await policy("lars", "--check", "maybe")).code, 64);
    const missing = await lars("route", "policy", "9", "9", "lars");
    assertEquals([missing.code, missing.output], [3, ""]);
  });
});

Deno.test("lars route export and import carry weights, zones and settings, and keep the old form without any", async () => {
  await onStore(async (lars, folder) => {
    await lars(..."route add 1 1 10.0.0.1:1 --weight 50".split(" "));
    await lars(..."route add 1 1 10.0.0.2:1 --zone eu-1".split(" "));
    await lars(..."route add 2 2 10.0.0.3:1".split(" "));
    await lars(..."route policy 2 2 adaptive --check on".split(" "));
    const text = [
      "modid,cmdid,ip,port,weight,zone,policy,check",
      "1,1,10.0.0.1,1,50,,,",
      "1,1,10.0.0.2,1,,eu-1,,",
      "2,2,10.0.0.3,1,,,adaptive,on",
      "",
    ].join("\n");
    const csv = `${folder}/routes.csv`;
    await lars("route", "export", csv);
    assertEquals(await Deno.readTextFile(csv), text);
    const json = await lars("route", "export", "--json");
    assertEquals(JSON.parse(json.output).rows[2], {
      modid: 2,
      cmdid: 2,
      ip: "10.0.0.3",
      port: 1,
      policy: "adaptive",
      check: true,
    });

    await onStore(async (other) => {
      const imported = await other("route", "import", csv);
      assertEquals(
        imported.output,
        "3 rows added to STORE, 0 were there already; 3 weights, zones or settings are new or others now\n",
      );
      assertEquals((await other("route", "export")).output, text);
      const again = await other("route", "import", csv, "--json");
      assertEquals(again.output, '{"rows":3,"added":0,"present":3}\n');

      await other(..."route set 1 1 10.0.0.1:1 --weight default".split(" "));
      await other(..."route set 1 1 10.0.0.2:1 --zone default".split(" "));
      await other(..."route policy 2 2 default --check default".split(" "));
      assertEquals(
        (await other("route", "export")).output,
        "modid,cmdid,ip,port\n1,1,10.0.0.1,1\n1,1,10.0.0.2,1\n2,2,10.0.0.3,1\n",
      );
    });
  });
});

Deno.test("lars route set and policy say what the policy in force does not look at", async () => {
  await onStore(async (lars) => {
    const route = (...words: string[]) => lars("route", ...words);
    await route("add", "1", "1", "10.0.0.1:1");
    const set = (...more: string[]) =>
      route("set", "1", "1", "10.0.0.1:1", ...more);
    await route("policy", "1", "1", "lars");
    const weight = await set("--weight", "50");
    assertStringIncludes(weight.errors, "is lars, which it asks for");
    assertStringIncludes(weight.errors, "does not look at weight;");
    const both = await set("--weight", "20", "--zone", "eu");
    assertStringIncludes(both.errors, "does not look at weight and zone;");
    const added = await route("add", "1", "1", "10.0.0.2:1", "--zone", "eu");
    assertStringIncludes(added.errors, "does not look at zone;");

    const drained = await set("--weight", "0", "--zone", "default");
    assertEquals([drained.code, drained.errors], [0, ""]);
    assertStringIncludes(drained.output, "weight=0 (no calls)");

    assertEquals((await route("policy", "1", "1", "adaptive")).errors, "");
    assertEquals((await set("--weight", "20", "--zone", "eu")).errors, "");
    const back = await route("policy", "1", "1", "lars");
    assertStringIncludes(back.errors, "have a weight and a zone");
    await route("policy", "1", "1", "default");
    // The agents' file beside that of dns.
    assertEquals((await set("--weight", "30")).errors, "");
  });
});

Deno.test("lars route import says which policies do not look at its weights", async () => {
  await onStore(async (lars, folder) => {
    const file = `${folder}/routes.csv`;
    await Deno.writeTextFile(
      file,
      `modid;cmdid;ip;port;weight;policy
1;1;10.0.0.1;80;5;lars
1;2;10.0.0.1;80;0;lars
1;3;10.0.0.1;80;;lars
1;4;10.0.0.1;80;5;adaptive
`,
    );
    const { code, errors } = await lars("route", "import", file);
    assertEquals(code, 0, errors);
    assertStringIncludes(errors, "Note: 1 of these routes, such as (1, 1),");
  });
});
