import { eventually } from "../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { LIBC_FILES } from "../../net/mod.ts";
import { serviceArguments, SERVICES } from "../../tasks/local/services.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  message,
} from "../support/foreign_wire.ts";
import {
  makeStore,
  processesWith,
  runDeno,
  runLars,
  RunningDeno,
  toAgent,
} from "../support/processes.ts";
import { StartFolder } from "../support/start_folder.ts";

/** Processes are looked up, and groups of them signalled, as Linux does. */
const ignore = Deno.build.os !== "linux";

/** What each service may ask the system. */
const SYS_ALLOWED = {
  dns: [],
  reporter: ["--allow-sys=hostname"],
  agent: ["--allow-sys=hostname,networkInterfaces"],
};

Deno.test({
  name: "deno task start runs everything until Ctrl-C",
  ignore,
  fn: async (test) => {
    await using folder = await StartFolder.make();
    const { agentPort, data } = folder;
    await using start = folder.start({ ownGroup: true });
    using client = new ForeignClient(agentPort);

    await test.step("prints one block when everything accepts", async () => {
      const [, block = ""] = await start.printed(
        /Lars is running\.([^]*)Ctrl-C stops everything/,
      );
      for (
        const text of [
          `127.0.0.1:${agentPort} and the next two ports`,
          `${data}/lars.db`,
          `deno task lars get-host 1 1 --agent 127.0.0.1:${agentPort}`,
          `--data ${data}`,
        ]
      ) assert(block.includes(text), `no "${text}" in: ${block}`);
      assertEquals(start.linesWith(/Lars is running/).length, 1);
      assertEquals(start.linesWith(/loaded four sample routes/).length, 1);
    });

    await test.step("then what it says to try works", async () => {
      const { code, stdout } = await runDeno([
        ...["task", "lars", "get-host", "1", "1"],
        ...toAgent(`127.0.0.1:${agentPort}`),
      ]);
      assertEquals([code, stdout], [0, "192.168.1.177:7777\n"]);
      const list = await runLars(["route", "list", "--data", data]);
      assertEquals(
        list.stdout,
        `1 1 192.168.1.177:7777
1 2 192.168.1.178:7776
2 1 192.168.1.179:7778
2 2 192.168.1.180:7779
`,
      );
    });

    await test.step("no service may do more than it needs", async () => {
      for (const name of SERVICES) {
        const [found] = await processesWith(
          `--conf=${folder.path}/${name}.conf`,
        );
        assert(
          !/ -A |--allow-all|--allow-(run|env)/.test(found!.command),
        );
        // Their name, and which addresses the machine has.
        const sys = found!.command.match(/--allow-sys\S*/g) ?? [];
        assertEquals(sys, SYS_ALLOWED[name]);
        // Batches of datagrams are calls of the C library, and of no other.
        const ffi = /--allow-ffi=(\S+)/.exec(found!.command)?.[1];
        assertEquals(ffi, name === "agent" ? LIBC_FILES.join(",") : undefined);
        assert(ffi !== undefined || !found!.command.includes("--allow-ffi"));
        // An agent checks resting hosts, which may be anywhere.
        const net = / --allow-net(\S*)/.exec(found!.command)?.[1];
        assert(
          name === "agent" ? net === "" : net?.startsWith("=127.0.0.1"),
          found!.command,
        );
      }
    });

    await test.step("a service that was killed is reported and started again", async () => {
      for (const name of SERVICES) {
        const pid = await folder.pidOf(name);
        Deno.kill(pid, "SIGKILL");
        await start.printed(
          new RegExp(`${name} ended with code 137, starting it again`),
        );
        await eventually(
          `another ${name}`,
          () =>
            start.linesWith(new RegExp(`^${name} .* ready at=`)).length === 2,
          { deadlineMs: 20_000 },
        );
        assert(await folder.pidOf(name) !== pid);
      }
      // What it had not saved yet when it was killed, the agent pulls again.
      await eventually(
        "a host",
        async () => (await client.getHost(1, 1)).retcode === 0,
      );
    });

    await test.step("Ctrl-C stops everything", async () => {
      start.interruptGroup();
      assertEquals(await start.ended(), 0);
      assertEquals(await processesWith(`--conf=${folder.path}/`), []);
    });
  },
});

Deno.test({
  name:
    "deno task start ends with 1 and leaves nothing behind when a service cannot start",
  ignore,
  fn: async () => {
    await using folder = await StartFolder.make();
    const { agentPort } = folder;
    const taken = Deno.listenDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: agentPort + 2,
    });
    const { code, stdout, stderr } = await runDeno(folder.arguments);
    taken.close();
    assertEquals(code, 1);
    assert(
      stdout.includes(`current value is 127.0.0.1:${agentPort + 2}`),
      stdout,
    );
    assert(stderr.includes("error: Cannot start agent"), stderr);
    assert(
      stderr.includes(
        `127.0.0.1:${
          agentPort + 2
        } is taken by another program (pid ${Deno.pid}, `,
      ),
      stderr,
    );
    assertEquals(await processesWith(`--conf=${folder.path}/`), []);
  },
});

Deno.test({
  name:
    "a service that gets SIGTERM or SIGINT ends with 0, whatever its peers do",
  ignore,
  fn: async () => {
    await using folder = await StartFolder.make();
    const { agentPort } = folder;
    const folders = { conf: folder.path, data: folder.path };
    await makeStore(folder.path);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      for (const name of SERVICES) {
        // Its peers are away: it must not wait for them either.
        await using service = new RunningDeno(
          await serviceArguments(name, folders),
        );
        const [, address = ""] = await service.printed(/ ready at=(\S+)/);
        // A peer that stays, and one in the middle of a frame.
        using peer = name === "agent"
          ? new ForeignClient(agentPort)
          : await ForeignConnection.open(address);
        await peer.send(frame(4, message({ 1: 1 })).subarray(0, 9));
        service.kill(signal);
        assertEquals(await service.ended(), 0, `${name}: ${service.output}`);
      }
    }
  },
});
