import {
  type HostAddress,
  isValidAddress,
  type RegisterRequest,
  wrongRegistration,
} from "../../proto/mod.ts";
import { replaceFile } from "../hub/replace_file.ts";
import type { SavedInstance } from "./instance.ts";
import { INSTANCES_MAX, registrationOf } from "./registrations.ts";

/** Version of the file: raised when an older agent would misread it. */
const REGISTRATIONS_VERSION = 1;

/** Bytes of the file that are read at most: several times what the most instances have. */
const BYTES_MAX = 2 ** 21;

/** Characters of a wrong instance that an error shows. */
const SHOWN_MAX = 100;

/** Keeps the instances of an agent from one run to the next. */
export interface RegistrationKeeper {
  /** What was saved last; undefined if nothing ever was. */
  load(): Promise<SavedInstance[] | undefined>;
  /** Keeps these in place of those before. */
  save(instances: readonly SavedInstance[]): Promise<void>;
}

/** The file of the instances that have registered with an agent. */
export class RegistrationsFile implements RegistrationKeeper {
  readonly #path: string;
  readonly #agentId: string;

  /** The file at `path`, which need not exist yet, of the agent with this identity. */
  constructor(path: string, agentId: string) {
    this.#path = path;
    this.#agentId = agentId;
  }

  /**
   * Reads the file; undefined if there is none.
   *
   * @throws {Error} If it cannot be read, is damaged, or is another agent's.
   */
  async load(): Promise<SavedInstance[] | undefined> {
    try {
      const { size } = await Deno.stat(this.#path);
      if (size > BYTES_MAX) {
        throw new RangeError(
          `it must have at most ${BYTES_MAX} bytes: current size is ${size}`,
        );
      }
      const text = await Deno.readTextFile(this.#path);
      return decodeRegistrations(text, this.#agentId);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `Cannot load registrations from "${this.#path}": ${why}`,
        { cause },
      );
    }
  }

  /**
   * Replaces the file atomically. Only its owner can read it: who knows the id of an
   * instance can end it.
   *
   * @throws {Error} If the folder cannot be written.
   */
  async save(instances: readonly SavedInstance[]): Promise<void> {
    const texts = [encodeRegistrations(instances, this.#agentId)];
    await replaceFile(this.#path, { texts, mode: 0o600 });
  }
}

/** Encodes instances as JSON, with the agent that has them. */
export function encodeRegistrations(
  instances: readonly SavedInstance[],
  agentId: string,
): string {
  const file = { version: REGISTRATIONS_VERSION, agentId, instances };
  return `${JSON.stringify(file)}\n`;
}

/**
 * Decodes what {@linkcode encodeRegistrations} made.
 *
 * @throws {Error} If it is anything else, or of another agent.
 */
export function decodeRegistrations(
  text: string,
  agentId: string,
): SavedInstance[] {
  const file = JSON.parse(text);
  if (file?.version !== REGISTRATIONS_VERSION) {
    throw new SyntaxError(
      `its version must be ${REGISTRATIONS_VERSION}: current value is ${file?.version}`,
    );
  }
  if (file.agentId !== agentId) {
    throw new SyntaxError(
      `it must be of agent ${agentId}: current agent is ${file.agentId}`,
    );
  }
  if (!Array.isArray(file.instances) || file.instances.length > INSTANCES_MAX) {
    throw new SyntaxError(`it must have at most ${INSTANCES_MAX} instances`);
  }
  return file.instances.map(decodeInstance);
}

/** An instance as it may stand in a file. */
interface WrittenInstance {
  id?: unknown;
  registration?: Partial<RegisterRequest>;
  at?: Partial<HostAddress>;
  notReady?: unknown;
  failure?: unknown;
  isLeaving?: unknown;
}

function decodeInstance(written: WrittenInstance | null): SavedInstance {
  const { id, registration: said, at, notReady, failure, isLeaving } =
    written ?? {};
  const isWhole = typeof id === "string" && /^[0-9a-f]{32}$/.test(id) &&
    Array.isArray(said?.routes) && Array.isArray(said.tags) &&
    [said.zone, said.path, said.version, ...said.tags, failure]
      .every((text) => typeof text === "string") &&
    [said.pid, said.ttlMs, said.drainMs, said.check]
      .every((number) => Number.isInteger(number)) &&
    (at === undefined || isValidAddress(at as HostAddress));
  const refuse = (why: string): never => {
    const shown = JSON.stringify(written).slice(0, SHOWN_MAX);
    throw new SyntaxError(`an instance cannot be, as ${why}: ${shown}`);
  };
  if (!isWhole) return refuse("it is incomplete");
  const registration = registrationOf(said as RegisterRequest);
  const request = { ...registration, seq: 0, instance: id, notReady: false };
  const wrong = wrongRegistration(request);
  if (wrong !== undefined) refuse(wrong);
  return {
    id,
    registration,
    ...at !== undefined && { at: { ip: at.ip!, port: at.port! } },
    notReady: notReady === true,
    failure: failure as string,
    isLeaving: isLeaving === true,
  };
}
