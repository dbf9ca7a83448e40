import { AssertionError, suffix } from "./assertion_error.ts";

/** The class of the error that is expected. */
type ErrorClass<E extends Error> = new (...args: never[]) => E;

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
/**
 * Fails unless `fn` throws an error of this class, whose message contains
 * `messageIncludes`; returns the error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  ...expectation: Expectation<E>
): unknown {
  try {
    fn();
  } catch (error) {
    checkError(error, expectation);
    return error;
  }
  throw new AssertionError(
    `Expected function to throw${suffix(messageOf(expectation))}`,
  );
}

/** Fails unless the promise of `fn` rejects; resolves with the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  message?: string,
): Promise<unknown>;
/**
 * Fails unless the promise of `fn` rejects with an error of this class, whose
 * message contains `messageIncludes`; resolves with the error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ...expectation: Expectation<E>
): Promise<unknown> {
  const ending = suffix(messageOf(expectation));
  const promise = promiseOf(fn, ending);
  try {
    await promise;
  } catch (error) {
    checkError(error, expectation);
    return error;
  }
  throw new AssertionError(`Expected function to reject${ending}`);
}

/** Either a message alone, or a class and what follows it. */
type Expectation<E extends Error> = [
  classOrMessage?: ErrorClass<E> | string | undefined,
  messageIncludes?: string | undefined,
  message?: string | undefined,
];

function messageOf<E extends Error>(
  [first, , third]: Expectation<E>,
): string | undefined {
  return typeof first === "string" ? first : third;
}

/** A function that throws at once has not rejected: that fails too. */
function promiseOf(
  fn: () => PromiseLike<unknown>,
  ending: string,
): PromiseLike<unknown> {
  try {
    const promise = fn();
    if (typeof promise?.then === "function") return promise;
  } catch {
    // Reported below, as is a function that returned no promise.
  }
  throw new AssertionError(`Function throws when expected to reject${ending}`);
}

function checkError<E extends Error>(
  error: unknown,
  expectation: Expectation<E>,
): void {
  const [errorClass, messageIncludes] = expectation;
  if (errorClass === undefined || typeof errorClass === "string") return;
  const ending = suffix(messageOf(expectation));
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was thrown${ending}`);
  }
  if (!(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${error.constructor.name}"${ending}\n${error.stack}`,
      { cause: error },
    );
  }
  if (messageIncludes && !error.message.includes(messageIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${
        JSON.stringify(messageIncludes)
      }, but got ${JSON.stringify(error.message)}${ending}`,
    );
  }
}
