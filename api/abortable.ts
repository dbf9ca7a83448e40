/**
 * Rejects with the signal's reason when it is aborted first, after a call of
 * `onAbort`; what `promise` stands for goes on to its end.
 */
export function abortable<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
  onAbort: () => void = () => {},
): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise<Value>((resolve, reject) => {
    const abort = () => {
      onAbort();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
