import { assertEquals, assertRejects } from "@std/assert";
import { createServer } from "node:http";
import { Agent, interceptors, request } from "undici";
import { LiveAgent } from "../testing/live_agent.ts";
import { larsInterceptor } from "./mod.ts";

/** undici keeps timers for its connections. */
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

/** A web server whose path is the status that it answers. */
async function serve() {
  const server = createServer(({ url }, response) => {
    response.statusCode = Number(url!.slice(1)) || 200;
    response.end("here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = () => new Promise((resolve) => server.close(resolve));
  return { address: `127.0.0.1:${port}`, close };
}

Deno.test(
  "larsInterceptor() sends requests of NAME.lars to the picked host, others where they go",
  LOOSE,
  async () => {
    const host = await serve();
    await using live = new LiveAgent({ "1,1": [host.address] });
    const lars = larsInterceptor(live.client, { routes: { orders: [1, 1] } });
    const dispatcher = new Agent().compose(lars);
    for (
      const [url, status] of [
        ["http://orders.lars/", 200],
        ["http://1.1.lars/404", 404],
        ["http://1.1.lars/503", 503],
        [`http://${host.address}/`, 200],
      ] as const
    ) {
      const { statusCode, body } = await request(url, { dispatcher });
      assertEquals([statusCode, await body.text()], [status, "here"]);
    }
    const { address } = host;
    assertEquals(
      await live.results(3),
      [`${address} 0`, `${address} 0`, `${address} 503`],
    );
    await dispatcher.close();
    await host.close();
  },
);

Deno.test(
  "larsInterceptor() reports a host that refuses; undici's retry then finds another",
  LOOSE,
  async () => {
    const host = await serve();
    const dead = "127.0.0.99:9";
    await using live = new LiveAgent({ "1,1": [dead, host.address] });
    const dispatcher = new Agent().compose(
      larsInterceptor(live.client),
      interceptors.retry({ minTimeout: 1 }),
    );
    const { body } = await request("http://1.1.lars/", { dispatcher });
    assertEquals(await body.text(), "here");
    assertEquals(await live.results(2), [`${dead} 1`, `${host.address} 0`]);
    await dispatcher.close();
    await host.close();
  },
);

Deno.test("larsInterceptor() fails a request without a host", async () => {
  await using live = new LiveAgent({});
  const dispatcher = new Agent().compose(larsInterceptor(live.client));
  const error = await assertRejects(() =>
    request("http://1.1.lars/", { dispatcher })
  );
  assertEquals((error as Error).name, "NoHostError");
  await dispatcher.close();
});
