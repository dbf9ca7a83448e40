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
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    onAbort();
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  return Promise.race([promise, aborted]).finally(() =>
    signal.removeEventListener("abort", abort)
  );
}
