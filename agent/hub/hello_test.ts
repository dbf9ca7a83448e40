/** What an agent says of itself, and to whom. */
import {
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { VERSION } from "../../net/mod.ts";
import { parseIp } from "../../proto/mod.ts";
import { HOST, World } from "../testing/agent_fixture.ts";
import { loadIdentity } from "./identity.ts";

const AGENT_ID = "0123456789abcdef".repeat(2);
const STORE = { identity: "ab".repeat(16), accepted: 0 };
const ROUTE = { modId: 1, cmdId: 1, hosts: [HOST] };

Deno.test("Agent says who it is, first on each connection to dns", async () => {
  await using world = await World.start([], {
    agentId: AGENT_ID,
    name: "web-3",
  });
  const dns = world.dns("10.0.0.1", [ROUTE], { store: STORE });
  await world.clock.advance(1_000);
  const [connection] = dns.connections;
  assertEquals(connection!.hello, {
    agentId: AGENT_ID,
    epoch: 0,
    name: "web-3",
    version: VERSION,
    zone: "",
  });
  connection!.close();
  await world.clock.advance(2_000);
  const [second] = dns.connections;
  assertEquals(second!.hello, connection!.hello);
});

for (const original of [true, false]) {
  Deno.test(`Agent names itself in statuses to a reporter that ${original ? "did not acknowledge its Hello" : "did"}`, async () => {
    await using world = await World.start([ROUTE], { agentId: AGENT_ID });
    const statuses = world.reporter("10.0.0.5", { original });
    await world.clock.advance(2_000);
    await world.report(1, 1);
    await world.clock.advance(2_000);
    const id = new Uint8Array(statuses.at(-1)!.agent_id).toHex();
    assertEquals(id, original ? "" : AGENT_ID);
  });
}

Deno.test("Agent keeps its statuses under the caller that it is told", async () => {
  const caller = parseIp("192.0.2.7");
  await using world = await World.start([ROUTE], { caller });
  const statuses = world.reporter("10.0.0.5");
  await world.clock.advance(1_000);
  await world.report(1, 1);
  await world.clock.advance(2_000);
  assertEquals(statuses.map((status) => status.caller >>> 0), [caller]);
});

async function withFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/agent-id`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadIdentity() makes one that only its owner can read, and finds it again", async () => {
  await withFile(async (path) => {
    const made = await loadIdentity(path);
    assertEquals(made.agentId.length, 32);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals(await loadIdentity(path), made);
    await Deno.remove(path);
    assertNotEquals(await loadIdentity(path), made);
  });
});

for (
  const text of ["", "0123", "Z".repeat(32), `${AGENT_ID}0`, "\0".repeat(33)]
) {
  Deno.test(`loadIdentity() replaces what is no identity: ${JSON.stringify(text)}`, async () => {
    await withFile(async (path) => {
      await Deno.writeTextFile(path, text);
      const { agentId, error } = await loadIdentity(path);
      assertEquals([agentId.length, error], [32, undefined]);
      assertEquals((await loadIdentity(path)).agentId, agentId);
    });
  });
}

Deno.test("loadIdentity() gives one that lasts as long as the process where it cannot be written", async () => {
  await withFile(async (path) => {
    const nowhere = `${path}/no/folder`;
    const first = await loadIdentity(nowhere);
    assertStringIncludes(first.error?.message ?? "", nowhere);
    assertNotEquals(
      (await loadIdentity(nowhere)).agentId,
      first.agentId,
    );
  });
});
