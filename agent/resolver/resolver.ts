// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { Buffer } from "node:buffer";
import type { Random } from "../../net/mod.ts";
import {
  formatIp,
  type RouteKey,
  WEIGHT_DRAINED,
  WEIGHT_NORMAL,
} from "../../proto/mod.ts";
import type { KnownHost, RouteLookup } from "../hub/lookups.ts";
import { hostName, meaningOf } from "./names.ts";

/** Options of a {@linkcode Resolver}. */
export interface ResolverOptions {
  /** Lower case, without dots at its ends. */
  domain: string;
  /** Zone of the agent; empty: none. */
  zone: string;
  random: Random;
  /** Finds out what the agent knows of a route. */
  lookup: (key: RouteKey) => Promise<RouteLookup>;
}

/** Seconds for which an answer may be kept: it is a list of hosts, not a pick. */
const TTL_S = 1;

/** Longest answer over UDP to who does not say more, and to anyone. */
const UDP_BYTES_MIN = 512;
const UDP_BYTES_MAX = 1_232;

/** Longest answer over TCP. */
const TCP_BYTES_MAX = 65_535;

/** Codes of answers (RFC 1035, 4.1.1). */
const Rcode = {
  ok: 0,
  formatError: 1,
  serverFailure: 2,
  noName: 3,
  notImplemented: 4,
  refused: 5,
} as const;

type Question = packet.Question;
type Answer = packet.Answer;

/** An answer without its question. */
interface Reply {
  code: number;
  answers?: Answer[];
  /** Of the names that answers tell. */
  additionals?: Answer[];
}

/**
 * Answers DNS questions with what the agent knows: SRV lists the hosts of a route
 * with their weights, A their addresses in another order each time. Hosts that are
 * overloaded or drained are left out, unless none is left. Who asks here reports
 * nothing, so this is a list of who is well, not balancing.
 */
export class Resolver {
  /** Questions so far. */
  readonly counters = { resolverQuestions: 0, resolverFailures: 0 };
  readonly #options: ResolverOptions;

  /** Begins without questions. */
  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** The answer to a message; undefined for what is no question. */
  async answer(
    message: Uint8Array,
    transport: "udp" | "tcp",
  ): Promise<Uint8Array | undefined> {
    const query = decode(message);
    if (query === undefined) return undefined;
    this.counters.resolverQuestions += 1;
    const reply = await this.#reply(query);
    if (reply.code !== Rcode.ok && reply.code !== Rcode.noName) {
      this.counters.resolverFailures += 1;
    }
    const edns = query.additionals?.find(({ type }) => type === "OPT");
    const bytesMax = transport === "tcp"
      ? TCP_BYTES_MAX
      : Math.min(UDP_BYTES_MAX, udpBytesOf(edns));
    return this.#encode(query, reply, { bytesMax, edns: edns !== undefined });
  }

  async #reply(query: packet.Packet): Promise<Reply> {
    const [question, another] = query.questions ?? [];
    if (query.flags !== undefined && ((query.flags >> 11) & 0xf) !== 0) {
      return { code: Rcode.notImplemented };
    }
    if (question === undefined || another !== undefined) {
      return { code: Rcode.formatError };
    }
    const { domain } = this.#options;
    const meaning = meaningOf(question.name, domain);
    if (meaning === "outside") return { code: Rcode.refused };
    if (meaning === undefined) return { code: Rcode.noName };
    if (meaning.kind === "empty") return { code: Rcode.ok };
    if (meaning.kind === "host") {
      const { name, type } = question;
      return type === "A"
        ? { code: Rcode.ok, answers: [address(name, meaning.ip)] }
        : { code: Rcode.ok };
    }
    return await this.#replyOfRoute(question, meaning.key);
  }

  async #replyOfRoute(question: Question, key: RouteKey): Promise<Reply> {
    const found = await this.#options.lookup(key);
    if (found.state === "unknown") return { code: Rcode.serverFailure };
    if (found.state === "none") return { code: Rcode.noName };
    const { name, type } = question;
    const hosts = this.#shuffled(usable(found.hosts));
    if (type === "A") {
      const ips = new Set(hosts.map(({ ip }) => ip));
      return {
        code: Rcode.ok,
        answers: Array.from(ips, (ip) => address(name, ip)),
      };
    }
    if (type !== "SRV") return { code: Rcode.ok };
    const { domain, zone } = this.#options;
    return {
      code: Rcode.ok,
      answers: hosts.map((host) => ({
        type: "SRV",
        name,
        ttl: TTL_S,
        data: {
          // The lower is asked first: those of the agent's own zone.
          priority: zone === "" || host.zone === zone ? 0 : 1,
          weight: host.weight ?? WEIGHT_NORMAL,
          port: host.port,
          target: hostName(host, domain),
        },
      })),
      additionals: hosts.map((host) =>
        address(hostName(host, domain), host.ip)
      ),
    };
  }

  #shuffled(hosts: readonly KnownHost[]): KnownHost[] {
    const left = [...hosts];
    for (let end = left.length; end > 1; end--) {
      const at = Math.floor(this.#options.random() * end);
      [left[at], left[end - 1]] = [left[end - 1]!, left[at]!];
    }
    return left;
  }

  #encode(
    { id, flags = 0, questions }: packet.Packet,
    { code, answers = [], additionals = [] }: Reply,
    { bytesMax, edns }: { bytesMax: number; edns: boolean },
  ): Uint8Array {
    const option = edns ? [EDNS] : [];
    const head = (more: number) => ({
      type: "response" as const,
      ...(id === undefined ? {} : { id }),
      flags: packet.AUTHORITATIVE_ANSWER | code | more |
        (flags & packet.RECURSION_DESIRED),
      questions: questions ?? [],
      authorities: answers.length === 0 && code !== Rcode.refused
        ? [this.#authority()]
        : [],
    });
    // Fewer and fewer: without the addresses of names, then without the answers,
    // which has the asker come again over TCP.
    for (
      const message of [
        { ...head(0), answers, additionals: [...option, ...additionals] },
        { ...head(0), answers, additionals: option },
        ...this.#shorter(answers).map((answers) => ({
          ...head(0),
          answers,
          additionals: option,
        })),
      ]
    ) {
      const bytes = packet.encode(message);
      if (bytes.length <= bytesMax) return bytes;
    }
    return packet.encode({
      ...head(packet.TRUNCATED_RESPONSE),
      additionals: option,
    });
  }

  /** Some of the addresses are as good as all; of SRV all count. */
  #shorter(answers: readonly Answer[]): Answer[][] {
    if (answers[0]?.type !== "A") return [];
    return [answers.slice(0, 64), answers.slice(0, 24), answers.slice(0, 8)];
  }

  /** Says for how long "no" may be kept. */
  #authority(): Answer {
    const { domain } = this.#options;
    return {
      type: "SOA",
      name: domain,
      ttl: TTL_S,
      data: {
        mname: domain,
        rname: `hostmaster.${domain}`,
        serial: 1,
        refresh: 1,
        retry: 1,
        expire: 1,
        minimum: TTL_S,
      },
    };
  }
}

/** A message that is a query, with what an answer needs of it; undefined for others. */
function decode(message: Uint8Array): packet.Packet | undefined {
  try {
    const query = packet.decode(Buffer.from(message));
    return query.type === "query" ? query : undefined;
  } catch {
    return undefined;
  }
}

/** Those in use; all where there would be none. */
function usable(hosts: readonly KnownHost[]): readonly KnownHost[] {
  const kept = hosts.filter(({ weight }) => weight !== WEIGHT_DRAINED);
  const well = kept.filter(({ overloaded }) => !overloaded);
  if (well.length > 0) return well;
  return kept.length > 0 ? kept : hosts;
}

function address(name: string, ip: number): Answer {
  return { type: "A", name, ttl: TTL_S, data: formatIp(ip) };
}

/** What this end says of itself (RFC 6891). */
const EDNS = {
  type: "OPT",
  name: ".",
  udpPayloadSize: UDP_BYTES_MAX,
  flags: 0,
  options: [],
} as unknown as Answer;

function udpBytesOf(edns: Answer | undefined): number {
  const bytes = (edns as { udpPayloadSize?: number } | undefined)
    ?.udpPayloadSize;
  return Math.max(UDP_BYTES_MIN, bytes ?? 0);
}
