import type { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import {
  encodeBeatRequest,
  encodeDeregisterRequest,
  encodeFrame,
  encodeRegisterRequest,
  FEATURE_LEASES,
  InstanceState,
  MessageId,
  parseDatagram,
  parseIp,
  readBeatResponse,
  readDeregisterResponse,
  readRegisterResponse,
} from "../../proto/mod.ts";
import {
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
} from "../../net/mod.ts";
import { Agent } from "../hub/agent.ts";
import type { SavedInstance } from "../registrar/instance.ts";
import type { LeaseTable } from "./lease_peer.ts";
import { idOf, REGISTER_ON, requestOf } from "./registrations_fixture.ts";

/** What a {@linkcode LeaseDns} is made of. */
export interface LeaseDnsOptions {
  clock: VirtualClock;
  network: MemoryNetwork;
  random: Random;
  ip: string;
  /** Where it keeps leases: of several dns the same. */
  leases: LeaseTable;
}

/** A dns that takes leases, and knows no routes. */
export class LeaseDns {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #options: LeaseDnsOptions;

  constructor(options: LeaseDnsOptions) {
    this.#options = options;
    const { clock, network, random, ip, leases } = options;
    const router = new MessageRouter()
      .on(MessageId.getRouteRequest, () => {})
      .on(MessageId.leaseSync, (connection, body) => {
        const ack = leases.take(connection.hello!.agentId, body);
        if (ack === undefined) return;
        connection.send(MessageId.leaseAck, ack);
        const { agentId } = connection.hello!;
        // Its callers have something to tell.
        clock.schedule(random() * 2_000, () => {
          const { draining } = leases;
          if (draining !== undefined) draining.done = random() < 0.5;
          connection.send(MessageId.leaseAck, leases.again(agentId));
        });
      });
    const server = new TcpServer({
      transport: network.machine(ip),
      clock,
      random: () => 0,
      logger: loggerOf("test"),
      at: { hostname: ip, port: 7778 },
      connectionsMax: 10,
      router,
      ack: () => ({
        version: "1",
        features: FEATURE_LEASES,
        store: "",
        accepted: 0,
        held: 0,
      }),
    });
    this.#running = server.run(this.#stop.signal);
  }

  /** Ends, as when it is killed. */
  async stop(): Promise<void> {
    const { clock, network, ip } = this.#options;
    this.#stop.abort();
    network.reset(ip);
    await clock.advance(100);
    await this.#running;
  }
}

/** What a {@linkcode RegistrarLife} is made of. */
export interface RegistrarLifeOptions {
  clock: VirtualClock;
  network: MemoryNetwork;
  random: Random;
  /** Its machine. */
  ip: string;
  /** Machines of dns. */
  dns: readonly string[];
  /** What the life before has saved; undefined: nothing, or that is lost. */
  saved: readonly SavedInstance[] | undefined;
}

/** One life of an agent without shards, which only registers programs. */
export class RegistrarLife {
  static readonly agentId = "0123456789abcdef".repeat(2);
  /** What it has saved so far. */
  saved: readonly SavedInstance[] | undefined;
  readonly #clock: VirtualClock;
  readonly #agent: Agent;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #answers: Uint8Array[] = [];

  constructor(options: RegistrarLifeOptions) {
    const { clock, network, random, ip, dns, saved } = options;
    this.#clock = clock;
    this.saved = saved;
    const agent: Agent = new Agent({
      transport: network.machine(ip),
      clock,
      random,
      dns: dns.map((hostname) => ({ hostname, port: 7778 })),
      reporter: [{ hostname: "10.9.9.9", port: 7779 }],
      shards: 1,
      agentId: RegistrarLife.agentId,
      cache: { async *load() {}, save: () => Promise.resolve() },
      post: (_, message) => {
        if (message.kind === "answer") this.#answers.push(message.datagram);
        if (message.kind === "stop") agent.receive(0, { kind: "stopped" });
      },
      registrations: {
        settings: REGISTER_ON,
        addresses: () => ({ ips: [parseIp(ip)] }),
        keeper: {
          load: () => Promise.resolve(this.saved && [...this.saved]),
          save: (instances) => {
            this.saved = structuredClone([...instances]);
            return Promise.resolve();
          },
        },
      },
    });
    this.#agent = agent;
    this.#running = agent.restore().then(() => agent.run(this.#stop.signal));
  }

  /** What it answers to a datagram, as it came to one of its ports; undefined: nothing, or it has ended. */
  answer(datagram: Uint8Array): Uint8Array | undefined {
    if (this.#stop.signal.aborted) return undefined;
    // Behind its only shard is the hub.
    const forward = { kind: "forward", owner: 1, token: 0, datagram } as const;
    this.#agent.receive(0, forward);
    const answer = this.#answers.pop();
    return answer && answer.length > 0 ? answer : undefined;
  }

  /** Ends; its instances stay registered. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#clock.advance(1_000);
    await this.#running;
  }
}

/** Time from one request of a program to the next: a third of its ttl, or less while it is not served. */
const BEAT_MS = 1_000;
const RESEND_MS = 200;

/** What a {@linkcode RegisteringProgram} is made of. */
export interface RegisteringProgramOptions {
  clock: VirtualClock;
  random: Random;
  /** Its id, and behind 1000 its port. */
  number: number;
  /** Takes a datagram to the agent, and perhaps an answer back. */
  ask: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
}

/** A program as clients make them: registers, beats, and deregisters at its end. */
export class RegisteringProgram {
  notReady = false;
  /** Whether the agent said last that callers get it. */
  isServed = false;
  /** Whether the agent has said that it is gone, or it was killed. */
  isOver = false;
  /** Whether it is to be served. */
  isAlive = true;
  readonly #options: RegisteringProgramOptions;
  #isKnown = false;

  constructor(options: RegisteringProgramOptions) {
    this.#options = options;
    this.#turn();
  }

  /** What dns is to have of it. */
  get host(): string {
    const { number } = this.#options;
    return `1/1 10.0.0.9:${1_000 + number}${this.notReady ? "!" : ""}`;
  }

  /** Ends without a word. */
  kill(): void {
    this.isAlive = false;
    this.isOver = true;
  }

  /** Deregisters, and ends when that is done. */
  end(): void {
    this.isAlive = false;
  }

  #turn(): void {
    if (this.isOver) return;
    const { clock, random } = this.#options;
    if (!this.isAlive) this.#deregister();
    else if (this.#isKnown) this.#beat();
    else this.#register();
    const isCalm = this.isAlive && this.#isKnown;
    const pauseMs = isCalm ? BEAT_MS : RESEND_MS;
    clock.schedule(pauseMs * (0.8 + 0.4 * random()), () => this.#turn());
  }

  #register(): void {
    const { number, ask } = this.#options;
    const request = requestOf({
      instance: idOf(number),
      port: 1_000 + number,
      ttlMs: 5_000,
      drainMs: number % 2 * 2_000,
      notReady: this.notReady,
    });
    const body = encodeRegisterRequest(request);
    ask(encodeFrame(MessageId.registerRequest, body), (answer) => {
      const status = readRegisterResponse(parseDatagram(answer)!.body)!;
      this.#isKnown = status.state !== InstanceState.refused;
    });
  }

  #beat(): void {
    const { number, ask } = this.#options;
    const { notReady } = this;
    const instance = idOf(number);
    const body = encodeBeatRequest({ seq: 1, instance, notReady });
    ask(encodeFrame(MessageId.beatRequest, body), (answer) => {
      const { state } = readBeatResponse(parseDatagram(answer)!.body)!;
      this.isServed = state === InstanceState.served;
      if (state === InstanceState.unknown) this.#isKnown = false;
    });
  }

  #deregister(): void {
    const { number, ask } = this.#options;
    const instance = idOf(number);
    const body = encodeDeregisterRequest({ seq: 1, instance, drainMs: 0 });
    ask(encodeFrame(MessageId.deregisterRequest, body), (answer) => {
      const { done } = readDeregisterResponse(parseDatagram(answer)!.body)!;
      if (done) this.isOver = true;
    });
  }
}
