import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** Cost of a hash: 32 MiB and about a third of a second of one core. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Uses that wait for a hash to be done; one more is refused. */
const WAITING_MAX = 8;

/** Uses of a kind, one at a time. */
class Lane {
  #running: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs `body` in its turn; undefined: too many wait. */
  async run<Result>(
    body: () => Promise<Result>,
  ): Promise<Result | undefined> {
    if (this.#waiting > WAITING_MAX) return undefined;
    this.#waiting += 1;
    const turn = this.#running.then(body);
    this.#running = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}

/**
 * Makes and checks hashes of passwords, of strangers one at a time: that is all of
 * a core and of the memory that anybody who can reach the port gets. Those who are
 * known have another turn, so that no guess is before theirs.
 */
export class Passwords {
  readonly #known = new Lane();
  readonly #strangers = new Lane();
  readonly #cost: typeof COST;
  /** Hash that no password has, for names that nobody has: both take as long. */
  readonly #nobody: string;

  /** Tests take a smaller cost. */
  constructor({ cost = COST.N }: { cost?: number } = {}) {
    this.#cost = { ...COST, N: cost };
    this.#nobody = format(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  /** Hash of a new password, of somebody who may set one; undefined: too many wait. */
  hash(password: string): Promise<string | undefined> {
    return this.#known.run(async () => {
      const salt = randomBytes(SALT_BYTES);
      return format(salt, await this.#scrypt(password, salt));
    });
  }

  /** Whether a password has this hash; undefined: too many wait. */
  check(
    password: string,
    hash: string | undefined,
    { isKnown }: { isKnown: boolean } = { isKnown: false },
  ): Promise<boolean | undefined> {
    const lane = isKnown ? this.#known : this.#strangers;
    return lane.run(async () => {
      const [salt, expected] = parse(hash ?? this.#nobody);
      const found = await this.#scrypt(password, salt);
      return timingSafeEqual(found, expected) && hash !== undefined;
    });
  }

  #scrypt(password: string, salt: Uint8Array): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    scrypt(
      password.normalize("NFKC"),
      salt,
      HASH_BYTES,
      this.#cost,
      (error, key) => error === null ? resolve(key) : reject(error),
    );
    return promise;
  }
}

/** "scrypt$SALT$HASH", both in base64; another cost would be another word. */
function format(salt: Uint8Array, hash: Uint8Array): string {
  const [a, b] = [salt, hash].map((bytes) =>
    Buffer.from(bytes).toString("base64")
  );
  return `scrypt$${a}$${b}`;
}

function parse(text: string): [salt: Buffer, hash: Buffer] {
  const [, salt = "", hash = ""] = text.split("$");
  const bytes = Buffer.from(hash, "base64");
  // What people wrote into the table by hand is no password.
  return [
    Buffer.from(salt, "base64"),
    bytes.length === HASH_BYTES ? bytes : Buffer.alloc(HASH_BYTES),
  ];
}
