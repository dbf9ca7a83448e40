import {
  formatAddress,
  InstanceCheck,
  instanceStateName,
  parseIp,
  type RegisterRequest,
} from "../../proto/mod.ts";
import type { LeaveProgress, RegisterSettings } from "../registrar/instance.ts";
import { LeaseSet } from "../registrar/lease_set.ts";
import { OwnAddresses } from "../registrar/own_addresses.ts";
import { Registrations } from "../registrar/registrations.ts";

/** Everybody may register. */
export const REGISTER_ON: RegisterSettings = {
  enabled: true,
  allow: [{ modId: undefined, cmdId: undefined }],
  advertise: [],
};

/** The address of the machine of these tests. */
export const MACHINE_IP = "10.0.0.9";

/** An id as programs choose them, by number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

/** What a program that serves 1/1 at port 80 says, but for what a test says. */
export function requestOf(
  change: Partial<RegisterRequest> = {},
): RegisterRequest {
  return {
    seq: 7,
    instance: idOf(1),
    routes: [{ modId: 1, cmdId: 1 }],
    port: 80,
    ip: 0,
    weight: 0,
    zone: "",
    ttlMs: 0,
    check: InstanceCheck.none,
    path: "",
    pid: 0,
    drainMs: 0,
    version: "",
    tags: [],
    notReady: false,
    ...change,
  };
}

/** Registrations, what they told, and their time. */
export class RegistrationsFixture {
  nowMs = 0;
  readonly lease = new LeaseSet();
  readonly addresses: OwnAddresses;
  readonly registrations: Registrations;
  /** What happened, in words. */
  readonly told: string[] = [];
  leaseChanges = 0;

  constructor(
    settings: Partial<RegisterSettings> = {},
    ips: readonly string[] = ["127.0.0.1", MACHINE_IP],
  ) {
    this.addresses = new OwnAddresses(() => ({ ips: ips.map(parseIp) }));
    this.registrations = new Registrations({
      lease: this.lease,
      addresses: this.addresses,
      zone: "a",
      waitsFor: () => "waits",
      outbox: {
        leaseChanged: () => this.leaseChanges += 1,
        changed: () => {},
        registered: ({ id }) => this.told.push(`registered ${Number(id)}`),
        left: ({ id }, cause) => this.told.push(`left ${Number(id)}: ${cause}`),
        refused: (_, reason) => this.told.push(`refused: ${reason}`),
      },
    });
    this.registrations.configure({ ...REGISTER_ON, ...settings }, 0);
  }

  /** Registers; the state and its reason. */
  register(change: Partial<RegisterRequest> = {}): string {
    return textOf(this.registrations.register(requestOf(change), this.nowMs));
  }

  /** Beats; the state and its reason. */
  beat(number = 1, notReady = false): string {
    const request = { seq: 1, instance: idOf(number), notReady };
    return textOf(this.registrations.beat(request, this.nowMs));
  }

  /** Deregisters; whether that is done. */
  deregister(number = 1, drainMs = 0): boolean {
    return this.leave(number, drainMs).done;
  }

  /** Deregisters; how far that is. */
  leave(number = 1, drainMs = 0): LeaveProgress {
    const request = { seq: 1, instance: idOf(number), drainMs };
    return this.registrations.deregister(request, this.nowMs);
  }

  /** Time goes by, and what is due is done. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    while (this.registrations.dueMs() <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.registrations.dueMs());
      this.registrations.tick(this.nowMs);
    }
    this.nowMs = endMs;
  }

  /** The hosts that dns is to have, with "!" behind those that are not ready. */
  get hosts(): string[] {
    return this.lease.hosts.map((host) =>
      `${host.modId}/${host.cmdId} ${formatAddress(host)}${
        host.notReady ? "!" : ""
      }`
    );
  }

  /** Dns has stored all there is. */
  store(): void {
    this.lease.wasSent = true;
    this.lease.storedRevision = this.lease.revision;
  }
}

function textOf(
  { state, reason }: { state: number; reason: string },
): string {
  const name = instanceStateName(state);
  return reason === "" ? name : `${name}: ${reason}`;
}
