/**
 * What becomes of the processes of `deno task start` when one of them, a
 * terminal or a reader goes away, and what SIGHUP does.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { serviceArguments, SERVICES } from "../../tasks/local/services.ts";
import {
  makeStore,
  processesWith,
  runDeno,
  RunningDeno,
  toAgent,
} from "../support/processes.ts";
import { StartFolder } from "../support/start_folder.ts";
import { eventually } from "../support/wait.ts";

const ignore = Deno.build.os !== "linux";

const RUNNING = /Ctrl-C stops everything/;

for (const killed of ["deno task", "tasks/start.ts"] as const) {
  Deno.test({
    name:
      `services end when ${killed} is killed, and start again on the same ports`,
    ignore,
    async fn() {
      await using folder = await StartFolder.make();
      await using start = folder.start();
      await start.printed(RUNNING);
      const [found] = await processesWith(
        `tasks/start.ts --conf ${folder.path}`,
      );
      const dns = await folder.pidOf("dns");
      // Slow to end, as the next start finds them: tasks/start.ts would kill dns soon.
      const slow = killed === "deno task" ? [dns, found!.pid] : [dns];
      for (const pid of slow) Deno.kill(pid, "SIGSTOP");
      Deno.kill(killed === "deno task" ? start.pid : found!.pid, "SIGKILL");
      await using again = folder.start();
      const [, holder] = await again.printed(
        /^waiting for \S+: another Lars dns \(pid (\d+), .* has it$/m,
      );
      assertEquals(Number(holder), dns);
      for (const pid of slow) Deno.kill(pid, "SIGCONT");
      await again.printed(RUNNING);
    },
  });
}

Deno.test({
  name: "a second deno task start names the process that has its ports",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    await using start = folder.start();
    await start.printed(RUNNING);
    const { code, stderr } = await runDeno(folder.arguments);
    assertEquals(code, 1, stderr);
    const pid = await folder.pidOf("dns");
    const holder =
      `127.0.0.1:${folder.dnsPort} is taken by another Lars dns (pid ${pid}, `;
    assert(stderr.includes(holder), stderr);
    // A service with the right to look names it too.
    for (const name of SERVICES) {
      const pid = await folder.pidOf(name);
      const conf = `${folder.path}/${name}.conf`;
      const { stderr } = await runDeno([
        ...["run", "-A", `${name}/main.ts`, "--conf", conf],
        ...["--data", folder.data],
      ]);
      const words = `is taken by another Lars ${name} (pid ${pid}, `;
      assert(stderr.includes(words), stderr);
    }
  },
});

Deno.test({
  name: "SIGHUP has every service read its configuration again",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    await using start = folder.start();
    await start.printed(RUNNING);
    const pids = await Promise.all(SERVICES.map((name) => folder.pidOf(name)));

    for (const name of SERVICES) {
      await folder.write(name, "[log]\nlevel = debug\n");
    }
    await folder.write(
      "agent",
      "[log]\nlevel = debug\n[loadbalance]\nprobe_num = 3\n[metrics]\nport = 1\n",
    );
    start.kill("SIGHUP");
    await start.printed(/dns .* reloaded .*changed="\[log\] level"/);
    await start.printed(/reporter .* reloaded .*changed="\[log\] level"/);
    await start.printed(
      /agent .* reloaded .*changed="\[loadbalance\] probe_num, \[log\] level"/,
    );
    await start.printed(
      /agent .* changed settings need a restart .*settings="\[metrics\] port"/,
    );

    // A route that was balanced by one policy is by the other now.
    const explain = [
      ...["run", "-A", "api/cli/main.ts", "explain", "1", "1"],
      ...toAgent(`127.0.0.1:${folder.agentPort}`),
    ];
    const get = explain.with(3, "get-host");
    assertEquals((await runDeno(get)).code, 0);
    const before = await runDeno(explain);
    assert(before.stdout.startsWith("policy lars\n"), before.stdout);
    await folder.write("agent", "[loadbalance]\npolicy = adaptive\n");
    start.kill("SIGHUP");
    await eventually(
      "policy = adaptive",
      async () =>
        (await runDeno(explain)).stdout.startsWith("policy adaptive\n"),
    );

    await folder.write("dns", "[log]\nlevel = loud\n");
    start.kill("SIGHUP");
    await start.printed(
      /dns .* error .* cannot reload, all settings stay as they were .*\[log\] level must be one of/,
    );
    assertEquals(
      await Promise.all(SERVICES.map((name) => folder.pidOf(name))),
      pids,
    );
    start.kill("SIGTERM");
    assertEquals(await start.ended(), 0);
  },
});

Deno.test({
  name: "an agent that gets SIGHUP moves to the dns that its file names now",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    const folders = { conf: folder.path, data: folder.path };
    await makeStore(folder.path);
    await using dns = new RunningDeno(await serviceArguments("dns", folders));
    await dns.printed(/ ready at=/);
    await using agent = new RunningDeno(
      await serviceArguments("agent", folders),
    );
    await agent.printed(
      new RegExp(`connected server=127.0.0.1:${folder.dnsPort}`),
    );
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = other.addr;
    await folder.write("agent", `[dnsserver]\naddresses = 127.0.0.1:${port}\n`);
    agent.kill("SIGHUP");
    using moved = await other.accept();
    assert(moved.remoteAddr);
    await agent.printed(new RegExp(`connected server=127.0.0.1:${port}`));
  },
});

Deno.test({
  name: "a terminal that is closed ends deno task start and its services",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    const command = [Deno.execPath(), ...folder.arguments].join(" ");
    // The terminal's other end is script's: it is gone when script is.
    const script = new Deno.Command("script", {
      args: ["-qefc", command, "/dev/null"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = script.stdout.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of output.values({ preventCancel: true })) {
      text += part;
      if (RUNNING.test(text)) break;
    }
    script.kill("SIGKILL");
    await folder.allEnded();
    await eventually(
      "deno task start has ended",
      async () => (await processesWith(`--conf ${folder.path}`)).length === 0,
    );
    await script.status;
    await output.cancel();
  },
});

Deno.test({
  name:
    "deno task start ends although a service hangs, and leaves nothing behind",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    await using start = folder.start();
    await start.printed(RUNNING);
    for (const name of SERVICES) {
      Deno.kill(await folder.pidOf(name), "SIGSTOP");
    }
    start.kill("SIGTERM");
    assertEquals(await start.ended(), 0, start.output);
    await folder.allEnded();
  },
});
