import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  decodeLeaseAck,
  decodeLeaseSync,
  encodeLeaseAck,
  encodeLeaseSync,
  lars,
  LEASE_HASH_EMPTY,
  LEASE_HOSTS_MAX,
  type LeaseDrain,
  leaseHash,
  type LeaseHost,
  type LeaseOverride,
  ProtocolError,
} from "../../mod.ts";
import { int32, port, uint32 } from "../../testing/mod.ts";

const whole = fc.oneof(
  fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
);
const id = fc.nat({ max: 2_147_483_647 });

const host: fc.Arbitrary<LeaseHost> = fc.record({
  modId: id,
  cmdId: id,
  ip: fc.integer({ min: 1, max: 0xffff_ffff }),
  port: fc.integer({ min: 1, max: 65_535 }),
  weight: fc.nat({ max: 10_000 }),
  zone: fc.stringMatching(/^[a-zA-Z0-9._-]{0,32}$/),
  version: fc.stringMatching(/^[ -~]{0,64}$/),
  notReady: fc.boolean(),
  gone: fc.constant(false),
  drainMs: uint32,
}).chain((host) => fc.constantFrom(host, { ...host, leaving: true as const }));

/** A host whose fields are as long as they may be. */
const LONGEST: LeaseHost = {
  modId: 2_147_483_647,
  cmdId: 2_147_483_647,
  ip: 0xffff_ffff,
  port: 65_535,
  weight: 10_000,
  zone: "z".repeat(32),
  version: "v".repeat(64),
  notReady: true,
  gone: true,
  drainMs: 0xffff_ffff,
  leaving: true,
};

Deno.test("a LeaseSync comes back as it was encoded, and reads the same by protobufjs", () => {
  const sync = fc.record({
    renewal: whole,
    ttlMs: uint32,
    hash: whole,
    all: fc.boolean(),
    hosts: fc.array(host, { maxLength: 5 }),
  });
  fc.assert(fc.property(sync, (sync) => {
    const body = encodeLeaseSync(sync);
    assertEquals(decodeLeaseSync(body), sync);
    const { renewal, hash, instance } = lars.LeaseSync.decode(body);
    assertEquals(
      [Number(renewal), Number(hash), instance.length],
      [sync.renewal, sync.hash, sync.hosts.length],
    );
  }));
});

Deno.test("a LeaseAck comes back as it was encoded", () => {
  const override: fc.Arbitrary<LeaseOverride> = fc.record({
    modId: int32,
    cmdId: int32,
    ip: uint32,
    port,
    reason: fc.string({ maxLength: 200 }),
  });
  const draining: fc.Arbitrary<LeaseDrain> = fc.record({
    modId: int32,
    cmdId: int32,
    ip: uint32,
    port,
    callers: uint32,
    inFlight: uint32,
    done: fc.boolean(),
  });
  const ack = fc.record({
    renewal: whole,
    hash: whole,
    all: fc.boolean(),
    refused: fc.array(override, { maxLength: 5 }),
    drained: fc.array(override, { maxLength: 5 }),
    draining: fc.array(draining, { maxLength: 5 }),
  });
  fc.assert(fc.property(ack, (ack) => {
    assertEquals(decodeLeaseAck(encodeLeaseAck(ack)), ack);
  }));
});

Deno.test("LeaseSync and LeaseAck have the bytes that proto3 wants of their fields", () => {
  const sync = encodeLeaseSync({
    renewal: 2 ** 40,
    ttlMs: 30_000,
    hash: 2 ** 40 + 1,
    all: false,
    hosts: [{
      modId: 1,
      cmdId: 2,
      ip: 3,
      port: 4,
      weight: 5,
      zone: "z",
      version: "v",
      notReady: true,
      gone: true,
      drainMs: 6,
      leaving: true,
    }],
  });
  assertEquals(
    new Uint8Array(sync).toHex(),
    "08808080808020" + "10b0ea01" + "190100000000010000" + "2a18" +
      "0801" + "1002" + "1803" + "2004" + "2805" + "32017a" + "3a0176" +
      "4001" + "4801" + "5006" + "5801",
  );
  const address = { modId: 1, cmdId: 2, ip: 3, port: 4 };
  const ack = encodeLeaseAck({
    renewal: 1,
    hash: 2,
    all: true,
    refused: [{ ...address, reason: "r" }],
    drained: [{ ...address, reason: "" }],
    draining: [{ ...address, callers: 5, inFlight: 6, done: true }],
  });
  assertEquals(
    new Uint8Array(ack).toHex(),
    "0801" + "110200000000000000" + "1801" + "220b08011002180320042a0172" +
      "2a080801100218032004" + "320e0801100218032004280530063801",
  );
});

Deno.test("as many hosts as an agent may have fit a frame, however long they are", () => {
  const hosts = new Array(LEASE_HOSTS_MAX).fill(LONGEST);
  const sync = {
    renewal: Number.MAX_SAFE_INTEGER,
    ttlMs: 0xffff_ffff,
    hash: Number.MAX_SAFE_INTEGER,
    all: false,
    hosts,
  };
  const body = encodeLeaseSync(sync);
  assert(body.length <= BODY_BYTES_MAX);
  assertEquals(decodeLeaseSync(body), sync);
  assertThrows(
    () => encodeLeaseSync({ ...sync, hosts: [...hosts, LONGEST] }),
    RangeError,
    "at most 400 hosts: current number is 401",
  );
  // Reasons are the first to go.
  const refused = hosts.map(() => ({ ...LONGEST, reason: "€".repeat(200) }));
  const draining = hosts.map(() => ({
    ...LONGEST,
    callers: 0xffff_ffff,
    inFlight: 0xffff_ffff,
    done: true,
  }));
  const rest = { renewal: 1, hash: 2, all: false, drained: [], draining };
  const acknowledged = encodeLeaseAck({ ...rest, refused });
  assert(acknowledged.length <= BODY_BYTES_MAX);
  const decoded = decodeLeaseAck(acknowledged).refused;
  assertEquals([decoded.length, decoded[0]?.reason], [LEASE_HOSTS_MAX, ""]);
});

Deno.test("decodeLeaseSync() refuses what no agent may have", () => {
  const wire = {
    modid: 1,
    cmdid: 2,
    ip: 3,
    port: 4,
    weight: 10_000,
    zone: "z",
    version: "v",
  };
  const refused: [lars.LeaseSync.$Properties, string][] = [
    [{ instance: [{ ...wire, modid: -1 }] }, "its route cannot be"],
    [{ instance: [{ ...wire, ip: 0 }] }, "its address cannot be"],
    [
      { instance: [{ ...wire, port: 65_536 }] },
      "Cannot take 0.0.0.3:65536 of route (1, 2) as an instance: its address cannot be",
    ],
    [{ instance: [{ ...wire, weight: 10_001 }] }, "its weight cannot be"],
    [{ instance: [{ ...wire, zone: "a b" }] }, "its zone cannot be"],
    [{ instance: [{ ...wire, version: "\n" }] }, "its version cannot be"],
    [
      { instance: new Array(LEASE_HOSTS_MAX + 1).fill(wire) },
      "at most 400 hosts",
    ],
    [{ all: true, instance: [{ ...wire, gone: true }] }, "that are gone"],
  ];
  for (const [message, text] of refused) {
    const body = lars.LeaseSync.encode(message).finish();
    assertThrows(() => decodeLeaseSync(body), ProtocolError, text);
  }
  const accepted = lars.LeaseSync.encode({ instance: [wire] }).finish();
  assertEquals(decodeLeaseSync(accepted).hosts.length, 1);
  assertThrows(() => decodeLeaseSync(new Uint8Array([8])), ProtocolError);
});

Deno.test("decodeLeaseAck() refuses bytes that are none, and more addresses than an agent has", () => {
  const body = lars.LeaseAck.encode({
    refused: new Array(200).fill({}),
    drained: new Array(201).fill({}),
  }).finish();
  assertThrows(() => decodeLeaseAck(body), ProtocolError, "is 401");
  const many = lars.LeaseAck.encode({
    draining: new Array(LEASE_HOSTS_MAX + 1).fill({}),
  }).finish();
  assertThrows(() => decodeLeaseAck(many), ProtocolError, "is 401");
  assertThrows(() => decodeLeaseAck(new Uint8Array([8])), ProtocolError);
});

Deno.test("leaseHash() is of the set: the order and what is gone make no difference, each field does", () => {
  const hosts = fc.uniqueArray(host, {
    maxLength: 8,
    selector: ({ modId, cmdId, ip, port }) => `${[modId, cmdId, ip, port]}`,
  });
  fc.assert(fc.property(hosts, host, (hosts, extra) => {
    const hash = leaseHash(hosts);
    assert(Number.isSafeInteger(hash) && hash >= 0);
    assertEquals(leaseHash(hosts.toReversed()), hash);
    assertEquals(leaseHash([...hosts, { ...extra, gone: true }]), hash);
  }));
  assertEquals(leaseHash([]), LEASE_HASH_EMPTY);
  const host1: LeaseHost = { ...LONGEST, gone: false };
  const changes: Partial<LeaseHost>[] = [
    { modId: 1 },
    { cmdId: 1 },
    { ip: 1 },
    { port: 1 },
    { weight: 1 },
    { zone: "" },
    { version: "" },
    { notReady: false },
    { gone: true },
  ];
  for (const change of changes) {
    assertNotEquals(leaseHash([{ ...host1, ...change }]), leaseHash([host1]));
  }
  // It says nothing of how a host ends.
  assertEquals(
    leaseHash([{ ...host1, drainMs: 0, leaving: true }]),
    leaseHash([host1]),
  );
  // Both ends must come to the same: these numbers never change.
  assertEquals(leaseHash([host1]), 5_672_087_516_255_787);
});

Deno.test("leaseHash() tells sets whose hosts have swapped a field", () => {
  const host1: LeaseHost = { ...LONGEST, gone: false, port: 1 };
  const host2: LeaseHost = { ...host1, port: 2 };
  const swapped = [{ ...host1, weight: 7 }, host2];
  assertNotEquals(
    leaseHash(swapped),
    leaseHash([host1, { ...host2, weight: 7 }]),
  );
});
