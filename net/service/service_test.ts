import { assertEquals } from "@std/assert";

/** The service of testing/service.ts, as a process. */
function start(behaviour: string, args: readonly string[] = []) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      new URL("../testing/service.ts", import.meta.url).href,
      `--conf=${behaviour}`,
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end; `act` is called with each text that it prints. */
async function serve(
  { child, act }: {
    child: Deno.ChildProcess;
    act?: (text: string) => void;
  },
) {
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    act?.(text);
  }
  const errors = await new Response(child.stderr).text();
  const { code } = await child.status;
  // Closed already where its end is what is tested.
  await child.stdin.close().catch(() => {});
  return { code, output, errors };
}

Deno.test("runService() drains and exits with 0 on SIGTERM and on SIGINT", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const child = start("drain");
    const { code, output, errors } = await serve({
      child,
      act: (text) => text === "ready\n" && child.kill(signal),
    });
    assertEquals(
      [code, output, errors],
      [0, "ready\ndraining\ndrained\n", ""],
      signal,
    );
  }
});

Deno.test("runService() exits with 0 although draining hangs", async () => {
  const child = start("hang");
  const { code, output } = await serve({
    child,
    act: (text) => text === "ready\n" && child.kill("SIGTERM"),
  });
  assertEquals([code, output], [0, "ready\ndraining\n"]);
});

Deno.test("runService() reloads on SIGHUP where no terminal has gone", async () => {
  const child = start("drain");
  const { code, output } = await serve({
    child,
    act: (text) => {
      if (text === "ready\n") child.kill("SIGHUP");
      if (text === "reloading\n") child.kill("SIGTERM");
    },
  });
  assertEquals([code, output], [0, "ready\nreloading\ndraining\ndrained\n"]);
});

Deno.test("runService() with --until-stdin-ends drains when nothing holds standard input open", async () => {
  const child = start("drain", ["--until-stdin-ends"]);
  const { code, output } = await serve({
    child,
    act: (text) => text === "ready\n" && child.stdin.close(),
  });
  assertEquals([code, output], [0, "ready\ndraining\ndrained\n"]);
});

Deno.test("runService() ends with 1 and one line when the service fails", async () => {
  const table = [
    ["fail", "Cannot listen as port is taken: 7778"],
    ["full", "No space left on device (os error 28): writefile '/dev/full'"],
  ] as const;
  for (const [behaviour, reason] of table) {
    const { code, output, errors } = await serve({ child: start(behaviour) });
    assertEquals(
      [code, output, errors],
      [1, "ready\n", `error: ${reason}\n`],
    );
  }
});
