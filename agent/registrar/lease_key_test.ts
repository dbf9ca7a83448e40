import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  MemoryNetwork,
  recordLogs,
  VirtualClock,
} from "../../net/testing/mod.ts";
import { checkLeaseSync, loggerOf } from "../../net/mod.ts";
import {
  decodeLeaseSync,
  encodeLeaseAck,
  FEATURE_LEASES,
  InstanceState,
  parseIp,
} from "../../proto/mod.ts";
import {
  idOf,
  MACHINE_IP,
  REGISTER_ON,
  requestOf,
} from "../testing/registrations_fixture.ts";
import { RENEW_MS } from "./lease_link.ts";
import { Registrar } from "./registrar.ts";

const KEY = "a key of 32 characters or of more";
const NEW_KEY = "the key that comes after that one";
const HELLO = {
  agentId: "0123456789abcdef".repeat(2),
  epoch: 7,
  name: "a",
  version: "1",
  zone: "",
};
const NONCE = "ab".repeat(16);
const ACK = {
  version: "1",
  features: FEATURE_LEASES,
  store: "",
  accepted: 0,
  held: 0,
};

/** A registrar, and what it sent to dns. */
class KeyFixture {
  readonly sent: Uint8Array[] = [];
  readonly registrar: Registrar;

  constructor(key: string) {
    const clock = new VirtualClock();
    const network = new MemoryNetwork({ clock, random: () => 0 });
    this.registrar = new Registrar({
      transport: network.machine(MACHINE_IP),
      clock,
      logger: loggerOf("agent"),
      zone: "",
      hello: () => HELLO,
      send: (_, body) => this.sent.push(body),
      tryOthers: () => {},
      addresses: () => ({ ips: [parseIp(MACHINE_IP)] }),
    });
    this.registrar.configure({ ...REGISTER_ON, key });
  }

  /** A dns is there, which gives something to sign with or, if it is older, nothing. */
  connect(nonce?: string): void {
    this.registrar.onDns({ hostname: MACHINE_IP, port: 1 });
    this.registrar.onHelloAck({ ...ACK, ...nonce !== undefined && { nonce } });
  }

  /** What dns finds in the newest LeaseSync. */
  check(key: string, nonce = NONCE): string {
    return checkLeaseSync(this.sent.at(-1)!, [key], { ...HELLO, nonce });
  }
}

Deno.test("Agent signs what it registers for the connection that it is on", () => {
  const fixture = new KeyFixture(KEY);
  fixture.connect(NONCE);
  fixture.registrar.register(requestOf());
  assertEquals(fixture.sent.length, 1);
  assertEquals(fixture.check(KEY), "valid");
  // It says so again and again, and the nonce once.
  fixture.registrar.onHelloAck(ACK);
  fixture.registrar.onHelloAck({ ...ACK, nonce: "ff".repeat(16) });
  fixture.registrar.tick(RENEW_MS);
  assertEquals([fixture.sent.length, fixture.check(KEY)], [2, "valid"]);
  fixture.registrar.onDns(undefined);
  const nonce = "cd".repeat(16);
  fixture.connect(nonce);
  assertEquals([fixture.sent.length, fixture.check(KEY, nonce)], [3, "valid"]);
});

Deno.test("Agent signs nothing without a key, or for a dns that does not know of it", () => {
  const cases: [string, string | undefined][] = [
    ["", NONCE],
    [KEY, undefined],
  ];
  for (const [key, nonce] of cases) {
    const fixture = new KeyFixture(key);
    fixture.connect(nonce);
    fixture.registrar.register(requestOf());
    assertEquals([fixture.sent.length, fixture.check(KEY)], [1, "none"]);
  }
});

Deno.test("Agent says everything again, and at once, when its key has changed, and only then", () => {
  const fixture = new KeyFixture("");
  const { registrar } = fixture;
  fixture.connect(NONCE);
  registrar.register(requestOf());
  registrar.configure({ ...REGISTER_ON, key: "" });
  assertEquals(fixture.sent.length, 1);
  registrar.configure({ ...REGISTER_ON, key: NEW_KEY });
  assertEquals([fixture.sent.length, fixture.check(NEW_KEY)], [2, "valid"]);
  const { all, hosts, renewal } = decodeLeaseSync(fixture.sent.at(-1)!);
  assertEquals([all, hosts.length, renewal], [true, 1, 2]);
  registrar.configure({ ...REGISTER_ON, key: NEW_KEY });
  assertEquals(fixture.sent.length, 2);
  // Without anything registered there is nothing to say.
  const idle = new KeyFixture("");
  idle.connect(NONCE);
  idle.registrar.configure({ ...REGISTER_ON, key: KEY });
  assertEquals(idle.sent.length, 0);
});

Deno.test("Agent tells its programs which key dns asks for, and writes it once", () => {
  using logs = recordLogs();
  const fixture = new KeyFixture(KEY);
  const { registrar } = fixture;
  fixture.connect(NONCE);
  registrar.register(requestOf());
  const reason = "dns 10.0.0.1 asks for [register] key, and it has another";
  const answer = () => {
    const { renewal, hash, hosts } = decodeLeaseSync(fixture.sent.at(-1)!);
    registrar.onLeaseAck(encodeLeaseAck({
      renewal,
      hash,
      all: false,
      refused: hosts.map((host) => ({ ...host, reason })),
      drained: [],
      draining: [],
    }));
  };
  const beat = () =>
    registrar.beat({ seq: 1, instance: idOf(1), notReady: false });
  answer();
  assertEquals(beat().state, InstanceState.refused);
  assertEquals(beat().reason, reason);
  registrar.configure({ ...REGISTER_ON, key: NEW_KEY });
  answer();
  assertEquals(beat().reason, reason);
  const lines = logs.lines.filter((line) => line.includes("dns refuses"));
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, reason);
  assertEquals(logs.lines.some((line) => line.includes(KEY)), false);
});
