import { assertEquals, assertRejects } from "@std/assert";
import { eventually } from "../../tests/support/wait.ts";
import { NoHostError } from "../mod.ts";
import { LiveAgent } from "../testing/live_agent.ts";
import { larsFetch } from "./mod.ts";

/** A web server that answers `handle`; where it listens. */
function serve(handle: (request: Request) => Response | Promise<Response>) {
  const onListen = () => {};
  const options = { hostname: "127.0.0.1", port: 0, onListen };
  const server = Deno.serve(options, handle);
  const address = `127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  return { address, close: () => server.shutdown() };
}

/** Where nothing listens: tests that run beside take ports of 127.0.0.1 alone. */
function deadAddress(): string {
  return "127.0.0.99:9";
}

Deno.test("larsFetch() requests the picked host, by ids and by name, and reports success", async () => {
  const host = serve(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    return new Response(`${request.method} ${pathname}${search} ${body}`);
  });
  await using live = new LiveAgent({ "1,1": [host.address] });
  const fetch = larsFetch(live.client, { routes: { orders: [1, 1] } });

  const answer = await fetch("lars://1.1/v1/items?id=7");
  assertEquals(answer.url, `http://${host.address}/v1/items?id=7`);
  assertEquals(await answer.text(), "GET /v1/items?id=7 ");
  const init = { method: "POST", body: "new" };
  assertEquals(
    await (await fetch("lars://orders/v1", init)).text(),
    "POST /v1 new",
  );
  const request = new Request("lars://orders", init);
  assertEquals(await (await fetch(request)).text(), "POST / new");
  const plain = await fetch(`http://${host.address}/plain`);
  assertEquals(await plain.text(), "GET /plain ");
  const success = `${host.address} 0`;
  assertEquals(await live.results(3), [success, success, success]);
  await host.close();
});

Deno.test("larsFetch() repeats on another host when a connection fails, but no POST", async () => {
  const host = serve(() => new Response("here"));
  const dead = deadAddress();
  await using live = new LiveAgent({ "1,1": [dead, host.address] });
  const fetch = larsFetch(live.client);
  assertEquals(await (await fetch("lars://1.1/")).text(), "here");
  assertEquals(await live.results(2), [`${dead} 1`, `${host.address} 0`]);
  const post = () => fetch("lars://1.1/", { method: "POST", body: "x" });
  await assertRejects(post, TypeError);
  assertEquals(await (await post()).text(), "here");
  assertEquals((await live.results(4)).slice(2), [
    `${dead} 1`,
    `${host.address} 0`,
  ]);
  await host.close();
});

Deno.test("larsFetch() gives up after its retries", async () => {
  const dead = [deadAddress(), deadAddress(), deadAddress()];
  await using live = new LiveAgent({ "1,1": dead });
  const fetch = larsFetch(live.client, { retries: 2 });
  await assertRejects(() => fetch("lars://1.1/"), TypeError);
  assertEquals(await live.results(3), dead.map((host) => `${host} 1`));
});

Deno.test("larsFetch() reports a status of 500 and above as failure, or what isFailure says", async () => {
  const host = serve(({ url }) =>
    new Response(null, { status: Number(new URL(url).pathname.slice(1)) })
  );
  await using live = new LiveAgent({ "1,1": [host.address] });
  const fetch = larsFetch(live.client);
  for (const status of [200, 204, 404, 500, 503]) {
    const answer = await fetch(`lars://1.1/${status}`);
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
  const isFailure = ({ status }: Response) => status === 404;
  const strict = larsFetch(live.client, { isFailure });
  await (await strict("lars://1.1/404")).body?.cancel();
  const codes = (await live.results(6)).map((result) => result.split(" ")[1]);
  assertEquals(codes, ["0", "0", "0", "500", "503", "404"]);
  await host.close();
});

Deno.test("larsFetch() reports a body that breaks as one more result", async () => {
  const host = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: () => {
        throw new Error("on purpose");
      },
    });
    return new Response(body, { headers: { "content-length": "20" } });
  });
  await using live = new LiveAgent({ "1,1": [host.address] });
  const answer = await larsFetch(live.client)("lars://1.1/");
  await assertRejects(() => answer.arrayBuffer());
  assertEquals(await live.results(2), [
    `${host.address} 0`,
    `${host.address} 1`,
  ]);
  await host.close();
});

Deno.test("larsFetch() reports a timeout of its caller as failure, and an abort not at all", async () => {
  const answers: (() => void)[] = [];
  const host = serve(() =>
    new Promise((resolve) => answers.push(() => resolve(new Response())))
  );
  await using live = new LiveAgent({ "1,1": [host.address] });
  const fetch = larsFetch(live.client);
  const abort = new AbortController();
  const aborted = fetch("lars://1.1/", { signal: abort.signal });
  await eventually("a request", () => answers.length === 1);
  abort.abort(new Error("not wanted"));
  await assertRejects(() => aborted, Error, "not wanted");
  const signal = AbortSignal.timeout(20);
  const late = await assertRejects(() => fetch("lars://1.1/", { signal }));
  assertEquals((late as Error).name, "TimeoutError");
  assertEquals(await live.results(1), [`${host.address} 1`]);
  for (const answer of answers) answer();
  await host.close();
});

Deno.test("larsFetch() rejects without a host, and for a route that is none", async () => {
  await using live = new LiveAgent({});
  const fetch = larsFetch(live.client, { routes: { orders: [1, 1] } });
  const error = await assertRejects(() => fetch("lars://orders/"), TypeError);
  assertEquals((error as Error).cause instanceof NoHostError, true);
  await assertRejects(
    () => fetch("lars://parcels/"),
    TypeError,
    '"parcels" as it is neither MODID.CMDID nor one of the names: orders',
  );
});
