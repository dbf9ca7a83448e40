/** Lets edits through, but for times in which what they write would be thrown away. */
export class EditGate {
  #running = 0;
  #open: PromiseWithResolvers<void> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs an edit as soon as edits are allowed. */
  async run(edit: () => Promise<void>): Promise<void> {
    while (this.#open !== undefined) await this.#open.promise;
    this.#running += 1;
    try {
      await edit();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.resolve();
    }
  }

  /** Holds edits back; resolves when none runs any more. */
  async pause(): Promise<void> {
    this.#open = Promise.withResolvers();
    if (this.#running === 0) return;
    this.#idle = Promise.withResolvers();
    await this.#idle.promise;
    this.#idle = undefined;
  }

  /** Lets them through again. */
  resume(): void {
    this.#open?.resolve();
    this.#open = undefined;
  }
}
