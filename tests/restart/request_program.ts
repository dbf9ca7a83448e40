/**
 * Asks the agent whose first port is the first argument for a host of route
 * (1, 1), 1,000 times a second, until standard input ends; prints what it counted
 * as a line of JSON every 100 ms, and when the last answers have come.
 *
 * @module
 */
import { Requests } from "./requests.ts";

const [port] = Deno.args;
const requests = new Requests(
  { hostname: "127.0.0.1", port: Number(port) },
  { modId: 1, cmdId: 1 },
);
const print = () => console.log(JSON.stringify(requests.counts));
const lines = setInterval(print, 100);
await Deno.stdin.readable.pipeTo(new WritableStream());
await requests.stop();
clearInterval(lines);
print();
