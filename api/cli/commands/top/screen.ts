import { formatAddress } from "../../../../proto/mod.ts";
import type { Fleet, RouteDetail } from "../../../../store/mod.ts";
import { formatTable } from "../../output.ts";
import type { TerminalSize } from "../../terminal.ts";
import { formatEvent } from "../../text/event_text.ts";
import { counted, formatSpan } from "../../text/quantities.ts";
import {
  ageOf,
  formatAsOf,
  formatFailing,
  formatLatency,
  formatRoute,
  NO_DATA,
  presentOf,
  STALE_S,
} from "../../text/route_text.ts";
import { sparkline } from "../../text/sparkline.ts";
import {
  formatAgents,
  formatTotals,
  headOf,
  staleText,
} from "../status/fleet.ts";
import { HOST_HEADER, hostCells, stateOf } from "../status/route.ts";
import { formatRows } from "./columns.ts";
import type { TopModel } from "./model.ts";

/** How a line stands out; each also by a mark or a word. */
type Style = "plain" | "bold" | "dim" | "alarm" | "selected";

/** A line of the screen. */
interface Line {
  text: string;
  style: Style;
}

const STYLES: Record<Style, string> = {
  plain: "",
  bold: "\x1b[1m",
  dim: "\x1b[2m",
  alarm: "\x1b[31m",
  selected: "\x1b[7m",
};

const RESET = "\x1b[0m";

/** Lines of events under the hosts of a route. */
const EVENTS_MAX = 6;

/** Minutes that the bars of a route go back. */
const BARS_MAX = 60;

/** Columns of a terminal that has room for shares and durations beside the state of a host. */
const WIDE = 110;

/** Cells of a host where it has not: address and rates. */
const HOST_CELLS_NARROW = 3;

const LIST_HELP = "q quit  j k ↑ ↓ move  Enter hosts of the route  / filter";
const ROUTE_HELP = "q quit  j k ↑ ↓ scroll  Esc back to the routes";

/** Everything to write for one picture: it takes the place of the one before without flickering. */
export function drawScreen(
  model: TopModel,
  { size, where, hasColors, nowS }: {
    size: TerminalSize;
    /** The store. */
    where: string;
    hasColors: boolean;
    /** Unix time in seconds: what was read grows old. */
    nowS: number;
  },
): string {
  const lines = model.opened === undefined
    ? drawList(model, { size, where, nowS })
    : drawRoute(model, { size, nowS });
  const written = lines.slice(0, size.rows).map(({ text, style }) => {
    const clipped = [...text].slice(0, size.columns).join("");
    const begin = style === "alarm" && !hasColors ? STYLES.bold : STYLES[style];
    const line = style === "selected" ? clipped.padEnd(size.columns) : clipped;
    return begin === "" ? `${line}\x1b[K` : `${begin}${line}${RESET}\x1b[K`;
  });
  return `\x1b[H${written.join("\r\n")}\x1b[J`;
}

function drawList(
  model: TopModel,
  { size, where, nowS }: { size: TerminalSize; where: string; nowS: number },
): Line[] {
  const { rows, cursor, filter, isTyping } = model;
  const fleet = { ...model.fleet, readAt: nowS };
  const head: Line[] = [
    { text: `lars top  ${where}  ${formatTotals(fleet)}`, style: "bold" },
    warningOf(model, fleet) ?? plain(headOf(fleet)),
    plain(`agents ${formatAgents(fleet.agents, presentOf(fleet))}`),
  ];
  const room = Math.max(1, size.rows - head.length - 2);
  const first = Math.max(0, Math.min(cursor - (room >> 1), rows.length - room));
  const shown = rows.slice(first, first + room);
  const [header = "", ...texts] = formatRows(shown, {
    width: size.columns - 2,
    nowS: presentOf(fleet),
  });
  const list = texts.map((text, index): Line => {
    const isProblem = shown[index]!.problem !== undefined;
    return {
      text: `${isProblem ? "!" : " "} ${text}`,
      style: first + index === cursor
        ? "selected"
        : isProblem
        ? "alarm"
        : "plain",
    };
  });
  const help = isTyping
    ? `filter: ${filter}_  Enter keeps it, Esc drops it`
    : filter === ""
    ? `${placeOf(first, { shown: shown.length, all: rows.length })}${LIST_HELP}`
    : `filter ${filter}: ${counted(rows.length, "route")}, Esc drops it`;
  return fill(
    [...head, { text: `  ${header}`, style: "dim" }, ...list],
    { help, rows: size.rows },
  );
}

function drawRoute(
  model: TopModel,
  { size, nowS }: { size: TerminalSize; nowS: number },
): Line[] {
  const { opened, scroll } = model;
  if (model.detail === undefined) {
    const text = model.failure ?? "reading";
    return fill([plain(`${formatRoute(opened!)}  ${text}`)], {
      help: ROUTE_HELP,
      rows: size.rows,
    });
  }
  const detail = { ...model.detail, readAt: nowS };
  const { problem, asOf, events } = detail;
  const present = presentOf(detail);
  const latency = formatLatency(problem.latency);
  const head: Line[] = [
    {
      text: `${formatRoute(problem)}  ${formatFailing(problem, present)}${
        latency === undefined ? "" : `, ${latency}`
      }`,
      style: problem.isFailing ? "alarm" : "bold",
    },
    warningOf(model, detail) ?? plain(
      asOf === undefined
        ? NO_DATA
        : `${counted(problem.callers, "caller")}, ${
          formatAsOf({ ...detail, asOf })
        }`,
    ),
    ...drawBars(detail, size.columns),
  ];
  const below = drawEvents(events.slice(0, EVENTS_MAX), present);
  const room = Math.max(1, size.rows - head.length - below.length - 2);
  const hosts = detail.hosts.slice(scroll, scroll + room);
  const cells = size.columns < WIDE ? HOST_CELLS_NARROW : HOST_HEADER.length;
  const [header = "", ...texts] = formatTable(
    [...HOST_HEADER.slice(0, cells), "state"],
    hosts.map((host) => [
      ...[formatAddress(host), ...hostCells(host)].slice(0, cells),
      stateOf(host, detail),
    ]),
    { rightFrom: 1, rightTo: cells },
  ).split("\n");
  const list = texts.map((text, index): Line => {
    const isOut = hosts[index]!.out > 0;
    return {
      text: `${isOut ? "!" : " "} ${text}`,
      style: isOut ? "alarm" : "plain",
    };
  });
  const place = placeOf(scroll, {
    shown: hosts.length,
    all: detail.hosts.length,
  });
  return fill(
    [...head, { text: `  ${header}`, style: "dim" }, ...list, ...below],
    { help: `${place}${ROUTE_HELP}`, rows: size.rows },
  );
}

/** Calls and failing calls of the last minutes. */
function drawBars(
  { minutes, readAt }: RouteDetail,
  columns: number,
): Line[] {
  const count = Math.max(1, Math.min(BARS_MAX, columns - 12));
  const last = Math.floor(readAt / 60);
  const byMinute = new Map(minutes.map((row) => [row.period, row]));
  const rows = Array.from(
    { length: count },
    (_, index) => byMinute.get(last - count + 1 + index),
  );
  return [
    plain(`calls     ${sparkline(rows.map((row) => row?.calls))}`),
    plain(`failing   ${sparkline(rows.map((row) => row?.failed))}`),
  ];
}

function drawEvents(events: RouteDetail["events"], nowS: number): Line[] {
  if (events.length === 0) return [];
  return [
    { text: "last events", style: "dim" },
    ...events.map((event) => plain(formatEvent(event, { nowS }))),
  ];
}

/** What stands in place of the time, if what is shown is old. */
function warningOf(
  { failure }: TopModel,
  at: Fleet | RouteDetail,
): Line | undefined {
  if (failure !== undefined) {
    const age = formatSpan(ageOf(at));
    return { text: `STALE, ${age} old: ${failure}`, style: "alarm" };
  }
  if (at.asOf === undefined || ageOf(at) <= STALE_S) return undefined;
  return { text: staleText(at), style: "alarm" };
}

function placeOf(
  first: number,
  { shown, all }: { shown: number; all: number },
): string {
  return shown === all ? "" : `${first + 1} to ${first + shown} of ${all}  `;
}

/** Puts the help into the last line. */
function fill(
  lines: readonly Line[],
  { help, rows }: { help: string; rows: number },
): Line[] {
  const above = lines.slice(0, Math.max(0, rows - 1));
  while (above.length < rows - 1) above.push(plain(""));
  return [...above, { text: help, style: "dim" }];
}

function plain(text: string): Line {
  return { text, style: "plain" };
}
