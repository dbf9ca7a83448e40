import { assertEquals } from "@std/assert";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { Buffer } from "node:buffer";
import { parseAddress } from "../../proto/mod.ts";
import type { KnownHost, RouteLookup } from "../hub/lookups.ts";
import { Resolver } from "./resolver.ts";

function host(address: string, values: Partial<KnownHost> = {}): KnownHost {
  return { ...parseAddress(address), overloaded: false, ...values };
}

function found(...hosts: KnownHost[]): RouteLookup {
  return { state: "found", hosts };
}

/** Hosts 10.0.0.1:80, 10.0.0.2:80 and so on. */
function many(count: number): RouteLookup {
  return found(
    ...Array.from(
      { length: count },
      (_, at) => host(`10.0.${at >> 8}.${at & 255}:80`),
    ),
  );
}

interface Asked {
  type: "A" | "SRV" | "AAAA";
  name?: string;
  bytes?: number;
  over?: "udp" | "tcp";
  zone?: string;
}

async function ask(
  lookup: RouteLookup,
  { type, name = "1.2.lars.internal", bytes, over = "udp", zone = "" }: Asked,
) {
  const resolver = new Resolver({
    domain: "lars.internal",
    zone,
    random: () => 0,
    lookup: () => Promise.resolve(lookup),
  });
  const edns = {
    type: "OPT",
    name: ".",
    udpPayloadSize: bytes,
    flags: 0,
    options: [],
  } as unknown as packet.Answer;
  const answer = await resolver.answer(
    packet.encode({
      type: "query",
      id: 7,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type, name }],
      ...(bytes === undefined ? {} : { additionals: [edns] }),
    }),
    over,
  );
  const decoded = packet.decode(Buffer.from(answer!));
  return {
    length: answer!.length,
    code: (decoded as unknown as { rcode: string }).rcode,
    truncated: (decoded.flags! & packet.TRUNCATED_RESPONSE) !== 0,
    // deno-lint-ignore no-explicit-any -- as the library gives it
    data: decoded.answers!.map((each) => (each as any).data),
    additionals: decoded.additionals!.filter(({ type }) => type !== "OPT"),
    decoded,
  };
}

Deno.test("A lists addresses, each once, and SRV hosts with port, weight and name", async () => {
  const hosts = found(
    host("10.0.0.1:80", { weight: 50 }),
    host("10.0.0.1:81"),
    host("10.0.0.2:80"),
  );
  const a = await ask(hosts, { type: "A" });
  assertEquals(a.data.sort(), ["10.0.0.1", "10.0.0.2"]);
  const srv = await ask(hosts, { type: "SRV", bytes: 1_232 });
  assertEquals(
    srv.data.map(({ target, port, weight, priority }) =>
      `${priority} ${weight} ${port} ${target}`
    ).sort(),
    [
      "0 100 80 10-0-0-2.host.lars.internal",
      "0 100 81 10-0-0-1.host.lars.internal",
      "0 50 80 10-0-0-1.host.lars.internal",
    ],
  );
  assertEquals(srv.additionals.length, 3);
  const one = await ask(hosts, {
    type: "A",
    name: "10-0-0-2.host.lars.internal",
  });
  assertEquals(one.data, ["10.0.0.2"]);
});

Deno.test("hosts that are overloaded or drained are left out, unless none is left", async () => {
  const out = host("10.0.0.1:80", { overloaded: true });
  const drained = host("10.0.0.2:80", { weight: 0 });
  const well = host("10.0.0.3:80");
  const addresses = async (...hosts: KnownHost[]) =>
    (await ask(found(...hosts), { type: "A" })).data.sort();
  assertEquals(await addresses(out, drained, well), ["10.0.0.3"]);
  assertEquals(await addresses(out, drained), ["10.0.0.1"]);
  assertEquals(await addresses(drained), ["10.0.0.2"]);
});

Deno.test("hosts of the agent's zone come first", async () => {
  const hosts = found(
    host("10.0.0.1:80", { zone: "us" }),
    host("10.0.0.2:80", { zone: "eu" }),
  );
  const { data } = await ask(hosts, { type: "SRV", zone: "eu" });
  assertEquals(
    data.map(({ priority, target }) => [priority, target[7]]).sort(),
    [[0, "2"], [1, "1"]],
  );
});

Deno.test("who is not known is a failure, and only who dns denies has no name", async () => {
  const codes = async (lookup: RouteLookup, name?: string) => {
    const { code, decoded } = await ask(lookup, {
      type: "A",
      ...(name === undefined ? {} : { name }),
    });
    return [code, decoded.authorities!.length];
  };
  assertEquals(await codes({ state: "unknown" }), ["SERVFAIL", 1]);
  assertEquals(await codes({ state: "none" }), ["NXDOMAIN", 1]);
  assertEquals(await codes(many(1), "a.b.lars.internal"), ["NXDOMAIN", 1]);
  assertEquals(await codes(many(1), "lars.internal"), ["NOERROR", 1]);
  assertEquals(await codes(many(1), "example.com"), ["REFUSED", 0]);
  const aaaa = await ask(many(1), { type: "AAAA" });
  assertEquals([aaaa.code, aaaa.data], ["NOERROR", []]);
});

Deno.test("an answer is no longer than its asker takes", async () => {
  for (const count of [1, 20, 100, 500]) {
    for (const bytes of [undefined, 512, 1_232, 4_096]) {
      const limit = Math.min(bytes ?? 512, 1_232);
      const size = bytes === undefined ? {} : { bytes };
      const a = await ask(many(count), { type: "A", ...size });
      assertEquals(a.length <= limit, true, `A ${count} ${bytes}`);
      // Some addresses are as good as all.
      assertEquals(a.data.length > 0 && !a.truncated, true);
      const srv = await ask(many(count), { type: "SRV", ...size });
      assertEquals(srv.length <= limit, true, `SRV ${count} ${bytes}`);
      assertEquals(srv.data.length, srv.truncated ? 0 : count);
    }
    const tcp = await ask(many(count), { type: "SRV", over: "tcp" });
    assertEquals([tcp.data.length, tcp.truncated], [count, false]);
  }
});

Deno.test("what is no question is not answered, and no odd one harms", async () => {
  const resolver = new Resolver({
    domain: "lars.internal",
    zone: "",
    random: () => 0,
    lookup: () => Promise.resolve(many(1)),
  });
  const response = packet.encode({ type: "response", id: 1 });
  assertEquals(await resolver.answer(response, "udp"), undefined);
  assertEquals(await resolver.answer(new Uint8Array(3), "udp"), undefined);
  const bytes = packet.encode({
    type: "query",
    id: 1,
    questions: [{ type: "SRV", name: "1.2.lars.internal" }],
  });
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 0x3f, 0xc0, 0xff]) {
      const odd = bytes.slice();
      odd[at] = value;
      await resolver.answer(odd, "udp");
      await resolver.answer(bytes.subarray(0, at), "udp");
    }
  }
});
