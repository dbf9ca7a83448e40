import { assert, assertEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { API_PATH } from "./api.ts";
import { WebFixture } from "../testing/web_fixture.ts";

/** Makes changes, the ids of which count up from 1. */
async function change({ routes, admin }: WebFixture, count: number) {
  const [newest] = await admin.changes({ limit: 1 });
  const first = (newest?.id ?? 0) + 1;
  for (let port = first; port < first + count; port++) {
    const host = parseAddress(`10.0.0.1:${port}`);
    await routes.edit({ add: [{ modId: 1, cmdId: 1, ...host }] }, {
      by: { actor: "test" },
    });
  }
}

/** Somebody who listens. */
class Listener {
  readonly status: number;
  readonly #reader: ReadableStreamDefaultReader<string> | undefined;
  /** Ids and kinds of what was heard, in its order; "": it lives. */
  readonly heard: string[] = [];
  isEnded = false;
  readonly #reading: Promise<void> = Promise.resolve();

  private constructor(response: Response) {
    this.status = response.status;
    if (response.status !== 200) return;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#reading = this.#read();
  }

  static async open(
    fixture: WebFixture,
    { after, lastEventId }: { after?: number; lastEventId?: string } = {},
  ): Promise<Listener> {
    const query = after === undefined ? "" : `?after=${after}`;
    return new Listener(
      await fixture.get(`${API_PATH}/events${query}`, {
        authorization: `Bearer ${await fixture.token(["read"])}`,
        ...lastEventId === undefined ? {} : { "last-event-id": lastEventId },
      }),
    );
  }

  async leave(): Promise<void> {
    await this.#reader?.cancel();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader!.read();
      if (done) break;
      for (const text of value.split("\n\n").filter(Boolean)) {
        const [, id] = /^id: (\d+)$/m.exec(text) ?? [];
        const [, data] = /^data: (.*)$/m.exec(text) ?? [];
        const [, kind = ""] = /^event: (\w+)$/m.exec(text) ?? [];
        if (id !== undefined) assertEquals(JSON.parse(data!).id, Number(id));
        this.heard.push(id ?? kind);
      }
    }
    this.isEnded = true;
  }
}

Deno.test("who listens hears each change once, in order, and goes on where it was", async () => {
  await using fixture = await WebFixture.open();
  await change(fixture, 2);
  const now = await Listener.open(fixture);
  await change(fixture, 2);
  await fixture.clock.advance(1_500);
  await change(fixture, 1);
  await fixture.clock.advance(1_500);
  assertEquals(now.heard, ["3", "4", "5"]);
  await now.leave();
  const later = await Listener.open(fixture, { lastEventId: "3", after: 1 });
  const all = await Listener.open(fixture, { after: 0 });
  await fixture.clock.advance(1_500);
  assertEquals(later.heard, ["4", "5"]);
  assertEquals(all.heard, ["1", "2", "3", "4", "5"]);
  await fixture.clock.advance(20_000);
  assertEquals(later.heard, ["4", "5", ""]);
  for (const each of [later, all]) await each.leave();
  const wrong = await Listener.open(fixture, { lastEventId: "x" });
  assertEquals(wrong.status, 400);
});

Deno.test("who was away for long hears of the newest changes, and that there were more", async () => {
  await using fixture = await WebFixture.open();
  await change(fixture, 1_050);
  const some = await Listener.open(fixture, { after: 900 });
  const long = await Listener.open(fixture, { after: 1 });
  await fixture.clock.advance(1_500);
  assertEquals([some.heard.length, some.heard[0]], [150, "901"]);
  assertEquals(long.heard[0], "missed");
  assertEquals(
    long.heard.slice(1),
    [...Array(1_000).keys()].map((index) => String(51 + index)),
  );
  for (const each of [some, long]) await each.leave();
});

Deno.test("a stream ends after ten minutes and when web does, and there are not more than 100", async () => {
  await using fixture = await WebFixture.open();
  const streams: Listener[] = [];
  for (let each = 0; each < 100; each++) {
    streams.push(await Listener.open(fixture));
  }
  await fixture.clock.advance(1);
  assertEquals((await Listener.open(fixture)).status, 429);
  await streams[0]!.leave();
  await fixture.clock.advance(2_000);
  const late = await Listener.open(fixture);
  assertEquals(late.status, 200);
  await fixture.clock.advance(9 * 60_000);
  assert(!streams[1]!.isEnded);
  await fixture.clock.advance(61_000);
  assert(streams.every(({ isEnded }) => isEnded));
  const last = await Listener.open(fixture);
  await fixture.clock.advance(1);
  await fixture.stop();
  await last.leave();
  assert(last.isEnded);
});
