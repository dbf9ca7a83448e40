import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError, locate } from "./mod.ts";
import type { Installation } from "./locate.ts";

/** A folder with files by path, and an installation that knows nothing. */
async function machine(...paths: string[]) {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "lars-" }));
  for (const path of paths) {
    const folder = `${root}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, "");
  }
  const bare: Installation = {
    variable: undefined,
    repository: undefined,
    executable: undefined,
    carried: undefined,
  };
  return {
    root,
    bare,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("locate() takes --conf, then LARS_CONF, then the folder of the repository", async () => {
  await using on = await machine(
    "repository/conf/dns.conf",
    "variable/dns.conf",
    "variable/agent.conf",
    "named/dns.conf",
  );
  const { root, bare } = on;
  const repository = `${root}/repository`;
  const data = `${repository}/data`;
  const variable = `${root}/variable`;
  assertEquals(await locate("dns", {}, { ...bare, repository }), {
    conf: `${repository}/conf/dns.conf`,
    data,
  });
  assertEquals(await locate("dns", {}, { ...bare, repository, variable }), {
    conf: `${variable}/dns.conf`,
    data,
  });
  // A file means its folder: one variable serves all programs.
  const file = `${variable}/dns.conf`;
  assertEquals(
    (await locate("agent", {}, { ...bare, repository, variable: file })).conf,
    `${variable}/agent.conf`,
  );
  for (const conf of [`${root}/named`, `${root}/named/dns.conf`]) {
    assertEquals(
      await locate("dns", { conf, data: "/d" }, {
        ...bare,
        repository,
        variable,
      }),
      { conf: `${root}/named/dns.conf`, data: "/d" },
    );
  }
});

Deno.test("locate() looks around an executable, and keeps data where its file is", async () => {
  const table = [
    ["opt/bin/conf/dns.conf", "opt/bin/data"],
    ["opt/bin/dns.conf", "opt/bin/data"],
    ["opt/conf/dns.conf", "opt/data"],
  ] as const;
  for (const [file, data] of table) {
    await using on = await machine(file);
    const { root, bare } = on;
    const executable = `${root}/opt/bin`;
    assertEquals(await locate("dns", {}, { ...bare, executable }), {
      conf: `${root}/${file}`,
      data: `${root}/${data}`,
    });
  }
});

Deno.test("locate() takes the file that an executable carries last, with data beside the executable", async () => {
  await using on = await machine("inside/dns.conf");
  const { root, bare } = on;
  const installation = {
    ...bare,
    executable: `${root}/bin`,
    carried: `${root}/inside`,
  };
  assertEquals(await locate("dns", {}, installation), {
    conf: `${root}/inside/dns.conf`,
    data: `${root}/bin/data`,
  });
});

Deno.test("locate() says where it looked, and what LARS_CONF names", async () => {
  await using on = await machine("x/agent.conf");
  const { root, bare } = on;
  await assertRejects(
    () => locate("dns", {}, { ...bare, executable: `${root}/bin` }),
    ConfigError,
    `Cannot find dns.conf in ${root}/bin/conf, ${root}/bin, ${root}/conf, /etc/lars: name it with --conf or LARS_CONF`,
  );
  await assertRejects(
    () => locate("dns", {}, { ...bare, variable: `${root}/x/agent.conf` }),
    ConfigError,
    `Cannot load "${root}/x/dns.conf", as the variable LARS_CONF says, as there is no such file`,
  );
});

Deno.test("locate() refuses what is not there, whether --conf or LARS_CONF names it", async () => {
  await using on = await machine("conf/dns.conf", "conf/web.conf");
  const { root, bare } = on;
  // The folder above has a file of that name, and so has that of the repository.
  for (
    const typo of [
      `${root}/conf/typo`,
      `${root}/conf/web.conf/x`,
      "/nonexistent",
    ]
  ) {
    for (
      const [source, named, variable] of [
        ["--conf", { conf: typo }, undefined],
        ["the variable LARS_CONF", {}, typo],
      ] as const
    ) {
      await assertRejects(
        () =>
          locate("dns", named, { ...bare, repository: `${root}`, variable }),
        ConfigError,
        `Cannot load "${typo}", as ${source} says, as there is no such file or folder: current value is "${typo}"`,
      );
    }
  }
});
