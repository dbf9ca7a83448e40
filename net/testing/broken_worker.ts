import { workerPort } from "../worker_pool.ts";

// The first is ready; the second fails before.
if (workerPort()?.index === 1) throw new Error("cannot start");
workerPort()?.listen(() => {});
