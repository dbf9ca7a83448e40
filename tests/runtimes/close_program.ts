/**
 * Opens a client of the agent at the port of the first argument, asks it and
 * closes it, as the last thing that the program does; prints `closed`.
 *
 * @module
 */
import process from "node:process";
import { LarsClient } from "../../api/mod.ts";

const agent = { hostname: "127.0.0.1", port: Number(process.argv[2]) };
const client = LarsClient.open({ agent });
await client.getHost(1, 1);
await client.close();
console.log("closed");
