import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  decodeHelloAck,
  decodeLeaseSync,
  encodeLeaseSync,
  lars,
  LEASE_HOSTS_MAX,
  leaseHash,
  type LeaseHost,
  ProtocolError,
} from "../../proto/mod.ts";
import {
  checkLeaseSync,
  type LeaseSigner,
  signLeaseSync,
} from "./lease_signature.ts";

const KEY = "an example of a key";

const SIGNER: LeaseSigner = {
  nonce: "000102030405060708090a0b0c0d0e0f",
  agentId: "101112131415161718191a1b1c1d1e1f",
  epoch: 2 ** 40 + 1,
};

const HOST: LeaseHost = {
  modId: 1,
  cmdId: 2,
  ip: 0x0a00_0001,
  port: 8_080,
  weight: 0,
  zone: "",
  version: "",
  notReady: false,
  gone: false,
  drainMs: 0,
};

const SYNC = {
  renewal: 7,
  ttlMs: 30_000,
  hash: 2 ** 40 + 1,
  all: true,
  hosts: [HOST],
};

const BODY = encodeLeaseSync(SYNC);

/**
 * Made by Python, from bytes put together by hand:
 *
 *     hmac.new(key, b"LeaseSync" + bytes(range(32)) +
 *         (2**40 + 1).to_bytes(8, "little") + body, "sha256").digest()[:16]
 */
const FOREIGN = [
  { key: KEY, mac: "7470f0f07367c3000803ea021f9e0305" },
  { key: "an example key äß", mac: "ab1c5ff72666b155e106ce04e7e131f2" },
];

Deno.test("signLeaseSync() puts the MAC behind the body that another implementation makes of it", () => {
  const body = "080710b0ea0119010000000001000020012a0c" +
    "08011002188180805020903f";
  assertEquals(new Uint8Array(BODY).toHex(), body);
  for (const { key, mac } of FOREIGN) {
    const signed = signLeaseSync(BODY, key, SIGNER);
    assertEquals(signed.toHex(), `${body}820110${mac}`);
    assertEquals(checkLeaseSync(signed, [key], SIGNER), "valid");
    // As protobufjs writes the field, and as who knows nothing of it reads the rest.
    const { mac: field } = lars.LeaseSync.decode(signed);
    assertEquals(new Uint8Array(field).toHex(), mac);
    assertEquals(decodeLeaseSync(signed), SYNC);
    const decoded = lars.LeaseSync.decode(signed);
    assertEquals(
      new Uint8Array(lars.LeaseSync.encode(decoded).finish()),
      signed,
    );
  }
});

Deno.test("checkLeaseSync() takes any of the keys, and no other", () => {
  const signed = signLeaseSync(BODY, KEY, SIGNER);
  const other = "another key than that";
  assertEquals(checkLeaseSync(signed, [other, KEY], SIGNER), "valid");
  assertEquals(checkLeaseSync(signed, [other], SIGNER), "wrong");
  assertEquals(checkLeaseSync(signed, [], SIGNER), "wrong");
  assertEquals(checkLeaseSync(BODY, [KEY], SIGNER), "none");
  assertEquals(checkLeaseSync(new Uint8Array(), [KEY], SIGNER), "none");
});

Deno.test("checkLeaseSync() finds what was signed worthless anywhere else", () => {
  const signed = signLeaseSync(BODY, KEY, SIGNER);
  const others: Partial<LeaseSigner>[] = [
    { nonce: "010102030405060708090a0b0c0d0e0f" },
    { nonce: "" },
    { agentId: "111112131415161718191a1b1c1d1e1f" },
    { agentId: "" },
    { epoch: 2 ** 40 },
    { epoch: 1 },
    // What is cut from one is not to be part of the next.
    { nonce: SIGNER.nonce + SIGNER.agentId, agentId: "00" },
  ];
  for (const other of others) {
    const state = checkLeaseSync(signed, [KEY], { ...SIGNER, ...other });
    assertEquals(state, "wrong", JSON.stringify(other));
  }
});

Deno.test("checkLeaseSync() sees any bit that differs, any bytes that are missing, and any that were added", () => {
  const signed = signLeaseSync(BODY, KEY, SIGNER);
  for (let bit = 0; bit < 8 * signed.length; bit++) {
    const changed = signed.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert(checkLeaseSync(changed, [KEY], SIGNER) !== "valid", `bit ${bit}`);
  }
  for (let bytes = 0; bytes < signed.length; bytes++) {
    const cut = signed.subarray(0, bytes);
    assert(checkLeaseSync(cut, [KEY], SIGNER) !== "valid", `${bytes} bytes`);
    const tail = signed.subarray(signed.length - bytes);
    assert(checkLeaseSync(tail, [KEY], SIGNER) !== "valid", `${bytes} bytes`);
  }
  // Another LeaseSync before or behind, which a decoder would join to it.
  const more = encodeLeaseSync({ ...SYNC, hosts: [{ ...HOST, port: 1 }] });
  for (const joined of [[more, signed], [signed, more], [signed, signed]]) {
    const body = new Uint8Array(joined.flatMap((part) => [...part]));
    assertEquals(decodeLeaseSync(body).hosts.length, 2);
    assert(checkLeaseSync(body, [KEY], SIGNER) !== "valid");
  }
});

Deno.test("checkLeaseSync() and decodeLeaseSync() bear any bytes in place of a MAC, and of a nonce", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 64 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.boolean(),
    (bytes, nonce, isField) => {
      const body = isField
        ? lars.LeaseSync.encode({ renewal: 1, mac: bytes }).finish()
        : new Uint8Array([...BODY, ...bytes]);
      assert(checkLeaseSync(body, [KEY], SIGNER) !== "valid");
      try {
        decodeLeaseSync(body);
      } catch (error) {
        assert(error instanceof ProtocolError);
      }
      const ack = decodeHelloAck(lars.HelloAck.encode({ nonce }).finish());
      assertEquals(
        ack.nonce,
        nonce.length === 16 ? nonce.toHex() : undefined,
      );
    },
  ));
});

Deno.test("the longest LeaseSync has room for a MAC", () => {
  const longest: LeaseHost = {
    modId: 2_147_483_647,
    cmdId: 2_147_483_647,
    ip: 0xffff_ffff,
    port: 65_535,
    weight: 10_000,
    zone: "z".repeat(32),
    version: "v".repeat(64),
    notReady: true,
    gone: false,
    drainMs: 0xffff_ffff,
  };
  const hosts = new Array(LEASE_HOSTS_MAX).fill(longest);
  const body = encodeLeaseSync({
    renewal: Number.MAX_SAFE_INTEGER,
    ttlMs: 0xffff_ffff,
    hash: leaseHash(hosts),
    all: true,
    hosts,
  });
  const signed = signLeaseSync(body, KEY, SIGNER);
  assert(signed.length <= BODY_BYTES_MAX);
  assertEquals(checkLeaseSync(signed, [KEY], SIGNER), "valid");
});
