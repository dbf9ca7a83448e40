import { formatEndpoint } from "../proto/mod.ts";
import { listenAs, locate, reloader, webConf } from "../conf/mod.ts";
import {
  type Clock,
  configureLogs,
  listenEndpoint,
  loggerOf,
  runService,
  serveHttp,
  type ServiceLife,
  SystemClock,
} from "../net/mod.ts";
import { openAdminStore, openRouteStore, StoreError } from "../store/mod.ts";
import { ByHandWatch } from "./model/by_hand.ts";
import { RouteCopy } from "./model/route_copy.ts";
import { WebApp } from "./server.ts";

/** Wait before a store that cannot be opened now is tried again. */
const OPEN_RETRY_MS = 500;

const clock = new SystemClock();
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
  await using routes = await opened(
    () => openRouteStore(config.store, context),
    { signal, clock },
  );
  await using admin = await opened(
    () => openAdminStore(config.store, context),
    { signal, clock },
  );
  const copy = new RouteCopy({ store: routes, clock, logger });
  const byHand = new ByHandWatch({ admin, copy });
  const app = new WebApp({
    ...config,
    logger,
    notReady: () =>
      copy.isLoaded ? undefined : "the routes have not been read yet",
  });
  const setting = { service: "web", file: conf, section: "web" };
  const server = await listenAs(
    { ...setting, at: config.listen },
    async (at) =>
      serveHttp(
        { at: await listenEndpoint(at), signal },
        (request, peer) => app.handle(request, peer),
      ),
  );
  onReload(reloader({
    file: webConf,
    path: conf,
    running,
    apply: ({ logLevel }) => configureLogs(logLevel),
    logger,
  }));
  onReady();
  logger.info("ready", { at: formatEndpoint(server.local) });
  await Promise.all([server.finished, copy.run(signal, byHand)]);
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
