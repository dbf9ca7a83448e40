import { assertEquals, assertRejects } from "@std/assert";
import { InstanceCheck, parseAddress } from "../../proto/mod.ts";
import { idOf, requestOf } from "../testing/registrations_fixture.ts";
import type { SavedInstance } from "./instance.ts";
import { registrationOf } from "./registrations.ts";
import {
  encodeRegistrations,
  RegistrationsFile,
} from "./registrations_file.ts";

const AGENT_ID = "ab".repeat(16);

const INSTANCES: SavedInstance[] = [
  {
    id: idOf(1),
    registration: registrationOf(requestOf({
      routes: [{ modId: 1, cmdId: 2 }, { modId: 3, cmdId: 0 }],
      check: InstanceCheck.http,
      path: "/ok",
      tags: ["a b"],
      version: "1.2",
    })),
    at: parseAddress("10.0.0.9:80"),
    notReady: true,
    failure: "answers 503",
    isLeaving: false,
  },
  {
    id: idOf(2),
    registration: registrationOf(requestOf()),
    notReady: false,
    failure: "",
    isLeaving: true,
  },
];

async function withFile(
  test: (file: RegistrationsFile, path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const path = `${folder}/registrations.json`;
  await test(new RegistrationsFile(path, AGENT_ID), path);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("RegistrationsFile.load() gives what was saved, and nothing before", () =>
  withFile(async (file, path) => {
    assertEquals(await file.load(), undefined);
    await file.save(INSTANCES);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals(await file.load(), INSTANCES);
    await file.save([]);
    assertEquals(await file.load(), []);
  }));

const [first] = JSON.parse(encodeRegistrations(INSTANCES, AGENT_ID)).instances;
const change = (part: object) =>
  JSON.stringify({ version: 1, agentId: AGENT_ID, instances: [], ...part });

for (
  const [name, text, message] of [
    ["half a file", '{"version":1,"agen', "JSON"],
    ["no object", "null", "version must be 1"],
    ["a newer version", change({ version: 2 }), "version must be 1"],
    ["another agent's", change({ agentId: "cd" }), "must be of agent"],
    ["no instances", change({ instances: {} }), "at most 256"],
    [
      "too many",
      change({ instances: Array(257).fill(first) }),
      "at most 256 instances",
    ],
    ["no instance", change({ instances: [null] }), "incomplete"],
    [
      "an instance without a registration",
      change({ instances: [{ ...first, registration: null }] }),
      "incomplete",
    ],
    [
      "a port that cannot be",
      change({
        instances: [{
          ...first,
          registration: { ...first.registration, port: 70_000 },
        }],
      }),
      "port must be 1 to 65535",
    ],
    ["more bytes than it may have", " ".repeat(2 ** 21 + 1), "at most"],
  ] as const
) {
  Deno.test(`RegistrationsFile.load() rejects ${name}`, () =>
    withFile(async (file, path) => {
      await Deno.writeTextFile(path, text);
      const error = await assertRejects(() => file.load(), Error, message);
      assertEquals(error.message.startsWith("Cannot load registrations"), true);
    }));
}
