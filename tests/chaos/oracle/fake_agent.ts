import { parseAddress, type RouteKey } from "../../../proto/mod.ts";
import { keyText } from "../../support/ledger.ts";
import type { HostValue } from "./host_history.ts";
import type { AnswerOutcome, HostEdit } from "./oracle.ts";

/** A mistake that a system could make, and that an oracle must find. */
export type Mutation =
  | "answers with a removed host"
  | "answers with a drained host"
  | "answers with a host of another route"
  | "answers with a host that was never added"
  | "forgets a route"
  | "does not answer"
  | "lists a host less"
  | "lists a host more"
  | "lists a host twice"
  | "rests all hosts"
  | "loses an edit in the store"
  | "undoes an edit in the store";

const OTHER_ROUTE = "10.9.9.9:99";
const INVENTED = "10.7.7.7:77";

/**
 * A store and an agent in one, which knows each edit at once; with a mutation it
 * makes one mistake.
 */
export class FakeAgent {
  readonly #mutation: Mutation | undefined;
  readonly #routes = new Map<string, Map<string, HostValue>>();
  /** What was removed or drained last. */
  #gone: string | undefined;
  #drained: string | undefined;

  constructor(mutation?: Mutation) {
    this.#mutation = mutation;
  }

  /** Takes an edit. */
  edit({ address, value, ...key }: HostEdit): void {
    const hosts = this.#hosts(key);
    if (value === "absent") {
      this.#gone = address;
      hosts.delete(address);
    } else hosts.set(address, value);
    if (value === "drained") this.#drained = address;
  }

  /** What a request for a host is answered. */
  getHost(key: RouteKey): AnswerOutcome {
    const open = [...this.#hosts(key)].filter(([, value]) => value === "open")
      .map(([address]) => address);
    const wrong: Partial<Record<Mutation, AnswerOutcome>> = {
      "answers with a removed host": found(this.#gone!),
      "answers with a drained host": found(this.#drained!),
      "answers with a host of another route": found(OTHER_ROUTE),
      "answers with a host that was never added": found(INVENTED),
      "forgets a route": { state: "no_route" },
      "does not answer": { state: "timeout" },
      "rests all hosts": { state: "overloaded" },
    };
    return this.#mutate(wrong) ??
      (open.length > 0 ? found(open[0]!) : { state: "no_route" });
  }

  /** What a request for all hosts is answered. */
  getRoute(key: RouteKey): AnswerOutcome {
    const listed = [...this.#hosts(key).keys()];
    const wrong: Partial<Record<Mutation, AnswerOutcome>> = {
      "lists a host less": list(listed.slice(1)),
      "lists a host more": list([...listed, this.#gone!]),
      "lists a host twice": list([...listed, listed[0]!]),
    };
    return this.#mutate(wrong) ?? list(listed);
  }

  /** The hosts of a route in its store. */
  stored(key: RouteKey): Map<string, HostValue> {
    const hosts = new Map(this.#hosts(key));
    if (this.#mutation === "loses an edit in the store") {
      hosts.delete([...hosts.keys()][0]!);
    }
    if (this.#mutation === "undoes an edit in the store") {
      hosts.set(this.#gone!, "open");
    }
    return hosts;
  }

  #mutate(
    wrong: Partial<Record<Mutation, AnswerOutcome>>,
  ): AnswerOutcome | undefined {
    return this.#mutation === undefined ? undefined : wrong[this.#mutation];
  }

  #hosts(key: RouteKey): Map<string, HostValue> {
    const text = keyText(key);
    const hosts = this.#routes.get(text) ?? new Map<string, HostValue>();
    this.#routes.set(text, hosts);
    return hosts;
  }
}

/** A route that no one asks for here, and its host. */
export const ANOTHER: HostEdit = {
  modId: 9,
  cmdId: 9,
  address: OTHER_ROUTE,
  value: "open",
};

function found(address: string): AnswerOutcome {
  return { state: "found", host: parseAddress(address) };
}

function list(addresses: readonly string[]): AnswerOutcome {
  return { state: "listed", hosts: addresses.map(parseAddress) };
}
