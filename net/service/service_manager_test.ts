import { assertEquals, assertStringIncludes } from "@std/assert";

/** Runs net/testing/service.ts as systemd does; `socket` is where it is told to talk to. */
function start(
  socket: string,
  { behaviour = "drain", ...env }: Record<string, string> = {},
) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      new URL("../testing/service.ts", import.meta.url).href,
      `--conf=${behaviour}`,
    ],
    env: { NOTIFY_SOCKET: socket, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("a service tells systemd when it is ready, alive and stopping", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const path = `${folder}/systemd`;
  const systemd = Deno.listenDatagram({ transport: "unixpacket", path });
  const child = start(path, { WATCHDOG_USEC: "20000" });
  const told = new Set<string>();
  for (const wanted of ["READY=1", "WATCHDOG=1", "STOPPING=1"]) {
    while (!told.has(wanted)) {
      const [bytes] = await systemd.receive();
      told.add(new TextDecoder().decode(bytes));
    }
    if (wanted === "WATCHDOG=1") child.kill("SIGTERM");
  }
  const { code } = await child.output();
  assertEquals(code, 0);
  assertEquals([...told], ["READY=1", "WATCHDOG=1", "STOPPING=1"]);
  systemd.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a service whose threads are silent does not tell systemd that it is alive", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const path = `${folder}/systemd`;
  const systemd = Deno.listenDatagram({ transport: "unixpacket", path });
  const child = start(path, { WATCHDOG_USEC: "20000", behaviour: "mute" });
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (text.includes("asked")) child.kill("SIGTERM");
  }
  assertEquals((await child.status).code, 0);
  await child.stderr.cancel();
  const told: string[] = [];
  while (told.at(-1) !== "STOPPING=1") {
    const [bytes] = await systemd.receive();
    told.push(new TextDecoder().decode(bytes));
  }
  assertEquals(told, ["READY=1", "STOPPING=1"]);
  systemd.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a service serves although systemd cannot be told", async () => {
  const child = start("/nowhere/systemd");
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (text.includes("ready")) child.kill("SIGTERM");
  }
  assertEquals((await child.status).code, 0);
  assertStringIncludes(output, "drained");
  await child.stderr.cancel();
});
