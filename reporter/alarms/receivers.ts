import type { AlarmEntry } from "./alarm_book.ts";

/** What a receiver takes. */
export type ReceiverKind =
  /** Alarms as the webhooks of Alertmanager get them. */
  | "webhook"
  /** An Alertmanager, which groups, silences and repeats by itself. */
  | "alertmanager"
  /** The Watchdog only, and often: its silence is an alarm elsewhere. */
  | "watchdog";

/** Whom alarms are sent to. */
export interface Receiver {
  kind: ReceiverKind;
  url: string;
  /** Time after which an alarm that still fires is sent again. */
  repeatMs: number;
}

/** A request to a receiver. */
export interface AlarmPost {
  url: string;
  /** JSON. */
  body: string;
  /** The alarms that it tells of. */
  entries: readonly AlarmEntry[];
}

/** Seconds after which an Alertmanager takes an alarm for over of which it hears no more. */
const ALERTMANAGER_S = 300;

/** End of an alarm that fires, as Go writes no time. */
const NEVER = "0001-01-01T00:00:00Z";

/** Most alarms in one request. */
const ALARMS_PER_POST_MAX = 100;

/** Name under which receivers know the sender. */
const RECEIVER_NAME = "lars";

/** Whether a receiver is told of alarms of a rule. */
export function takesRule({ kind }: Receiver, rule: string): boolean {
  if (kind === "alertmanager") return true;
  return (rule === "Watchdog") === (kind === "watchdog");
}

/** What is known of rules. */
export interface RuleInfo {
  /** Whom alarms of a rule are for. */
  severityOf: (rule: string) => string;
  /** Where a person reads what to do. */
  runbookOf: (rule: string) => string;
}

/** The requests that tell a receiver of alarms. */
export function postsFor(
  receiver: Receiver,
  entries: readonly AlarmEntry[],
  info: RuleInfo & { nowS: number },
): AlarmPost[] {
  const { kind, url } = receiver;
  if (kind === "alertmanager") {
    return chunksOf(entries).map((chunk) => ({
      url: `${url.replace(/\/+$/, "")}/api/v2/alerts`,
      body: JSON.stringify(chunk.map((entry) => toPostable(entry, info))),
      entries: chunk,
    }));
  }
  return [...Map.groupBy(entries, ({ rule }) => rule).values()]
    .flatMap(chunksOf)
    .map((chunk) => ({
      url,
      body: JSON.stringify(toWebhook(chunk, info)),
      entries: chunk,
    }));
}

/** The body of Alertmanager's webhooks, version 4, of alarms of one rule. */
function toWebhook(entries: readonly AlarmEntry[], info: RuleInfo) {
  const { rule } = entries[0]!;
  const alerts = entries.map((entry) => ({
    status: entry.resolvedAt === undefined ? "firing" : "resolved",
    labels: labelsOf(entry, info),
    annotations: annotationsOf(entry, info),
    startsAt: timeOf(entry.since!),
    endsAt: entry.resolvedAt === undefined ? NEVER : timeOf(entry.resolvedAt),
    generatorURL: "",
    fingerprint: entry.fingerprint,
  }));
  const isFiring = alerts.some(({ status }) => status === "firing");
  return {
    version: "4",
    groupKey: `{}:{alertname="${rule}"}`,
    truncatedAlerts: 0,
    status: isFiring ? "firing" : "resolved",
    receiver: RECEIVER_NAME,
    groupLabels: { alertname: rule },
    commonLabels: commonOf(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    externalURL: "",
    alerts,
  };
}

/** An alarm as Alertmanager's API takes it, version 2. */
function toPostable(entry: AlarmEntry, info: RuleInfo & { nowS: number }) {
  const { since, resolvedAt = info.nowS + ALERTMANAGER_S } = entry;
  return {
    labels: labelsOf(entry, info),
    annotations: annotationsOf(entry, info),
    startsAt: timeOf(since!),
    endsAt: timeOf(resolvedAt),
  };
}

function labelsOf(
  { rule, labels }: AlarmEntry,
  { severityOf }: RuleInfo,
): Record<string, string> {
  return { alertname: rule, severity: severityOf(rule), ...labels };
}

function annotationsOf(
  { summary, rule }: AlarmEntry,
  { runbookOf }: RuleInfo,
): Record<string, string> {
  return { summary, runbook_url: runbookOf(rule) };
}

function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString();
}

function commonOf(
  [first = {}, ...others]: Record<string, string>[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      others.every((each) => each[name] === value)
    ),
  );
}

function chunksOf(entries: readonly AlarmEntry[]): AlarmEntry[][] {
  const chunks: AlarmEntry[][] = [];
  for (let at = 0; at < entries.length; at += ALARMS_PER_POST_MAX) {
    chunks.push(entries.slice(at, at + ALARMS_PER_POST_MAX));
  }
  return chunks;
}
