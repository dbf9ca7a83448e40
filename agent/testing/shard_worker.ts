import { workerPort } from "../../net/mod.ts";
import {
  type FromWorker,
  runShardWorker,
  type ToWorker,
} from "../shard/worker.ts";

// The workers of an agent for tests: without an agent around them.
const port = workerPort<ToWorker, FromWorker>();
if (port !== undefined) runShardWorker(port);
