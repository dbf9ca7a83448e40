import { StoreError } from "../../store/mod.ts";

/**
 * Rows of a store that are read for alarms alone: where they cannot be read, as
 * their tables are missing or this user may not, they are as they were last.
 */
export class LastRead<Store extends AsyncDisposable, Row>
  implements AsyncDisposable {
  readonly #options: LastReadOptions<Store, Row>;
  #store: Store | undefined;
  #rows: readonly Row[] = [];

  /** Opens the store at the first read. */
  constructor(options: LastReadOptions<Store, Row>) {
    this.#options = options;
  }

  /** Reads them; none before they could be read once. */
  async read(): Promise<readonly Row[]> {
    const { open, read } = this.#options;
    try {
      this.#store ??= await open();
      this.#rows = await read(this.#store);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
    return this.#rows;
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store?.[Symbol.asyncDispose]();
  }
}

/** Options of a {@linkcode LastRead}. */
export interface LastReadOptions<Store, Row> {
  /** Opens the store. */
  open: () => Promise<Store>;
  /** Reads the rows. */
  read: (store: Store) => Promise<readonly Row[]>;
}
