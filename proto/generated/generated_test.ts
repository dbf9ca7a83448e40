import { assertEquals } from "@std/assert";

Deno.test("lars.js and lars.d.ts are what lars.proto generates", async () => {
  // By path, not by import: nobody imports tasks/.
  const task = new URL("../../tasks/proto.ts", import.meta.url);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", task.href, "--check"],
  });
  const { code, stderr } = await command.output();
  assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, {
    code: 0,
    stderr: "",
  });
});
