/** Bytes of a chunk: four of the longest bodies. */
const CHUNK_BYTES = 256 * 1024;

/** Words before each body: its owner and its length, an uint32 each. */
const HEADER_WORDS = 2;
const WORD_BYTES = 4;
const WORDS_PER_CHUNK = CHUNK_BYTES / WORD_BYTES;

/** Owner of a body that was released. */
const NO_OWNER = 0xffff_ffff;

/** Places are uint32. */
const CHUNKS_MAX = 2 ** 32 / CHUNK_BYTES;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Words in use from the beginning, released ones included. */
  end: number;
  /** Words of bodies that have an owner. */
  live: number;
}

/**
 * Many short byte strings, one after another in chunks and without an object for
 * each. A chunk of which more than half is released is copied into another and
 * emptied, so the arena takes at most about twice the bytes of its bodies.
 */
export class ByteArena {
  readonly #onMoved: (owner: number, place: number) => void;
  readonly #chunks: Chunk[] = [];
  readonly #empty: number[] = [];
  #current = 0;

  /** `onMoved` is called with the new place of a body that was moved. */
  constructor(onMoved: (owner: number, place: number) => void) {
    this.#onMoved = onMoved;
    this.#current = this.#emptyChunk();
  }

  /** Bytes allocated. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  /** Copies a body of at most 65,535 bytes into the arena; returns its place. */
  append(owner: number, body: Uint8Array): number {
    const words = wordsOf(body.length);
    if (this.#chunk.end + words > WORDS_PER_CHUNK) this.#beginChunk();
    const chunk = this.#chunk;
    const at = chunk.end;
    chunk.words[at] = owner;
    chunk.words[at + 1] = body.length;
    chunk.bytes.set(body, (at + HEADER_WORDS) * WORD_BYTES);
    chunk.end += words;
    chunk.live += words;
    return this.#current * CHUNK_BYTES + at * WORD_BYTES;
  }

  /** The body at a place: a view, valid until the next append or release. */
  read(place: number): Uint8Array {
    const { bytes, words } = this.#chunks[Math.floor(place / CHUNK_BYTES)]!;
    const offset = place % CHUNK_BYTES;
    const start = offset + HEADER_WORDS * WORD_BYTES;
    return bytes.subarray(start, start + words[offset / WORD_BYTES + 1]!);
  }

  /** Whether the body at a place has these bytes. */
  holds(place: number, body: Uint8Array): boolean {
    const held = this.read(place);
    if (held.length !== body.length) return false;
    for (let at = 0; at < body.length; at++) {
      if (held[at] !== body[at]) return false;
    }
    return true;
  }

  /** Releases the body at a place. */
  release(place: number): void {
    const index = Math.floor(place / CHUNK_BYTES);
    const chunk = this.#chunks[index]!;
    const at = (place % CHUNK_BYTES) / WORD_BYTES;
    chunk.words[at] = NO_OWNER;
    chunk.live -= wordsOf(chunk.words[at + 1]!);
    this.#reclaim(index);
  }

  get #chunk(): Chunk {
    return this.#chunks[this.#current]!;
  }

  #beginChunk(): void {
    const before = this.#current;
    this.#current = this.#emptyChunk();
    this.#reclaim(before);
  }

  #reclaim(index: number): void {
    const chunk = this.#chunks[index]!;
    if (index === this.#current || chunk.live >= WORDS_PER_CHUNK / 2) return;
    this.#clear(chunk);
    this.#empty.push(index);
  }

  /** Moves the bodies of a chunk into the current one. */
  #clear(chunk: Chunk): void {
    const { bytes, words, end } = chunk;
    for (let at = 0; at < end; at += wordsOf(words[at + 1]!)) {
      const owner = words[at]!;
      if (owner === NO_OWNER) continue;
      const start = (at + HEADER_WORDS) * WORD_BYTES;
      const body = bytes.subarray(start, start + words[at + 1]!);
      this.#onMoved(owner, this.append(owner, body));
    }
    chunk.end = 0;
    chunk.live = 0;
  }

  #emptyChunk(): number {
    const index = this.#empty.pop();
    if (index !== undefined) return index;
    if (this.#chunks.length === CHUNKS_MAX) {
      throw new RangeError(
        `Cannot keep more routes as they must take <= ${CHUNKS_MAX} chunks of ${CHUNK_BYTES} bytes`,
      );
    }
    const bytes = new Uint8Array(CHUNK_BYTES);
    const words = new Uint32Array(bytes.buffer);
    return this.#chunks.push({ bytes, words, end: 0, live: 0 }) - 1;
  }
}

function wordsOf(bodyBytes: number): number {
  return HEADER_WORDS + Math.ceil(bodyBytes / WORD_BYTES);
}
