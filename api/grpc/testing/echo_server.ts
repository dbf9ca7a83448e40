/**
 * A gRPC server for tests: answers its own port, or fails with the code that it
 * is sent. Prints its port.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import grpc from "@grpc/grpc-js";

const pass = (bytes: Uint8Array) => Buffer.from(bytes);
const server = new grpc.Server();
let port = 0;

server.addService({
  ask: {
    path: "/test.Echo/Ask",
    requestStream: false,
    responseStream: false,
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  },
}, {
  ask: (
    call: { request: Uint8Array },
    callback: (error: { code: number } | null, answer?: Uint8Array) => void,
  ) => {
    const code = call.request[0]!;
    if (code > 0) callback({ code });
    else callback(null, new TextEncoder().encode(String(port)));
  },
});
server.bindAsync(
  "127.0.0.1:0",
  grpc.ServerCredentials.createInsecure(),
  (error, bound) => {
    if (error) throw error;
    port = bound;
    console.log(port);
  },
);
