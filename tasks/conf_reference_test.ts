import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_SETTINGS } from "../agent/mod.ts";
import { agentConf } from "../conf/mod.ts";
import {
  commentsOf,
  readShipped,
  reference,
  SHIPPED,
} from "./conf_reference.ts";

Deno.test("conf/README.md is what the schemas and the shipped files say", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "tasks/conf_reference.ts", "--check"],
    cwd: new URL("..", import.meta.url),
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("reference() names a key that has no comment with a default", async () => {
  const texts = new Map<string, string>();
  for (const name of SHIPPED.keys()) texts.set(name, await readShipped(name));
  reference(texts);
  const agent = texts.get("agent.conf")!;
  texts.set("agent.conf", agent.replace("# Default: info\nlevel", "level"));
  assertThrows(
    () => reference(texts),
    Error,
    "Cannot describe [log] level as conf/agent.conf has no comment",
  );
});

Deno.test("each key of a shipped file has the default that its comment tells", async () => {
  for (const [name, file] of SHIPPED) {
    // Its section alone, as what [mysql] says counts only where there is one.
    const parse = (text: string) => file.parse(text, name).config;
    for (const [path, comment] of commentsOf(await readShipped(name))) {
      const [section, key] = path.split(".");
      if (section === "loadbalance" && key !== "policy" && key !== "check") {
        continue;
      }
      assertEquals(
        parse(`[${section}]\n${key} = ${comment.defaultText}`),
        parse(`[${section}]`),
        `${name}: ${path}`,
      );
    }
  }
});

Deno.test("agent.conf, its schema and the agent's settings have the same keys and defaults of [loadbalance]", async () => {
  const text = await readShipped("agent.conf");
  const { loadBalance } = agentConf.parse(text, "agent.conf").config;
  assertEquals<unknown>(loadBalance, DEFAULT_SETTINGS);
  // What the comments tell is what the file sets.
  for (const [path, { defaultText }] of commentsOf(text)) {
    const [section, key] = path.split(".");
    if (section !== "loadbalance" || key === "policy") continue;
    const line = new RegExp(`^${key} = ${defaultText}$`, "m");
    assertEquals(line.test(text), true, path);
  }
});
