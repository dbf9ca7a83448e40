import { workerPort } from "../net/udp/worker.ts";
import {
  type FromWorker,
  runShardWorker,
  type ToWorker,
} from "./shard/worker.ts";

// One file is the whole service, also bundled or compiled: it starts itself
// again for each of its workers, which need little of it.
const port = workerPort<ToWorker, FromWorker>();
if (port !== undefined) runShardWorker(port);
else if (import.meta.main) {
  const { serve } = await import("./service.ts");
  await serve(import.meta.url);
}
