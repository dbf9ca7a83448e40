import { addressGroup } from "./address_group.ts";

/** Most connections in all, and from one address. */
export interface PlacesOptions {
  max: number;
  perAddressMax: number;
}

/** What has no place left. */
export type Lack = "server" | "address";

/** Counts the connections of a server, and those of each address. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #taken = new Map<string, number>();
  #size = 0;

  /** All are free. */
  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** What has no place for one more connection of an address; undefined if there is one. */
  lack(hostname: string): Lack | undefined {
    const { max, perAddressMax } = this.#options;
    const ofAddress = this.#taken.get(addressGroup(hostname)) ?? 0;
    if (ofAddress >= perAddressMax) return "address";
    return this.#size >= max ? "server" : undefined;
  }

  /** A connection of an address begins. */
  take(hostname: string): void {
    this.#add(hostname, 1);
  }

  /** A connection of an address has ended. */
  release(hostname: string): void {
    this.#add(hostname, -1);
  }

  #add(hostname: string, difference: 1 | -1): void {
    const group = addressGroup(hostname);
    const taken = (this.#taken.get(group) ?? 0) + difference;
    if (taken === 0) this.#taken.delete(group);
    else this.#taken.set(group, taken);
    this.#size += difference;
  }
}
