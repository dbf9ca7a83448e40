import { assertEquals } from "@std/assert";
import { parseAddress } from "../../../proto/mod.ts";
import { frame, message } from "../../support/foreign_wire.ts";
import { readHostAnswer } from "./callers.ts";

const KEY = { modId: 3, cmdId: 4 };
const HOST = message({ 1: 0x0a000001, 2: 80 });

Deno.test("readHostAnswer() takes what an agent may answer, and nothing else", () => {
  const answer = (
    fields: Parameters<typeof message>[0],
    id = 5,
  ) => readHostAnswer(frame(id, message({ 1: 9, 2: 3, 3: 4, ...fields })), KEY);
  assertEquals(answer({ 5: HOST }), {
    state: "found",
    host: parseAddress("10.0.0.1:80"),
  });
  assertEquals(answer({ 4: 1 }), { state: "overloaded" });
  assertEquals(answer({ 4: 3 }), { state: "no_route" });
  const wrong = [
    answer({ 5: HOST }, 8),
    answer({}),
    answer({ 4: 3, 5: HOST }),
    answer({ 4: 77 }),
    answer({ 2: 5, 5: HOST }),
  ];
  const bytes = frame(5, message({ 1: 9, 2: 3, 3: 4, 4: 3 }));
  wrong.push(readHostAnswer(bytes.subarray(0, -1), KEY));
  assertEquals(wrong.map(({ state }) => state), wrong.map(() => "malformed"));
});
