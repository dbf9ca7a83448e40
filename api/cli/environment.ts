import type { Endpoint } from "../../proto/mod.ts";
import { WHO_LENGTH_MAX } from "../../store/mod.ts";
import {
  type ByteStream,
  type Clock,
  type DatagramTransport,
  machineName,
  printError,
  type Random,
  SystemClock,
  SystemDatagrams,
  systemRandom,
  writeOutput,
} from "../../net/client.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Signals that end a program, and may be passed on to another. */
export const END_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** One of {@linkcode END_SIGNALS}. */
export type EndSignal = typeof END_SIGNALS[number];

/** A program that a command runs. */
export interface RunningProgram {
  /** Its exit code, once it has ended; of one that a signal ended 128 and the signal's number. */
  readonly ended: Promise<number>;
  /** Sends it a signal; nothing if it has ended. */
  signal(signal: EndSignal | "SIGKILL"): void;
}

/** What a command needs of the process it runs in; tests have a double. */
export interface Environment {
  /** Opens sockets. */
  transport: DatagramTransport;
  /** Connects over TCP; fails when `signal` is aborted first. */
  connect(to: Endpoint, signal: AbortSignal): Promise<ByteStream>;
  /** Tells time and sleeps. */
  clock: Clock;
  /** Source of randomness. */
  random: Random;
  /** Aborted by Ctrl-C: a long command ends then, and prints what it has. */
  signal: AbortSignal;
  /** Writes to standard output. */
  write(text: string): void;
  /** The terminal that this shows on; undefined: it is none. */
  terminal?: Terminal | undefined;
  /** Writes a line to standard error. */
  printError(line: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Who runs the command, as far as it may know: USER@MACHINE. */
  user(): string;
  /** A variable of the environment; undefined also if this process may not read it, or it is empty. */
  variable(name: "LARS_URL" | "LARS_TOKEN"): string | undefined;
  /** Asks over HTTP. */
  fetch(request: Request): Promise<Response>;
  /** Whether it may read any file, without asking. */
  mayReadFiles(): boolean;
  /** Drops, for good, the permissions that the command does not need. */
  keepOnly(right: "network" | "files"): void;
  /** Drops, for good, the permission to run programs. */
  dropPrograms(): void;
  /**
   * Runs a program with the input and output of this process, in a session of its
   * own: what a terminal interrupts is this process alone.
   *
   * @throws {Deno.errors.NotFound} If there is no such program.
   * @throws {Deno.errors.PermissionDenied} If it may not be run.
   */
  runProgram(command: string, parameters: readonly string[]): RunningProgram;
  /**
   * Calls `action` for each of {@linkcode END_SIGNALS}, which do not end this process
   * then, until the function that it returns is called.
   */
  onEndSignal(action: (signal: EndSignal) => void): () => void;
}

/** The environment of this process; without a `signal` nothing interrupts a command. */
export function createEnvironment(
  signal: AbortSignal = new AbortController().signal,
): Environment {
  return {
    transport: new SystemDatagrams(),
    connect: async (to, signal) => {
      const { DenoTransport } = await import("../../net/mod.ts");
      return await new DenoTransport().connect(to, signal);
    },
    clock: new SystemClock(),
    random: systemRandom,
    signal,
    write: writeOutput,
    terminal: openTerminal(writeOutput),
    printError,
    readInput: async () => {
      const decoder = new TextDecoderStream();
      let text = "";
      for await (
        const part of Deno.stdin.readable.pipeThrough(decoder, { signal })
      ) text += part;
      return text;
    },
    user: userOfProcess,
    variable: (name) =>
      isGranted({ name: "env", variable: name })
        ? Deno.env.get(name) || undefined
        : undefined,
    fetch: (request) => fetch(request),
    mayReadFiles: () => isGranted({ name: "read" }),
    keepOnly: (right) => {
      const others = right === "network" ? ["read", "write"] : ["net"];
      for (const name of others) {
        Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
      }
    },
    dropPrograms: () => void Deno.permissions.revokeSync({ name: "run" }),
    runProgram,
    onEndSignal,
  };
}

function runProgram(
  command: string,
  parameters: readonly string[],
): RunningProgram {
  const child = new Deno.Command(command, {
    args: [...parameters],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    detached: true,
  }).spawn();
  let isRunning = true;
  return {
    ended: child.status.then(({ code }) => {
      isRunning = false;
      return code;
    }),
    signal: (signal) => {
      if (isRunning) child.kill(signal);
    },
  };
}

let endActions = 0;

/** Whether a command takes the signals that would end this process. */
export function takesEndSignals(): boolean {
  return endActions > 0;
}

function onEndSignal(action: (signal: EndSignal) => void): () => void {
  const listeners = END_SIGNALS.map((signal) => {
    const listener = () => action(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  endActions += 1;
  return () => {
    endActions -= 1;
    for (const remove of listeners) remove();
  };
}

/** Variables that name who runs a process; the person behind sudo comes first. */
const USER_VARIABLES = ["SUDO_USER", "USER", "LOGNAME", "USERNAME"];

function userOfProcess(): string {
  const user = USER_VARIABLES.find((variable) =>
    isGranted({ name: "env", variable }) && Deno.env.get(variable)
  );
  const name = user !== undefined
    ? Deno.env.get(user)
    : isGranted({ name: "sys", kind: "uid" })
    ? `uid ${Deno.uid()}`
    : "unknown";
  const machine = machineName();
  const at = machine === undefined ? "" : `@${machine}`;
  return `${name}${at}`.slice(0, WHO_LENGTH_MAX);
}

/** Whether this process may do so without asking. */
function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
