import type {
  HostAddress,
  RegisterRequest,
  RouteKey,
} from "../../proto/mod.ts";

/** What a program says of itself when it registers. */
export type Registration = Readonly<
  Omit<RegisterRequest, "seq" | "instance" | "notReady">
>;

/** A program that has registered, as the agent keeps it. */
export interface Instance {
  /** 32 hexadecimal digits that the program chose. */
  readonly id: string;
  /** What it said last; its ttl is not 0. */
  registration: Registration;
  /** Where it is reached; undefined: the machine's own address is not known, or there is none. */
  at: HostAddress | undefined;
  /** Whether it says that it is to get no calls for now. */
  notReady: boolean;
  /** Why its check fails; empty: it passes, or there is none. */
  failure: string;
  /** When it was last heard of. */
  heardMs: number;
  /** When it is forgotten at the latest, as it deregisters; undefined: it stays. */
  leavesMs?: number;
  /** When dns had taken it out, as it deregisters. */
  outMs?: number;
}

/** How far an instance has left. */
export interface LeaveProgress {
  /** It gets no calls any more, and is forgotten. */
  done: boolean;
  /** Calls that are under way, as far as is known. */
  inFlight: number;
  /** Callers that may have some, likewise. */
  callers: number;
}

/** One that is not there, or of which nothing is known. */
export const LEFT: LeaveProgress = { done: true, inFlight: 0, callers: 0 };

/** What outlives the agent of an instance. */
export interface SavedInstance {
  /** 32 hexadecimal digits that the program chose. */
  id: string;
  /** Whether it said that it is to get no calls for now. */
  notReady: boolean;
  /** What it said last. */
  registration: Registration;
  /** Where it is reached, if that was known. */
  at?: HostAddress;
  /** Why its check failed; empty: it did not. */
  failure: string;
  /** Whether it deregisters. */
  isLeaving: boolean;
}

/** Routes that programs may register for: one, or with `cmdId` left out all of a module. */
export interface AllowedRoutes {
  /** Undefined: any. */
  modId: number | undefined;
  /** Undefined: any. */
  cmdId: number | undefined;
}

/** An IPv4 address with 32 bits, or a network with fewer. */
export interface AddressRange {
  /** The address, or one of the network. */
  ip: number;
  /** Bits at its beginning that all addresses of it have. */
  bits: number;
}

/** `[register]` of the agent's file. */
export interface RegisterSettings {
  /** Whether programs may register. */
  enabled: boolean;
  /** For which routes. */
  allow: readonly AllowedRoutes[];
  /** Where programs of this machine are reached although it does not have these addresses; the first single one is its own. */
  advertise: readonly AddressRange[];
  /** Key that dns asks for; none if empty or absent. */
  key?: string;
}

/** Nobody may register: what an agent begins with. */
export const REGISTER_OFF: RegisterSettings = {
  enabled: false,
  allow: [{ modId: undefined, cmdId: undefined }],
  advertise: [],
};

/** A route as people write it. */
export function keyText({ modId, cmdId }: RouteKey): string {
  return `${modId}/${cmdId}`;
}

/** Whether programs may register for a route. */
export function isAllowed(
  { modId, cmdId }: RouteKey,
  allow: readonly AllowedRoutes[],
): boolean {
  return allow.some((allowed) =>
    (allowed.modId ?? modId) === modId && (allowed.cmdId ?? cmdId) === cmdId
  );
}
