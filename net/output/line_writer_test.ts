import { assertEquals } from "@std/assert";
import { LineWriter } from "./line_writer.ts";

/** A sink that takes bytes when it is let, or refuses them. */
class FakeSink {
  text = "";
  full = false;
  /** Most bytes of one write. */
  bytesMax = Infinity;
  #open: PromiseWithResolvers<void> | undefined;

  stall(): void {
    this.#open = Promise.withResolvers();
  }

  resume(): void {
    this.#open?.resolve();
    this.#open = undefined;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#open?.promise;
    if (this.full) throw new Error("No space left on device");
    const part = bytes.subarray(0, this.bytesMax);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }
}

Deno.test("LineWriter.write() keeps lines in order however few bytes the sink takes", async () => {
  const sink = new FakeSink();
  sink.bytesMax = 3;
  const writer = new LineWriter({ sink });
  for (const line of ["first", "second", "third"]) writer.write(line);
  await writer.flushed();
  writer.write("fourth");
  await writer.flushed();
  assertEquals(sink.text, "first\nsecond\nthird\nfourth\n");
});

Deno.test("LineWriter.write() loses lines while the sink is full, and says how many", async () => {
  const sink = new FakeSink();
  const failures: unknown[] = [];
  const writer = new LineWriter({
    sink,
    onFailure: (error) => failures.push(error),
  });
  sink.full = true;
  writer.write("lost");
  await writer.flushed();
  writer.write("lost too");
  await writer.flushed();
  assertEquals([writer.lost, failures.length], [2, 2]);
  sink.full = false;
  writer.write("kept");
  await writer.flushed();
  writer.write("last");
  await writer.flushed();
  assertEquals(sink.text, "2 lines could not be written\nkept\nlast\n");
});

Deno.test("LineWriter.write() holds a bounded number of lines for a reader that stands still", async () => {
  const sink = new FakeSink();
  sink.stall();
  const writer = new LineWriter({ sink });
  const line = "x".repeat(1_023);
  // One line is on its way, 256 KiB wait behind it, the rest is lost.
  const count = 1_000;
  const kept = 1 + 256;
  for (let written = 0; written < count; written++) writer.write(line);
  assertEquals(writer.lost, count - kept);
  sink.resume();
  await writer.flushed();
  const lines = sink.text.split("\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.filter((each) => each === line).length, kept);
  assertEquals(lines.at(1), `${count - kept} lines could not be written`);
});
