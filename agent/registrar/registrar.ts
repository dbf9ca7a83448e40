import {
  type BeatRequest,
  type DeregisterRequest,
  type DeregisterResponse,
  encodeBeatResponse,
  encodeDeregisterResponse,
  encodeFrame,
  encodeRegisterResponse,
  type Endpoint,
  formatAddress,
  type Hello,
  type HelloAck,
  type InstanceStatus,
  MessageId,
  parseDatagram,
  readBeatRequest,
  readDeregisterRequest,
  readRegisterRequest,
  type RegisterRequest,
} from "../../proto/mod.ts";
import {
  type Clock,
  type Deadline,
  DeadlineTimer,
  LogBudget,
  type Logger,
  type Transport,
} from "../../net/mod.ts";
import { ChangeSaver } from "../hub/change_saver.ts";
import { type Instance, keyText, type RegisterSettings } from "./instance.ts";
import { InstanceChecks } from "./instance_checks.ts";
import { LeaseLink } from "./lease_link.ts";
import { LeaseSet } from "./lease_set.ts";
import {
  type MachineAddresses,
  machineAddresses,
  OwnAddresses,
} from "./own_addresses.ts";
import { type LeaveCause, Registrations } from "./registrations.ts";
import type { RegistrationKeeper } from "./registrations_file.ts";

/** Most lines of each kind in a second. */
const LINES_MAX = 5;
const WINDOW_MS = 1_000;

/** Time from a change to its save. */
const SAVE_MS = 20;

const NO_ANSWER = new Uint8Array(0);

/** What an agent is told of registrations beside its own options. */
export interface RegistrationOptions {
  /** `[register]` of its file. */
  settings: RegisterSettings;
  /** Where instances are kept for the next run; nowhere if absent. */
  keeper?: RegistrationKeeper;
  /** The addresses of the machine; asks the system if absent. */
  addresses?: () => MachineAddresses;
  /** Whether a process lives; undefined: it cannot be told, as it never can if this is absent. */
  lives?: (pid: number) => boolean | undefined;
}

/** What a registrar is made of. */
export interface RegistrarOptions
  extends Omit<RegistrationOptions, "settings"> {
  transport: Transport;
  clock: Clock;
  logger: Logger;
  /** Zone of the machine. */
  zone: string;
  /** Who the agent is. */
  hello: () => Hello;
  /** Sends a frame to dns. */
  send: (id: number, body: Uint8Array) => void;
  /** Leaves this dns for another, if there is one. */
  tryOthers: () => void;
}

/** What a registrar counts; AGENT_METRICS describes each. */
export type RegistrarCounters = Record<
  "registrationsRefused" | "registrationsDenied" | "leaseSyncsSent",
  number
>;

/** Takes what programs say of themselves. */
export interface ProgramRegistrar {
  /** A program says that it serves, or what it said before. */
  register(request: RegisterRequest): InstanceStatus;
  /** A program says that an instance lives. */
  beat(request: BeatRequest): InstanceStatus;
  /** A program says that an instance ends. */
  deregister(request: DeregisterRequest): DeregisterResponse;
}

/** Registers the programs of this machine: their datagrams in, answers out, and dns told of them. */
export class Registrar implements Deadline, ProgramRegistrar {
  readonly #options: RegistrarOptions;
  readonly #lease = new LeaseSet();
  readonly #link: LeaseLink;
  readonly #addresses: OwnAddresses;
  readonly #registrations: Registrations;
  readonly #checks: InstanceChecks;
  readonly #log: LogBudget;
  readonly #saver: ChangeSaver | undefined;
  readonly #timer: DeadlineTimer;

  /** Registers nobody until {@linkcode Registrar.configure}. */
  constructor(options: RegistrarOptions) {
    this.#options = options;
    const { clock, logger, keeper, addresses, lives } = options;
    this.#addresses = new OwnAddresses(addresses ?? machineAddresses);
    this.#log = new LogBudget({
      ...options,
      linesMax: LINES_MAX,
      windowMs: WINDOW_MS,
    });
    this.#link = new LeaseLink({
      ...options,
      log: this.#log,
      lease: this.#lease,
    });
    this.#registrations = new Registrations({
      lease: this.#lease,
      addresses: this.#addresses,
      zone: options.zone,
      waitsFor: () => this.#link.waitsFor,
      outbox: {
        leaseChanged: () => this.#link.onChange(),
        changed: () => this.#onChange(),
        registered: (instance) => this.#logRegistered(instance),
        left: (instance, cause) => this.#logLeft(instance, cause),
        refused: (request, reason) => this.#logRefused(request, reason),
      },
    });
    this.#checks = new InstanceChecks({
      ...options,
      ...lives && { lives },
      onResult: (id, failure) => this.#onCheck(id, failure),
    });
    this.#saver = keeper && new ChangeSaver({
      clock,
      logger,
      what: "registrations",
      pauseMs: SAVE_MS,
      save: () => keeper.save(this.#registrations.saved()),
    });
    this.#timer = new DeadlineTimer(clock, this);
  }

  /** Counters since its start. */
  get counters(): RegistrarCounters {
    return { ...this.#registrations.counters, ...this.#link.counters };
  }

  /** Instances by the name of their state. */
  get states(): ReadonlyMap<string, number> {
    return this.#registrations.states(this.#nowMs);
  }

  /** Takes the instances of the run before. Never rejects. */
  async restore(): Promise<void> {
    const { keeper, logger } = this.#options;
    try {
      const saved = await keeper?.load();
      if (saved === undefined) return;
      this.#registrations.restore(saved, this.#nowMs);
    } catch (error) {
      logger.warn(
        "registrations of the run before are not known: programs register again",
        { error },
      );
    }
  }

  /** Takes `[register]` of the agent's file. */
  configure(settings: RegisterSettings): void {
    this.#link.setKey(settings.key ?? "");
    this.#registrations.configure(settings, this.#nowMs);
    this.#timer.update();
  }

  /** Ticks and saves until `signal` is aborted; instances stay registered. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#timer.run(signal), this.#saver?.run(signal)]);
    this.#checks.stop();
    this.#log.flush();
  }

  /** Answers a datagram of a program; empty: it is none of these requests. */
  answer(datagram: Uint8Array): Uint8Array {
    const frame = parseDatagram(datagram);
    return frame && this.#answer(frame.id, frame.body) || NO_ANSWER;
  }

  register(request: RegisterRequest): InstanceStatus {
    const status = this.#registrations.register(request, this.#nowMs);
    this.#timer.update();
    return { ...namesOf(request), ...status };
  }

  beat(request: BeatRequest): InstanceStatus {
    const status = this.#registrations.beat(request, this.#nowMs);
    this.#timer.update();
    return { ...namesOf(request), ...status };
  }

  deregister(request: DeregisterRequest): DeregisterResponse {
    const progress = this.#registrations.deregister(request, this.#nowMs);
    this.#timer.update();
    return { ...namesOf(request), ...progress };
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #answer(id: number, body: Uint8Array): Uint8Array | undefined {
    switch (id) {
      case MessageId.registerRequest: {
        const request = readRegisterRequest(body);
        return request && encodeFrame(
          MessageId.registerResponse,
          encodeRegisterResponse(this.register(request)),
        );
      }
      case MessageId.beatRequest: {
        const request = readBeatRequest(body);
        return request && encodeFrame(
          MessageId.beatResponse,
          encodeBeatResponse(this.beat(request)),
        );
      }
      case MessageId.deregisterRequest: {
        const request = readDeregisterRequest(body);
        return request && encodeFrame(
          MessageId.deregisterResponse,
          encodeDeregisterResponse(this.deregister(request)),
        );
      }
      default:
        return undefined;
    }
  }

  /** The link to dns opened, with this end, or was lost. */
  onDns(local: Endpoint | undefined): void {
    this.#addresses.onDns(local);
    this.#link.onConnection(local !== undefined);
    this.#registrations.onAddresses(this.#nowMs);
    this.#timer.update();
  }

  /** Dns says what it can do. */
  onHelloAck(ack: HelloAck): void {
    this.#link.onHelloAck(ack);
    this.#timer.update();
  }

  /**
   * Takes a LeaseAck of dns.
   *
   * @throws {ProtocolError} If it is none.
   */
  onLeaseAck(body: Uint8Array): void {
    this.#link.onLeaseAck(body);
    this.#registrations.onVerdict(this.#nowMs);
    this.#timer.update();
  }

  dueMs(): number {
    return Math.min(
      this.#registrations.dueMs(),
      this.#link.dueMs(),
      this.#log.dueMs(),
    );
  }

  tick(nowMs: number): void {
    this.#registrations.tick(nowMs);
    this.#link.tick(nowMs);
    this.#log.flush();
  }

  #onCheck(id: string, failure: string): void {
    this.#registrations.onCheck(id, failure, this.#nowMs);
    this.#timer.update();
  }

  #onChange(): void {
    this.#checks.update(this.#registrations.values());
    this.#saver?.noteChange();
  }

  #logRegistered({ registration, at }: Instance): void {
    const { routes, version, tags } = registration;
    this.#log.info("program registered", {
      routes: routes.map(keyText).join(", "),
      ...at && { host: formatAddress(at) },
      ...version !== "" && { version },
      ...tags.length > 0 && { tags: tags.join(", ") },
    });
  }

  #logLeft({ registration, at }: Instance, cause: LeaveCause): void {
    const { routes, ttlMs } = registration;
    const properties = {
      routes: routes.map(keyText).join(", "),
      ...at && { host: formatAddress(at) },
    };
    if (cause === "no beat") {
      this.#log.warn(
        "program is not registered any more, as it has not beaten",
        {
          ...properties,
          ttlMs,
        },
      );
    } else {
      this.#log.info(
        `program is not registered any more: ${cause}`,
        properties,
      );
    }
  }

  #logRefused({ routes, port }: RegisterRequest, reason: string): void {
    this.#log.warn("program is not registered", {
      routes: routes.map(keyText).join(", "),
      port,
      reason,
    });
  }
}

/** What an answer has of its request. */
function namesOf(
  { seq, instance }: { seq: number; instance: string },
): { seq: number; instance: string } {
  return { seq, instance };
}
