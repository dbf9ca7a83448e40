import { workerPort } from "../worker_pool.ts";

/** What the tests ask of a worker. */
export type ToWorker = { echo: string } | { fail: "throw" | "reject" };

/** What it answers. */
export interface FromWorker {
  index: number;
  echo: string;
}

const port = workerPort<ToWorker, FromWorker>();
if (port !== undefined) {
  port.listen((message) => {
    if ("echo" in message) {
      port.post({ index: port.index, echo: message.echo });
    } else if (message.fail === "throw") throw new TypeError("on purpose");
    else Promise.reject(new TypeError("on purpose"));
  });
}
