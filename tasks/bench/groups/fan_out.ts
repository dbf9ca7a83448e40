import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import { decodeBody, lars, MessageId, parseIp } from "../../../proto/mod.ts";
import type { Figures } from "../report/measurement.ts";
import { Rig, until } from "./services_fixture.ts";
import { max, median } from "simple-statistics";

const SUBSCRIBERS = 1_000;
const EDITS = 10;
const KEY = { modId: 1, cmdId: 1 };
const FIRST_IP = parseIp("10.0.0.1");

/** How long until the last of many subscribers has an edit of a route all want. */
export async function fanOut(): Promise<Figures> {
  await using rig = await Rig.start();
  const { address } = await rig.startService(
    "dns",
    `[reactor]\nport = 0\nmaxConn = ${SUBSCRIBERS + 10}\n${rig.storeConf}`,
  );
  await rig.sql.addByHand({ ...KEY, ip: FIRST_IP, port: 80 });
  const subscribers: Subscriber[] = [];
  for (let index = 0; index < SUBSCRIBERS; index++) {
    subscribers.push(await Subscriber.open(address));
  }
  await until(() => subscribers.every(({ hosts }) => hosts === 1));

  const latenciesMs: number[] = [];
  for (let edit = 1; edit <= EDITS; edit++) {
    await rig.sql.addByHand({ ...KEY, ip: FIRST_IP + edit, port: 80 });
    const committedMs = performance.now();
    await until(() => subscribers.every(({ hosts }) => hosts === edit + 1));
    const lastMs = Math.max(...subscribers.map(({ heardMs }) => heardMs));
    latenciesMs.push(lastMs - committedMs);
  }
  for (const subscriber of subscribers) subscriber.close();
  return {
    lastSubscriberP50Ms: median(latenciesMs),
    lastSubscriberMaxMs: max(latenciesMs),
  };
}

/** A connection that asked for the route once. */
class Subscriber {
  /** How many hosts it was told last, and when. */
  hosts = 0;
  heardMs = 0;
  readonly #connection: FramedConnection;

  private constructor(connection: FramedConnection) {
    this.#connection = connection;
    connection.run((_, frame) => {
      this.hosts = decodeBody(lars.GetRouteResponse, frame.body).host.length;
      this.heardMs = performance.now();
    });
  }

  static async open(address: string): Promise<Subscriber> {
    const [hostname = "", port] = address.split(":");
    const stream = await new DenoTransport().connect({
      hostname,
      port: Number(port),
    });
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
