import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeHello,
  decodeHelloAck,
  encodeHello,
  encodeHelloAck,
  type Hello,
  isAcceptedSince,
  lars,
  ProtocolError,
} from "../mod.ts";

const identity = fc.uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => bytes.toHex());
/** An integer that a double holds, often one of more than 32 bits. */
const whole = fc.oneof(
  fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
);
const zone = fc.stringMatching(/^[a-zA-Z0-9._-]{0,32}$/);
const text = fc.string({ maxLength: 64 });

Deno.test("a Hello comes back as it was encoded, and reads the same by protobufjs", () => {
  const hello = fc.record({
    agentId: fc.oneof(fc.constant(""), identity),
    epoch: whole,
    name: text,
    version: text,
    zone,
    metricsPort: fc.integer({ min: 1, max: 65_535 }),
  }, { requiredKeys: ["agentId", "epoch", "name", "version", "zone"] });
  fc.assert(fc.property(hello, (hello) => {
    const body = encodeHello(hello);
    assertEquals(decodeHello(body), hello);
    const { agent_id, epoch, name } = lars.Hello.decode(body);
    assertEquals(
      [new Uint8Array(agent_id).toHex(), Number(epoch), name],
      [hello.agentId, hello.epoch, hello.name],
    );
  }));
});

Deno.test("a Hello names no port that cannot be", () => {
  const body = lars.Hello.encode({ metrics_port: 65_536 }).finish();
  assertEquals("metricsPort" in decodeHello(body), false);
});

Deno.test("a HelloAck comes back as it was encoded", () => {
  const ack = fc.record({
    version: text,
    features: whole,
    store: fc.oneof(fc.constant(""), identity),
    accepted: whole,
    held: whole,
  });
  fc.assert(fc.property(ack, (ack) => {
    assertEquals(decodeHelloAck(encodeHelloAck(ack)), ack);
  }));
  assertEquals(decodeHelloAck(new Uint8Array()), {
    version: "",
    features: 0,
    store: "",
    accepted: 0,
    held: 0,
  });
});

Deno.test("a HelloAck has the bytes of before without a nonce, and the nonce behind them", () => {
  const ack = { version: "1", features: 2, store: "", accepted: 0, held: 0 };
  const plain = new Uint8Array(encodeHelloAck(ack)).toHex();
  assertEquals(plain, "0a0131" + "1002");
  assertEquals("nonce" in decodeHelloAck(encodeHelloAck(ack)), false);
  const nonce = "000102030405060708090a0b0c0d0e0f";
  const body = encodeHelloAck({ ...ack, nonce });
  assertEquals(new Uint8Array(body).toHex(), `${plain}820110${nonce}`);
  assertEquals(decodeHelloAck(body), { ...ack, nonce });
});

Deno.test("a Hello has the bytes that proto3 wants of its fields", () => {
  const body = encodeHello({
    agentId: "000102030405060708090a0b0c0d0e0f",
    epoch: 2 ** 40 + 1,
    name: "a",
    version: "1",
    zone: "z",
  });
  assertEquals(
    new Uint8Array(body).toHex(),
    "0a10000102030405060708090a0b0c0d0e0f" + "110100000000010000" +
      "1a0161" + "220131" + "2a017a",
  );
});

Deno.test("decodeHello() leaves empty what cannot be, and cuts what is too long", () => {
  const wrong = {
    agent_id: new Uint8Array(15),
    name: "n".repeat(65),
    version: "v".repeat(1_000),
    zone: "no zone",
  };
  assertEquals(decodeHello(lars.Hello.encode(wrong).finish()), {
    agentId: "",
    epoch: 0,
    name: "n".repeat(64),
    version: "v".repeat(64),
    zone: "",
  });
  const store = new Uint8Array(17);
  const ack = lars.HelloAck.encode({ store }).finish();
  assertEquals(decodeHelloAck(ack).store, "");
});

Deno.test("decodeHello() reads, or refuses, a Hello cut anywhere", () => {
  const hello: Hello = {
    agentId: "ff".repeat(16),
    epoch: 5,
    name: "n",
    version: "v",
    zone: "z",
  };
  const body = encodeHello(hello);
  let accepted = 0;
  for (let bytes = 0; bytes < body.length; bytes++) {
    const cut = body.subarray(0, bytes);
    try {
      const { agentId } = decodeHello(cut);
      assert(agentId === "" || agentId === hello.agentId);
      accepted += 1;
    } catch (error) {
      assert(error instanceof ProtocolError);
    }
  }
  assertEquals(accepted, 5);
  assertThrows(() => decodeHelloAck(new Uint8Array([10])), ProtocolError);
});

Deno.test("isAcceptedSince() tells counts that grew, also past the highest, from those of a backup", () => {
  const highest = 4_294_967_295;
  const cases: [number, number, boolean][] = [
    [0, 0, false],
    [0, 1, true],
    [3, 7, true],
    [7, 3, false],
    [highest, 0, true],
    [highest - 1, 2, true],
    [0, highest, false],
    [highest, highest, false],
  ];
  for (const [before, now, expected] of cases) {
    assertEquals([before, now, isAcceptedSince(before, now)], [
      before,
      now,
      expected,
    ]);
  }
});
