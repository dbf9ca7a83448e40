import { HostHistory, type HostValue } from "./host_history.ts";

/** A span of time in milliseconds, both ends included. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** What the hosts of a route may have been, by "ip:port". */
export class RouteHistory {
  readonly hosts = new Map<string, HostHistory>();

  /** The history of a host; one that was never in the route begins absent. */
  host(address: string): HostHistory {
    let host = this.hosts.get(address);
    if (host === undefined) {
      host = new HostHistory("absent", -Infinity);
      this.hosts.set(address, host);
    }
    return host;
  }

  /** Whether a host may have been one of `values` at some time of `span`. */
  may(address: string, values: readonly HostValue[], span: Span): boolean {
    const host = this.hosts.get(address);
    return host === undefined
      ? values.includes("absent")
      : host.may(values, span);
  }

  /** Whether all hosts may have been one of `values` at the same time in `span`. */
  allMay(values: readonly HostValue[], span: Span): boolean {
    const hosts = [...this.hosts.values()];
    const times = hosts.flatMap(({ changes }) => changes)
      .filter((ms) => ms > span.fromMs && ms <= span.toMs);
    return [span.fromMs, ...times].some((ms) =>
      hosts.every((host) => host.may(values, { fromMs: ms, toMs: ms }))
    );
  }
}
