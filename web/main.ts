import { formatEndpoint } from "../proto/mod.ts";
import {
  ALARM_RULES,
  type AlarmName,
  listenAs,
  locate,
  reloader,
  webConf,
} from "../conf/mod.ts";
import {
  type Clock,
  configureLogs,
  listenEndpoint,
  loggerOf,
  print,
  runService,
  serveHttp,
  serviceClock,
  type ServiceLife,
  ServicePages,
} from "../net/mod.ts";
import {
  openAdminStore,
  openHistoryStore,
  openLeaseStore,
  openRouteStore,
  StoreError,
} from "../store/mod.ts";
import { LINK_FILE } from "./access/first_user.ts";
import { WEB_METRICS } from "./metrics.ts";
import { Web } from "./web.ts";

/** Wait before a store that cannot be opened now is tried again. */
const OPEN_RETRY_MS = 500;

const clock = serviceClock();
const logger = loggerOf("web");

if (import.meta.main) await runService({ name: "web", run: runWeb });

async function runWeb(
  { options, signal, onReload, onReady }: ServiceLife,
): Promise<void> {
  const { conf, data } = await locate("web", options);
  const running = await webConf.load(conf);
  const { config, warnings } = running;
  configureLogs(config.logLevel);
  for (const warning of warnings) logger.warn(warning);

  const context = {
    dataDir: data,
    clock,
    warn: (message: string, properties: Record<string, unknown>) =>
      logger.warn(message, properties),
  };
  const { metrics } = config;
  const setting = { service: "web", file: conf };
  // Before the store is: it may be away.
  const pages = new ServicePages("web", WEB_METRICS);
  const pagesServer = metrics && await listenAs(
    { ...setting, section: "metrics", at: metrics },
    async (at) => pages.serve(await listenEndpoint(at), signal),
  );
  await using routes = await opened(
    () => openRouteStore(config.store, context),
    { signal, clock },
  );
  await using admin = await opened(
    () => openAdminStore(config.store, context),
    { signal, clock },
  );
  await using history = await opened(
    () => openHistoryStore(config.store, context),
    { signal, clock },
  );
  await using leases = await opened(
    () => openLeaseStore(config.store, context),
    { signal, clock },
  );
  const web = new Web({
    ...config,
    routes,
    admin,
    history,
    leases,
    alarmRules: ruleList(),
    dataDir: data,
    clock,
    logger,
  });
  pages.open({
    read: () => web.requests,
    ready: () => {
      const { notReady } = web;
      const reason = notReady ?? "they have been read";
      return [{ check: "routes", ok: notReady === undefined, reason }];
    },
  });
  const server = await listenAs(
    { ...setting, section: "web", at: config.listen },
    async (at) =>
      serveHttp(
        { at: await listenEndpoint(at), signal },
        (request, peer) => web.app.handle(request, peer),
      ),
  );
  onReload(reloader({
    file: webConf,
    path: conf,
    running,
    apply: ({ logLevel }) => configureLogs(logLevel),
    logger,
  }));
  const at = formatEndpoint(server.local);
  const link = await web.offerFirstUser(`http://${at}${config.basePath}`);
  if (link !== undefined) tellFirstUser(link, data);
  onReady();
  logger.info("ready", { at });
  await Promise.all([
    server.finished,
    web.run(signal),
    pagesServer?.finished,
  ]);
}

/** The rules by which reporters find alarms for people. */
function ruleList() {
  const names = Object.keys(ALARM_RULES) as AlarmName[];
  return names.flatMap((alarm) => {
    const { severity, summary, forSeconds, keepSeconds, limits, isBuiltIn } =
      ALARM_RULES[alarm];
    return isBuiltIn && severity !== "none"
      ? [{ alarm, severity, summary, forSeconds, keepSeconds, limits }]
      : [];
  });
}

/** Says where the one-time link is; it is shown to a person, and in no log. */
function tellFirstUser(link: string, data: string): void {
  if (Deno.stdout.isTerminal()) print(`Make the first user: ${link}`);
  const file = `${data}/${LINK_FILE}`;
  logger.info("there is no user yet: the one-time link is in a file", { file });
}

/** Opens a store; one that is held by another for a moment is waited for. */
async function opened<Store>(
  open: () => Promise<Store>,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
): Promise<Store> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const retry = error instanceof StoreError && error.retry;
      if (!retry || signal.aborted) throw error;
      logger.warn("cannot open the store now, trying again", { error });
      await clock.sleep(OPEN_RETRY_MS, signal);
    }
  }
}
