import { assertEquals } from "@std/assert";
import { ProcessProbe } from "./process_probe.ts";

Deno.test({
  name:
    "ProcessProbe.lives() knows who lives, and who has ended without its parent having noticed",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using processes = new ProcessProbe();
    assertEquals(processes.lives(Deno.pid), true);
    assertEquals(processes.lives(2 ** 22 + 1), false);
    assertEquals(processes.lives(2 ** 32 - 1), false);
    // The shell starts a child, and becomes a program that never asks how it ended.
    const script = "sleep 0.1 & echo $!; exec cat";
    const shell = new Deno.Command("sh", {
      args: ["-c", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = shell.stdout.getReader();
    const pid = Number(new TextDecoder().decode((await reader.read()).value));
    while (processes.lives(pid) !== false) {
      await new Promise((r) => setTimeout(r));
    }
    assertEquals((await Deno.stat(`/proc/${pid}`)).isDirectory, true);
    await shell.stdin.close();
    await reader.cancel();
    await shell.status;
    assertEquals(processes.lives(shell.pid), false);
  },
});
