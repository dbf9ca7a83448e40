import { eventually, nowMs } from "../support/wait.ts";
import { assertEquals } from "@std/assert";
import { DnsLink } from "../../agent/hub/dns_link.ts";
import { DenoTransport, loggerOf, SystemClock } from "../../net/mod.ts";
import {
  decodeRoute,
  formatAddress,
  parseAddress,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import {
  ForeignConnection,
  frame,
  hostText,
  int32,
  message,
  parts,
} from "../support/foreign_wire.ts";
import { type Hand, storeArguments, testOnStores } from "../support/stores.ts";
import { row, runLars } from "../support/processes.ts";

/** What an edit may take on a machine that does other things too. */
const DEADLINE_MS = 2_000;

const KEY = { modId: 1, cmdId: 1 };

/** The agent's side: a link that keeps what dns says, for as long as it is open. */
class Listener implements AsyncDisposable {
  readonly #routes = new RouteMap<Route>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(dns: string, key: RouteKey) {
    const [hostname = "", port] = dns.split(":");
    const link = new DnsLink({
      transport: new DenoTransport(),
      clock: new SystemClock(),
      random: () => 0,
      logger: loggerOf("test"),
      addresses: [{ hostname, port: Number(port) }],
      onRoute: (head, body) => this.#routes.set(head, decodeRoute(body)),
      onChange: (connected) => connected && link.pull(key),
      heartbeatKey: () => key,
    });
    this.#running = link.run(this.#stop.signal);
  }

  /** Waits until dns has said this of the route: "IP:PORT weight zone", then policy and check. */
  async expect(what: string, expected: string): Promise<void> {
    const startMs = nowMs();
    const told = () => describe(this.#routes.get(KEY));
    try {
      await eventually(what, () => told() === expected, {
        deadlineMs: DEADLINE_MS,
      });
    } catch {
      assertEquals(told(), expected, what);
    }
    console.log(`${what}: ${Math.round(nowMs() - startMs)} ms`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function describe(route: Route | undefined): string {
  const hosts = route?.hosts.map((host) =>
    [formatAddress(host), host.weight, host.zone].join(" ").trimEnd()
  );
  const { policy, check } = route?.settings ?? {};
  return [...hosts?.sort() ?? [], policy, check].filter((part) =>
    part !== undefined
  ).join(", ");
}

/** The usual two statements of people who edit by hand. */
async function announce(hand: Hand): Promise<void> {
  await hand.sql(
    "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
  );
  await hand.sql(
    "INSERT INTO RouteChange(modid, cmdid, version) VALUES(1, 1, UNIX_TIMESTAMP(NOW()))",
  );
}

testOnStores(
  "weights, zones and settings reach an agent's link to dns",
  async (test, store) => {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, "10.0.0.1:80"), row(1, 1, "10.0.0.2:80")],
      database: store.database,
      print: () => {},
      // Nothing but the feed tells of an edit.
      conf: { dns: "[feed]\nfull_compare_interval_s = 600\n" },
    });
    await using link = new Listener(lars.addressOf("dns"), KEY);
    using hand = await store.openByHand(lars);
    const { ip } = parseAddress("10.0.0.2:80");
    async function edit(...args: string[]): Promise<void> {
      const all = ["route", ...args, ...storeArguments(lars)];
      const { code, stderr } = await runLars(all);
      assertEquals(code, 0, stderr);
    }
    await link.expect("plain", "10.0.0.1:80, 10.0.0.2:80");

    await test.step("set with the lars command", async () => {
      await edit(..."set 1 1 10.0.0.1:80 --weight 50 --zone eu-1".split(" "));
      await link.expect("set", "10.0.0.1:80 50 eu-1, 10.0.0.2:80");
      await edit(..."policy 1 1 adaptive --check off".split(" "));
      await link.expect(
        "policy",
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80, adaptive, false",
      );
    });

    await test.step("set by hand", async () => {
      await hand.sql(
        `INSERT INTO RouteHostConfig(modid, cmdid, serverip, serverport, weight) VALUES(1, 1, ${ip}, 80, 7)`,
      );
      await hand.sql("UPDATE RouteConfig SET policy = 'lars' WHERE modid = 1");
      await announce(hand);
      await link.expect(
        "by hand",
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80 7, lars, false",
      );
    });

    await test.step("kept by a host that the original's statements take out and put back", async () => {
      await hand.sql(`DELETE FROM RouteData WHERE serverip = ${ip}`);
      await announce(hand);
      await link.expect("taken out", "10.0.0.1:80 50 eu-1, lars, false");
      await hand.sql(
        `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(1, 1, ${ip}, 80)`,
      );
      await announce(hand);
      await link.expect(
        "put back",
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80 7, lars, false",
      );
    });

    await test.step("and no calls at all to a drained machine, whatever is done to its hosts", async () => {
      async function host(action: string, ...args: string[]): Promise<void> {
        const all = ["host", action, "10.0.0.2", ...args];
        const { code, stderr } = await runLars([
          ...all,
          ...storeArguments(lars),
        ]);
        assertEquals(code, 0, stderr);
      }
      await host("drain", "--reason", "new disk");
      await link.expect(
        "drained",
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80 0, lars, false",
      );
      await hand.sql(`DELETE FROM RouteData WHERE serverip = ${ip}`);
      await announce(hand);
      await link.expect("taken out", "10.0.0.1:80 50 eu-1, lars, false");
      await edit(..."add 1 1 10.0.0.2:80 10.0.0.2:81 --weight 9".split(" "));
      const drained =
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80 0, 10.0.0.2:81 0, lars, false";
      await link.expect("added to it", drained);
      await lars.stopService("dns");
      await lars.startService("dns");
      await using late = new Listener(lars.addressOf("dns"), KEY);
      await late.expect("after a restart", drained);
      await host("undrain");
      await late.expect(
        "undrained",
        "10.0.0.1:80 50 eu-1, 10.0.0.2:80 9, 10.0.0.2:81 9, lars, false",
      );
      await edit(..."remove 1 1 10.0.0.2:81".split(" "));
    });

    await test.step("and what cannot be stops nobody", async () => {
      await hand.sql("UPDATE RouteHostConfig SET weight = 10001, zone = 'a b'");
      await hand.sql("UPDATE RouteConfig SET policy = '', active_check = 5");
      await announce(hand);
      await link.expect("garbage", "10.0.0.1:80, 10.0.0.2:80");
      using dns = await ForeignConnection.open(lars.addressOf("dns"));
      await dns.send(frame(1, message({ 1: 1, 2: 1 })));
      const { id, body } = await dns.receive();
      const hosts = parts(body, 3).map(hostText).sort();
      assertEquals([id, int32(body, 1), int32(body, 2)], [2, 1, 1]);
      assertEquals(hosts, ["10.0.0.1:80", "10.0.0.2:80"]);
    });
  },
);
