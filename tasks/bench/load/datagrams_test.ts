import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  encodeFrame,
  lars,
  MessageId,
  parseDatagram,
} from "../../../proto/mod.ts";
import {
  type Answer,
  LoadDatagrams,
  readAnswer,
  SEQ_MAX,
  SEQ_MIN,
} from "./datagrams.ts";
import { parseRoutes } from "./routes.ts";

const id = fc.integer({ min: 0, max: 2_147_483_647 });
const seq = fc.integer({ min: SEQ_MIN, max: SEQ_MAX });
const host = fc.record({
  ip: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
  port: fc.integer({ min: 1, max: 65_535 }),
});

function emptyAnswer(): Answer {
  return { isEcho: false, seq: 0, returnCode: 0, hostAt: 0, hostBytes: 0 };
}

Deno.test("LoadDatagrams writes the request that protobufjs would", () => {
  fc.assert(fc.property(id, id, seq, (modid, cmdid, seq) => {
    const datagrams = new LoadDatagrams([{ modId: modid, cmdId: cmdid }]);
    const buffer = new Uint8Array(100);
    const length = datagrams.writeRequest(buffer, { at: 7, route: 0, seq });
    const body = lars.GetHostRequest.encode({
      seq,
      ...(modid === 0 ? {} : { modid }),
      ...(cmdid === 0 ? {} : { cmdid }),
    }).finish();
    assertEquals(
      buffer.slice(7, 7 + length),
      encodeFrame(MessageId.getHostRequest, body),
    );
  }));
});

Deno.test("a report names the host of the answer, whatever its address", () => {
  const answer = emptyAnswer();
  fc.assert(fc.property(id, id, seq, host, (modid, cmdid, seq, host) => {
    const frame = encodeFrame(
      MessageId.getHostResponse,
      lars.GetHostResponse.encode({ seq, modid, cmdid, host }).finish(),
    );
    const from = new Uint8Array(frame.length + 11);
    from.set(frame, 11);
    const read = readAnswer(from, { at: 11, length: frame.length, answer });
    assertEquals([read, answer.seq, answer.isEcho], [true, seq, false]);

    const datagrams = new LoadDatagrams([{ modId: modid, cmdId: cmdid }]);
    const into = new Uint8Array(200);
    const length = datagrams.writeReport(into, {
      at: 3,
      route: 0,
      from,
      answer,
    });
    const report = parseDatagram(into.subarray(3, 3 + length))!;
    assertEquals(report.id, MessageId.reportRequest);
    const told = lars.ReportRequest.decode(report.body);
    assertEquals([told.host?.ip, told.host?.port], [host.ip, host.port]);
    assertEquals([told.modid, told.cmdid], [modid, cmdid]);
  }));
});

Deno.test("readAnswer() reads return codes, echoes and fields of later versions", () => {
  const answer = emptyAnswer();
  const read = (id: number, body: Uint8Array) => {
    const bytes = encodeFrame(id, body);
    return readAnswer(bytes, { at: 0, length: bytes.length, answer });
  };
  const refused = { seq: SEQ_MIN, modid: 1, cmdid: 1, retcode: 3 };
  const body = lars.GetHostResponse.encode(refused).finish();
  assertEquals(read(MessageId.getHostResponse, body), true);
  assertEquals([answer.returnCode, answer.hostBytes], [3, 0]);

  const found = { seq: SEQ_MAX, host: { ip: 1, port: 2 }, use_ms: 100 };
  const longer = lars.GetHostResponse.encode(found).finish();
  assertEquals(read(MessageId.getHostResponse, longer), true);
  assertEquals([answer.seq, answer.returnCode, answer.hostBytes], [
    SEQ_MAX,
    0,
    4,
  ]);

  const request = lars.GetHostRequest.encode({ seq: SEQ_MIN }).finish();
  assertEquals(read(MessageId.getHostRequest, request), true);
  assertEquals([answer.isEcho, answer.seq], [true, SEQ_MIN]);

  assertEquals(read(MessageId.apiGetRouteResponse, body), false);
});

Deno.test("parseRoutes() takes numbers, ranges and lists", () => {
  assertEquals(parseRoutes("1/2"), [{ modId: 1, cmdId: 2 }]);
  assertEquals(parseRoutes("1-2/0-1,9/9").length, 5);
  for (const bad of ["", "1", "1/", "2-1/1", "1/1,", "-1/1", "1/2147483648"]) {
    assertThrows(() => parseRoutes(bad), SyntaxError, bad);
  }
  assertThrows(() => parseRoutes("0-9999/0-9999"), SyntaxError, "10000000");
});
