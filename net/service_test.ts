import { assertEquals } from "@std/assert";

/** Runs the service of testing/service.ts, and sends it a signal once it is ready. */
async function serve(behaviour: string, signal?: Deno.Signal) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      new URL("./testing/service.ts", import.meta.url).href,
      behaviour,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (output === "" && signal !== undefined) child.kill(signal);
    output += chunk;
  }
  const errors = await new Response(child.stderr).text();
  const { code } = await child.status;
  return { code, output, errors };
}

Deno.test("runService() drains and exits with 0 on SIGTERM and on SIGINT", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { code, output, errors } = await serve("drain", signal);
    assertEquals(
      [code, output, errors],
      [0, "ready\ndraining\ndrained\n", ""],
      signal,
    );
  }
});

Deno.test("runService() exits with 0 although draining hangs", async () => {
  const { code, output } = await serve("hang", "SIGTERM");
  assertEquals([code, output], [0, "ready\ndraining\n"]);
});

Deno.test("runService() ends with 1 and one line when the service fails", async () => {
  const { code, output, errors } = await serve("fail");
  assertEquals([code, output, errors], [
    1,
    "ready\n",
    "error: Cannot listen as port is taken: 7778\n",
  ]);
});
