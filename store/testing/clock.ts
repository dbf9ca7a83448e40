/** Clock whose time tests move; it sleeps in real time, as servers and files are real. */
export class StoreTestClock {
  ms = 0;

  nowMs(): number {
    return this.ms;
  }

  wallSeconds(): number {
    return Math.floor(this.ms / 1000);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}
