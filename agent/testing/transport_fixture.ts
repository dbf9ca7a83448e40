import fastCheck from "fast-check";
import {
  AGENT_SERVERS,
  DATAGRAM_BYTES_MAX,
  encodeFrame,
  lars,
  MessageId,
  parseAddress,
  type Route,
  toWireAddress,
} from "../../proto/mod.ts";
import type { ShardSettings } from "../shard/shard.ts";
import { DEFAULT_POLICY_SETTINGS } from "../policies/settings.ts";
import { ShardDatagrams } from "../shard/datagrams.ts";
import { Shard } from "../shard/shard.ts";

/** Settings of the shards of these tests. */
export const SETTINGS: ShardSettings = {
  policy: "lars",
  settings: DEFAULT_POLICY_SETTINGS,
  healthChecks: false,
};

/** The golden vectors of the wire. */
const VECTORS: { frame: string }[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../../tests/wire/vectors.json", import.meta.url),
  ),
);

/** Routes of every shard, one of them as long as an answer can hold. */
export const ROUTES: readonly Route[] = [
  { modId: 1, cmdId: 1, hosts: hosts(1) },
  { modId: 1, cmdId: 2, hosts: hosts(3) },
  { modId: 2, cmdId: 2, hosts: hosts(10) },
  { modId: 3, cmdId: 3, hosts: hosts(3_800) },
];

function hosts(count: number): Route["hosts"] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: 0x0a00_0001 + index, port: 60_000 }),
  );
}

/** The datagrams that both transports must answer the same: to which shard, and what. */
export function datagrams(): [number, Uint8Array][] {
  const encode = {
    getHost: (modid: number, cmdid: number, seq: number) =>
      encodeFrame(
        MessageId.getHostRequest,
        lars.GetHostRequest.encode({ modid, cmdid, seq }).finish(),
      ),
    report: (modid: number, cmdid: number, retcode: number) =>
      encodeFrame(
        MessageId.reportRequest,
        lars.ReportRequest.encode({
          modid,
          cmdid,
          retcode,
          host: toWireAddress(parseAddress("10.0.0.1:60000")),
        }).finish(),
      ),
    getRoute: (modid: number, cmdid: number) =>
      encodeFrame(
        MessageId.apiGetRouteRequest,
        lars.GetRouteRequest.encode({ modid, cmdid }).finish(),
      ),
  };
  const key = fastCheck.integer({ min: 1, max: 3 });
  const well = fastCheck.oneof(
    fastCheck.tuple(key, key, fastCheck.nat()).map((args) =>
      encode.getHost(...args)
    ),
    fastCheck.tuple(key, key, fastCheck.integer({ min: 0, max: 1 }))
      .map((args) => encode.report(...args)),
    fastCheck.tuple(key, key).map((args) => encode.getRoute(...args)),
  );
  // An unknown field makes a request as long as a datagram can be.
  const padded = fastCheck.integer({ min: 0, max: 65_480 }).map((length) => {
    const body = lars.GetHostRequest.encode({ modid: 1, cmdid: 2 }).finish();
    const tag = [0xa2, 0x06, length & 0x7f | 0x80, length >> 7 & 0x7f | 0x80];
    const bytes = [...body, ...tag, length >> 14, ...Array(length).fill(7)];
    return encodeFrame(MessageId.getHostRequest, new Uint8Array(bytes));
  });
  const broken = fastCheck.tuple(well, fastCheck.nat(), fastCheck.nat(255))
    .map(([bytes, at, value]) => bytes.with(at % bytes.length, value));
  const noise = fastCheck.uint8Array({ minLength: 1, maxLength: 2_000 });
  const long = fastCheck.integer({ min: 60_000, max: DATAGRAM_BYTES_MAX })
    .map((length) => new Uint8Array(length).fill(length));
  const datagram = fastCheck.oneof(
    { weight: 8, arbitrary: well },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: padded },
    { weight: 1, arbitrary: noise },
    { weight: 1, arbitrary: long },
  );
  const sent = fastCheck.tuple(
    fastCheck.integer({ min: 0, max: AGENT_SERVERS - 1 }),
    datagram,
  );
  const longest = encodeFrame(
    MessageId.getHostRequest,
    new Uint8Array(DATAGRAM_BYTES_MAX - 8),
  );
  return [
    ...VECTORS.flatMap(({ frame }) =>
      [0, 1, 2].map((port): [number, Uint8Array] => [
        port,
        Uint8Array.fromHex(frame),
      ])
    ),
    ...fastCheck.sample(sent, { numRuns: 600, seed: 4 }),
    [1, longest],
  ];
}

/** What three shards in this thread answer; empty: nothing. */
export function expectedAnswers(
  sent: readonly [number, Uint8Array][],
): Uint8Array[] {
  const nothing = () => {};
  const outbox = {
    healthCheck: nothing,
    pull: nothing,
    status: nothing,
    forget: nothing,
    totalsDue: nothing,
    totals: nothing,
    states: nothing,
    events: nothing,
  };
  const shards = Array.from(
    { length: AGENT_SERVERS },
    () => new Shard({ ...SETTINGS, random: () => 0, outbox }),
  );
  for (const route of ROUTES) {
    shards[(route.modId + route.cmdId) % AGENT_SERVERS]!.update(route, 0);
  }
  const response = new Uint8Array(DATAGRAM_BYTES_MAX);
  let forwardedBytes = 0;
  const ports: ShardDatagrams[] = shards.map((shard, index) =>
    new ShardDatagrams(shard, {
      index,
      shards: AGENT_SERVERS,
      forward: (owner, datagram) =>
        // Behind the last is the hub, which nobody has here.
        forwardedBytes = ports[owner]?.handle(datagram, response, 1) ?? 0,
    })
  );
  return sent.map(([port, datagram]) => {
    forwardedBytes = 0;
    const bytes = ports[port]!.handle(datagram, response, 1) || forwardedBytes;
    return response.slice(0, bytes);
  });
}
