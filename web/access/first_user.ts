import { hashOf } from "../../store/mod.ts";
import { newSecret } from "./authentication.ts";

/** File of the data folder that has the one-time link while there is no user. */
export const LINK_FILE = "web-first-link";

/**
 * The right to make the first user, which whoever can read what web prints, or
 * its data folder, has once.
 */
export class FirstUser {
  #hash: string | undefined;
  readonly #path: string;

  /** `dataDir` is the folder for {@linkcode LINK_FILE}. */
  constructor({ dataDir }: { dataDir: string }) {
    this.#path = `${dataDir}/${LINK_FILE}`;
  }

  /** Makes a secret, and the file with the link that `linkOf` makes of it, for its owner alone. */
  async offer(linkOf: (secret: string) => string): Promise<string> {
    const secret = newSecret();
    const link = linkOf(secret);
    await this.withdraw();
    await Deno.writeTextFile(this.#path, `${link}\n`, {
      mode: 0o600,
      createNew: true,
    });
    this.#hash = hashOf(secret);
    return link;
  }

  /** Whether this is the secret that was offered. */
  matches(secret: string): boolean {
    return this.#hash !== undefined && hashOf(secret) === this.#hash;
  }

  /** Ends the offer: there is a user. */
  async withdraw(): Promise<void> {
    this.#hash = undefined;
    try {
      await Deno.remove(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
