import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import {
  decodeBody,
  type Endpoint,
  lars,
  MessageId,
  parseIp,
} from "../../../proto/mod.ts";
import type { Figures } from "../report/measurement.ts";
import { StoreFixture, until } from "./store_fixture.ts";
import { max, median } from "simple-statistics";

const SUBSCRIBERS = 1_000;
const EDITS = 10;
const KEY = { modId: 1, cmdId: 1 };
const FIRST_IP = parseIp("10.0.0.1");

/** Time until the last of 1,000 subscribers of a route has an edit of it. */
export async function fanOut(): Promise<Figures> {
  await using fixture = await StoreFixture.start("mysql");
  await fixture.startService(
    "dns",
    `[reactor]\nmaxConn = ${SUBSCRIBERS + 10}`,
  );
  await fixture.addHost({ ...KEY, ip: FIRST_IP, port: 80 });
  const subscribers: Subscriber[] = [];
  for (let index = 0; index < SUBSCRIBERS; index++) {
    subscribers.push(await Subscriber.open(fixture.at));
  }
  await until(() => subscribers.every(({ hosts }) => hosts === 1));

  const latenciesMs: number[] = [];
  for (let edit = 1; edit <= EDITS; edit++) {
    await fixture.addHost({ ...KEY, ip: FIRST_IP + edit, port: 80 });
    const committedMs = performance.now();
    await until(() => subscribers.every(({ hosts }) => hosts === edit + 1));
    const lastMs = Math.max(...subscribers.map(({ receivedMs }) => receivedMs));
    latenciesMs.push(lastMs - committedMs);
  }
  for (const subscriber of subscribers) subscriber.close();
  return {
    lastSubscriberP50Ms: median(latenciesMs),
    lastSubscriberMaxMs: max(latenciesMs),
  };
}

/** A connection that subscribed to the route. */
class Subscriber {
  /** Hosts in the last push. */
  hosts = 0;
  /** Time of the last push. */
  receivedMs = 0;
  readonly #connection: FramedConnection;

  private constructor(connection: FramedConnection) {
    this.#connection = connection;
    connection.run((_, frame) => {
      this.hosts = decodeBody(lars.GetRouteResponse, frame.body).host.length;
      this.receivedMs = performance.now();
    });
  }

  static async open(dns: Endpoint): Promise<Subscriber> {
    const stream = await new DenoTransport().connect(dns);
    const connection = new FramedConnection(stream);
    const { modId: modid, cmdId: cmdid } = KEY;
    const body = lars.GetRouteRequest.encode({ modid, cmdid }).finish();
    connection.send(MessageId.getRouteRequest, body);
    return new Subscriber(connection);
  }

  close(): void {
    this.#connection.close();
  }
}
