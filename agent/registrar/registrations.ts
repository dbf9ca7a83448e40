import {
  type BeatRequest,
  type DeregisterRequest,
  INSTANCE_DRAIN_MAX_MS,
  INSTANCE_STATE_NAMES,
  INSTANCE_TTL_DEFAULT_MS,
  InstanceCheck,
  InstanceState,
  type InstanceStatus,
  LEASE_HOSTS_MAX,
  type LeaseHost,
  type RegisterRequest,
  wrongRegistration,
} from "../../proto/mod.ts";
import { ChangeBudget } from "./change_budget.ts";
import {
  type Instance,
  isAllowed,
  keyText,
  type LeaveProgress,
  LEFT,
  REGISTER_OFF,
  type RegisterSettings,
  type Registration,
  type SavedInstance,
} from "./instance.ts";
import type { HostVerdict, LeaseSet } from "./lease_set.ts";
import type { OwnAddresses } from "./own_addresses.ts";

/** Most instances of one agent. */
export const INSTANCES_MAX = 256;

/** Ids that have deregistered and that are known as such; one more forgets the oldest. */
const ENDED_MAX = 1_024;

/** Pause of an agent from which it was stopped itself, and nobody could beat. */
const STOPPED_MS = 1_000;

/**
 * Time from when dns has taken an instance out until no caller begins a call to it:
 * every dns has to see that, agents are told, and programs use what they picked. It
 * is all that is waited for where dns does not know of the calls under way.
 */
const LET_GO_MS = 1_000;

/** Time from one look at the instances to the next. */
const WATCH_MS = 1_000;

/** An instance is to beat so many times in its time to live. */
const BEATS = 3;

/** Why an instance is no more. */
export type LeaveCause = "deregistered" | "no beat" | "not allowed any more";

/** What happens to registrations; called synchronously, must not throw. */
export interface RegistrationsOutbox {
  /** What dns is to have has changed. */
  leaseChanged(): void;
  /** What is to be kept on disk has changed. */
  changed(): void;
  /** An instance that was not there. */
  registered(instance: Instance): void;
  /** An instance is no more. */
  left(instance: Instance, cause: LeaveCause): void;
  /** A program was refused. */
  refused(request: RegisterRequest, reason: string): void;
}

/** What registrations are made of. */
export interface RegistrationsOptions {
  /** Takes what dns is to have, and says what it has. */
  lease: LeaseSet;
  addresses: OwnAddresses;
  /** Zone of instances that name none. */
  zone: string;
  /** Why a host that dns has not stored waits. */
  waitsFor: () => string;
  outbox: RegistrationsOutbox;
}

/** An answer to a program, without the number and the name of its request. */
type Status = Omit<InstanceStatus, "seq" | "instance">;

/**
 * The programs that have registered, with no socket and no clock: `nowMs` is the
 * caller's, monotonic, in milliseconds. A request that comes again changes nothing.
 */
export class Registrations {
  /** What happened so far. */
  readonly counters = { registrationsRefused: 0, registrationsDenied: 0 };
  readonly #options: RegistrationsOptions;
  readonly #budget = new ChangeBudget();
  /** Oldest registration first. */
  readonly #instances = new Map<string, Instance>();
  readonly #ended = new Set<string>();
  #settings = REGISTER_OFF;
  /** When the instances are looked at next; Infinity: there are none. */
  #watchMs = Infinity;

  /** Without instances; nobody may register until {@linkcode Registrations.configure}. */
  constructor(options: RegistrationsOptions) {
    this.#options = options;
  }

  /** Instances now. */
  get size(): number {
    return this.#instances.size;
  }

  /** The instances, for others to read only. */
  values(): Iterable<Instance> {
    return this.#instances.values();
  }

  /** What is to be kept on disk. */
  saved(): SavedInstance[] {
    return Array.from(
      this.#instances.values(),
      ({ id, registration, at, notReady, failure, leavesMs }) => ({
        id,
        registration,
        ...at !== undefined && { at },
        notReady,
        failure,
        isLeaving: leavesMs !== undefined,
      }),
    );
  }

  /** Takes the instances of the run before: they keep their state for a time to live, then must beat. */
  restore(saved: readonly SavedInstance[], nowMs: number): void {
    for (const { id, isLeaving, at, ...rest } of saved) {
      const leavesMs = nowMs + rest.registration.drainMs;
      this.#instances.set(id, {
        id,
        ...rest,
        at,
        heardMs: nowMs,
        ...isLeaving && { leavesMs },
      });
    }
    this.#options.lease.restore();
    if (this.#instances.size === 0) return;
    this.#watchMs = nowMs + WATCH_MS;
    this.#publish(nowMs);
  }

  /** Takes other settings. Instances that they do not allow leave. */
  configure(settings: RegisterSettings, nowMs: number): void {
    this.#settings = settings;
    this.#options.addresses.advertised = settings.advertise;
    if (this.#instances.size === 0) return;
    for (const instance of this.#instances.values()) {
      if (this.#whyNotAllowed(instance.registration) !== undefined) {
        this.#remove(instance, "not allowed any more");
        continue;
      }
      // An address that it named itself must be allowed anew.
      if (instance.registration.ip !== 0) instance.at = undefined;
    }
    this.#publish(nowMs);
  }

  /** A program says that it serves, or what it said before. */
  register(request: RegisterRequest, nowMs: number): Status {
    const refusal = this.#whyRefused(request, nowMs);
    if (refusal !== undefined) {
      this.counters.registrationsRefused += 1;
      this.#options.outbox.refused(request, refusal);
      return { state: InstanceState.refused, reason: refusal, heartbeatMs: 0 };
    }
    const { instance: id, notReady } = request;
    const registration = registrationOf(request);
    const before = this.#instances.get(id);
    if (before !== undefined) {
      before.heardMs = nowMs;
      const isSame = isEqual(before.registration, registration);
      if (before.leavesMs !== undefined) return this.#statusOf(before, nowMs);
      if (isSame) return this.#setReadiness(before, notReady, nowMs);
    }
    if (!this.#budget.take(nowMs)) return this.#deny(registration.ttlMs);
    this.#put({ id, registration, notReady, before }, nowMs);
    return this.#statusOf(this.#instances.get(id)!, nowMs);
  }

  /** A program says that an instance lives. */
  beat({ instance: id, notReady }: BeatRequest, nowMs: number): Status {
    const instance = this.#instances.get(id);
    if (instance === undefined) {
      return { state: InstanceState.unknown, reason: "", heartbeatMs: 0 };
    }
    instance.heardMs = nowMs;
    return this.#setReadiness(instance, notReady, nowMs);
  }

  /** A program says that an instance ends; whether it has, which is so for one that is not known. */
  deregister(
    { instance: id, drainMs }: DeregisterRequest,
    nowMs: number,
  ): LeaveProgress {
    const instance = this.#instances.get(id);
    if (instance === undefined) {
      // Its registration may still be on its way.
      this.#noteEnded(id);
      return LEFT;
    }
    instance.heardMs = nowMs;
    const { leavesMs, registration } = instance;
    const waitMs = drainMs || registration.drainMs;
    const untilMs = nowMs + Math.min(waitMs, INSTANCE_DRAIN_MAX_MS);
    // Asked again, it may leave earlier than it said, but not later.
    if (leavesMs === undefined) {
      instance.leavesMs = untilMs;
      this.#publish(nowMs);
    } else if (drainMs > 0) instance.leavesMs = Math.min(leavesMs, untilMs);
    this.#settle(nowMs);
    return this.#instances.has(id) ? this.#progressOf(instance) : LEFT;
  }

  /** Takes why the check of an instance fails; empty: it passes. */
  onCheck(id: string, failure: string, nowMs: number): void {
    const instance = this.#instances.get(id);
    if (instance === undefined || instance.failure === failure) return;
    instance.failure = failure;
    this.#publish(nowMs);
  }

  /** Dns has said what it has. */
  onVerdict(nowMs: number): void {
    this.#settle(nowMs);
  }

  /** The machine has moved, or its address may be known by now. */
  onAddresses(nowMs: number): void {
    if (this.#instances.size > 0) this.#publish(nowMs, { isNews: false });
  }

  /** Instances by the name of their state. */
  states(nowMs: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const instance of this.#instances.values()) {
      const { state } = this.#statusOf(instance, nowMs);
      const name = INSTANCE_STATE_NAMES[state]!;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  /** When tick() is due; Infinity without instances. */
  dueMs(): number {
    return this.#watchMs;
  }

  /** Forgets who has not beaten, and who has left. */
  tick(nowMs: number): void {
    if (nowMs < this.#watchMs) return;
    const wasStopped = nowMs - this.#watchMs > STOPPED_MS;
    this.#watchMs = nowMs + WATCH_MS;
    const { size } = this.#instances;
    for (const instance of this.#instances.values()) {
      if (wasStopped) instance.heardMs = nowMs;
      const { heardMs, registration, leavesMs } = instance;
      const isLate = nowMs - heardMs >= registration.ttlMs;
      if (isLate && leavesMs === undefined) this.#remove(instance, "no beat");
    }
    if (this.#instances.size < size) this.#publish(nowMs);
    this.#settle(nowMs);
  }

  #whyRefused(request: RegisterRequest, nowMs: number): string | undefined {
    const { instance: id, routes, ip } = request;
    const wrong = wrongRegistration(request) ?? this.#whyNotAllowed(request);
    if (wrong !== undefined) return wrong;
    if (this.#ended.has(id)) {
      return "this instance has deregistered: the next one needs an id of its own";
    }
    const before = this.#instances.get(id);
    if (before === undefined && this.#instances.size >= INSTANCES_MAX) {
      return `this agent has ${INSTANCES_MAX} instances, which is its limit`;
    }
    const hosts = this.#countHosts() + routes.length -
      (before?.registration.routes.length ?? 0);
    if (hosts > LEASE_HOSTS_MAX) {
      return `the instances of this agent may serve ${LEASE_HOSTS_MAX} routes together: it would be ${hosts}`;
    }
    const current = before?.registration.ip === ip ? before.at?.ip : undefined;
    const found = this.#options.addresses.find(ip, { nowMs, current });
    return found.state === "refused" ? found.reason : undefined;
  }

  #whyNotAllowed({ routes }: Pick<Registration, "routes">): string | undefined {
    const { enabled, allow } = this.#settings;
    if (!enabled) {
      return "this agent registers no programs: set [register] enabled = on in its file";
    }
    const other = routes.find((key) => !isAllowed(key, allow));
    return other === undefined
      ? undefined
      : `[register] allow of this agent does not have route ${keyText(other)}`;
  }

  #countHosts(): number {
    let count = 0;
    for (const { registration } of this.#instances.values()) {
      count += registration.routes.length;
    }
    return count;
  }

  #put(
    { id, registration, notReady, before }: {
      id: string;
      registration: Registration;
      notReady: boolean;
      before: Instance | undefined;
    },
    nowMs: number,
  ): void {
    const hasCheck = registration.check !== InstanceCheck.none;
    const isChecked = before !== undefined &&
      before.registration.check === registration.check;
    const instance: Instance = {
      id,
      registration,
      at: before?.registration.ip === registration.ip ? before.at : undefined,
      notReady,
      failure: isChecked
        ? before.failure
        : hasCheck
        ? "its check has not answered yet"
        : "",
      heardMs: nowMs,
    };
    // The newest registration is the last: it speaks for a host of several.
    this.#instances.delete(id);
    this.#instances.set(id, instance);
    if (this.#watchMs === Infinity) this.#watchMs = nowMs + WATCH_MS;
    this.#publish(nowMs);
    if (before === undefined) this.#options.outbox.registered(instance);
  }

  #setReadiness(
    instance: Instance,
    notReady: boolean,
    nowMs: number,
  ): Status {
    if (
      instance.notReady !== notReady && instance.leavesMs === undefined
    ) {
      // Each way out follows one in, so that those need no limit of their own.
      if (!notReady && !this.#budget.take(nowMs)) {
        return this.#deny(instance.registration.ttlMs);
      }
      instance.notReady = notReady;
      this.#publish(nowMs);
    }
    return this.#statusOf(instance, nowMs);
  }

  #deny(ttlMs: number): Status {
    this.counters.registrationsDenied += 1;
    return {
      state: InstanceState.pending,
      reason: "many programs register at once: try again",
      heartbeatMs: heartbeatOf(ttlMs),
    };
  }

  #remove(instance: Instance, cause: LeaveCause): void {
    const { outbox } = this.#options;
    this.#instances.delete(instance.id);
    if (cause === "deregistered") this.#noteEnded(instance.id);
    if (this.#instances.size === 0) this.#watchMs = Infinity;
    outbox.left(instance, cause);
  }

  #noteEnded(id: string): void {
    this.#ended.add(id);
    if (this.#ended.size <= ENDED_MAX) return;
    const [oldest] = this.#ended;
    this.#ended.delete(oldest!);
  }

  /** Forgets those that leave and that no caller calls any more. */
  #settle(nowMs: number): void {
    let hasLeft = false;
    for (const instance of this.#instances.values()) {
      const { leavesMs } = instance;
      if (leavesMs === undefined) continue;
      if (nowMs < leavesMs && this.#isCalled(instance, nowMs)) continue;
      this.#remove(instance, "deregistered");
      hasLeft = true;
    }
    if (hasLeft) this.#publish(nowMs);
  }

  /** Whether an instance that leaves may still get calls. */
  #isCalled(instance: Instance, nowMs: number): boolean {
    const isNowhere = instance.at === undefined ||
      !this.#options.lease.wasSent;
    if (isNowhere || this.#isHeldByOthers(instance)) return false;
    const verdicts = this.#verdictsOn(instance);
    if (!verdicts.every(({ isStored }) => isStored)) return true;
    instance.outMs ??= nowMs;
    const isLetGo = nowMs - instance.outMs >= LET_GO_MS;
    return verdicts.some(({ draining }) => !(draining?.done ?? isLetGo));
  }

  /** What dns has said of an instance, for each of its routes. */
  #verdictsOn({ registration, at }: Instance): HostVerdict[] {
    if (at === undefined) return [];
    return registration.routes
      .map((key) => this.#options.lease.verdictOn({ ...key, ...at }));
  }

  /** How far an instance is that leaves. */
  #progressOf(instance: Instance): LeaveProgress {
    const progress = { done: false, inFlight: 0, callers: 0 };
    for (const { draining } of this.#verdictsOn(instance)) {
      progress.inFlight += draining?.inFlight ?? 0;
      progress.callers += draining?.callers ?? 0;
    }
    return progress;
  }

  /** Whether others, which stay, serve all that an instance does. */
  #isHeldByOthers({ registration, at }: Instance): boolean {
    const others = [...this.#instances.values()].filter((other) =>
      other.leavesMs === undefined && other.at?.ip === at?.ip &&
      other.at?.port === at?.port
    );
    const served = new Set(
      others.flatMap(({ registration }) => registration.routes.map(keyText)),
    );
    return registration.routes.every((key) => served.has(keyText(key)));
  }

  /** Tells what dns is to have now, and that there is something to keep: if that is so, or it `isNews`. */
  #publish(nowMs: number, { isNews = true } = {}): void {
    const { lease, outbox } = this.#options;
    const all = [...this.#instances.values()];
    for (const instance of all) this.#locate(instance, nowMs);
    // The last counts of a host that several serve: one that stays, and the newest.
    const leaving = all.filter(({ leavesMs }) => leavesMs !== undefined);
    const staying = all.filter(({ leavesMs }) => leavesMs === undefined);
    const hosts = [...leaving, ...staying]
      .flatMap((instance) => this.#hostsOf(instance));
    const isChanged = lease.replace(hosts);
    if (isChanged) outbox.leaseChanged();
    if (isChanged || isNews) outbox.changed();
  }

  #locate(instance: Instance, nowMs: number): void {
    const { ip, port } = instance.registration;
    const current = instance.at?.ip;
    const found = this.#options.addresses.find(ip, { nowMs, current });
    instance.at = found.state === "found" ? { ip: found.ip, port } : undefined;
  }

  #hostsOf(
    { registration, at, notReady, failure, leavesMs }: Instance,
  ): LeaseHost[] {
    if (at === undefined) return [];
    const { routes, weight, zone, version, drainMs } = registration;
    return routes.map(({ modId, cmdId }) => ({
      modId,
      cmdId,
      ...at,
      weight,
      zone: zone || this.#options.zone,
      version,
      notReady: notReady || failure !== "" || leavesMs !== undefined,
      gone: false,
      drainMs,
      ...leavesMs !== undefined && { leaving: true },
    }));
  }

  #statusOf(instance: Instance, nowMs: number): Status {
    const heartbeatMs = heartbeatOf(instance.registration.ttlMs);
    return { ...this.#stateOf(instance, nowMs), heartbeatMs };
  }

  #stateOf(
    instance: Instance,
    nowMs: number,
  ): { state: InstanceState; reason: string } {
    const { registration, at, notReady, failure, leavesMs } = instance;
    const { addresses, waitsFor } = this.#options;
    if (leavesMs !== undefined) {
      return { state: InstanceState.notReady, reason: "it deregisters" };
    }
    if (at === undefined) {
      const current = undefined;
      const found = addresses.find(registration.ip, { nowMs, current });
      return found.state === "refused"
        ? { state: InstanceState.refused, reason: found.reason }
        : { state: InstanceState.pending, reason: waitsFor() };
    }
    const verdicts = this.#verdictsOn(instance);
    const refused = verdicts.find((each) => each.refused !== undefined);
    if (refused !== undefined) {
      return { state: InstanceState.refused, reason: refused.refused! };
    }
    const drained = verdicts.find((each) => each.drained !== undefined);
    if (drained !== undefined) {
      return { state: InstanceState.drained, reason: drained.drained! };
    }
    if (notReady || failure !== "") {
      return { state: InstanceState.notReady, reason: failure };
    }
    return verdicts.every(({ isStored }) => isStored)
      ? { state: InstanceState.served, reason: "" }
      : { state: InstanceState.pending, reason: waitsFor() };
  }
}

function heartbeatOf(ttlMs: number): number {
  return Math.floor(ttlMs / BEATS);
}

/** What a program said, in one order of its fields, and with a ttl. */
export function registrationOf(said: Registration): Registration {
  const { routes, port, ip, weight, zone, ttlMs, check, path, pid, drainMs } =
    said;
  return {
    routes: routes.map(({ modId, cmdId }) => ({ modId, cmdId })),
    port,
    ip,
    weight,
    zone,
    ttlMs: ttlMs || INSTANCE_TTL_DEFAULT_MS,
    check,
    path,
    pid,
    drainMs,
    version: said.version,
    tags: said.tags,
  };
}

function isEqual(a: Registration, b: Registration): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
