import { assertEquals } from "@std/assert";
import { agentConf, ConfigError, reloader } from "./mod.ts";

/** A file that is reloaded, with what is logged and applied. */
async function reloadable(text: string) {
  const path = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(path, text);
  const lines: string[] = [];
  const applied: { level: string; probeNum: number | undefined }[] = [];
  const log = (level: string) => (message: string, properties: object = {}) => {
    const { file: _, ...rest } = properties as Record<string, unknown>;
    const values = Object.values(rest).map((value) =>
      value instanceof Error ? value.message : value
    );
    lines.push([level, message, ...values].join(": "));
  };
  let refusal: ConfigError | undefined;
  const reload = reloader({
    file: agentConf,
    path,
    running: await agentConf.load(path),
    apply: ({ logLevel, loadBalance }) => {
      if (refusal !== undefined) throw refusal;
      applied.push({ level: logLevel, probeNum: loadBalance.probeNum });
    },
    logger: { info: log("info"), warn: log("warn"), error: log("error") },
  });
  return {
    path,
    lines,
    applied,
    refuse: (error: ConfigError | undefined) => refusal = error,
    write: async (text: string) => {
      await Deno.writeTextFile(path, text);
      lines.length = 0;
      await reload();
    },
    [Symbol.asyncDispose]: () => Deno.remove(path),
  };
}

Deno.test("reloader() applies what it can, and names what changed and what needs a restart", async () => {
  await using file = await reloadable("[agent]\nport = 9000\n");
  await file.write("[agent]\nport = 9000\n");
  assertEquals(file.lines, ["info: reloaded: nothing"]);
  await file.write(
    "[agent]\nport = 9001\n[log]\nlevel = debug\n[loadbalance]\nprobe_num = 3\n",
  );
  assertEquals(file.lines, [
    "info: reloaded: [loadbalance] probe_num, [log] level",
    "warn: changed settings need a restart: [agent] port",
  ]);
  assertEquals(file.applied.at(-1), { level: "debug", probeNum: 3 });
  // What runs has still the port of the start; the rest is in use now.
  await file.write(
    "[agent]\nport = 9001\n[log]\nlevel = debug\n[loadbalance]\nprobe_num = 3\n",
  );
  assertEquals(file.lines, [
    "info: reloaded: nothing",
    "warn: changed settings need a restart: [agent] port",
  ]);
});

Deno.test("reloader() changes nothing for a file that cannot be used, and says why", async () => {
  await using file = await reloadable("");
  await file.write("[log]\nlevel = loud\n");
  assertEquals(file.lines, [
    `error: cannot reload, all settings stay as they were: Cannot load "${file.path}" as [log] level must be one of "trace", "debug", "info", "warning", "error", "fatal": current value is "loud"`,
  ]);
  assertEquals(file.applied, []);
  file.refuse(new ConfigError("Cannot apply it"));
  await file.write("[log]\nlevel = debug\n");
  assertEquals(file.lines, [
    "error: cannot reload, all settings stay as they were: Cannot apply it",
  ]);
  file.refuse(undefined);
  await file.write("[log]\nlevel = debug\n");
  assertEquals(file.lines, ["info: reloaded: [log] level"]);
});
