import { assert, assertEquals } from "@std/assert";
import {
  decodeBody,
  encodeFrame,
  FrameDecoder,
  lars,
  parseDatagram,
} from "../../proto/mod.ts";
import vectors from "./vectors.json" with { type: "json" };

// vectors.json is a copy of what Google's own protobuf encoder produced.

/** Every field of a message with its default; an array shows what one item is. */
type Template = number | boolean | [Template] | { [field: string]: Template };

const HOST: Template = { ip: 0, port: 0, overload: false };

const RESULT: Template = { ip: 0, port: 0, succ: 0, err: 0, overload: false };

const MESSAGES = new Map([
  message(lars.GetRouteRequest, { modid: 0, cmdid: 0, with_state: false }),
  message(lars.GetRouteResponse, { modid: 0, cmdid: 0, host: [HOST] }),
  message(lars.ReportStatusRequest, {
    modid: 0,
    cmdid: 0,
    caller: 0,
    results: [RESULT],
    ts: 0,
  }),
  message(lars.GetHostRequest, { seq: 0, modid: 0, cmdid: 0 }),
  message(lars.GetHostResponse, {
    seq: 0,
    modid: 0,
    cmdid: 0,
    retcode: 0,
    host: HOST,
  }),
  message(lars.ReportRequest, {
    modid: 0,
    cmdid: 0,
    host: HOST,
    retcode: 0,
    duration_us: 0,
  }),
]);

Deno.test("the golden vectors are 19 and cover every message", () => {
  assertEquals(vectors.length, 19);
  const covered = new Set(vectors.map((vector) => vector.message));
  assertEquals([...covered].sort(), [...MESSAGES.keys()].sort());
});

for (const { name, id, message, value, body, frame } of vectors) {
  Deno.test(`golden vector "${name}" decodes to its value`, () => {
    const { decode, template } = messageOf(message);
    const bytes = Uint8Array.fromHex(frame);
    const frames = [...new FrameDecoder().decode(bytes)];
    assertEquals(frames, [{ id, body: Uint8Array.fromHex(body) }]);
    assertEquals(frames, [parseDatagram(bytes)]);
    assertEquals(
      read(decode(Uint8Array.fromHex(body)), template, { fill: false }),
      read(value, template, { fill: true }),
    );
  });

  Deno.test(`golden vector "${name}" is what its value encodes to`, () => {
    const encoded = messageOf(message).encode(value);
    assertEquals(encoded.toHex(), body);
    assertEquals(encodeFrame(id, encoded).toHex(), frame);
  });
}

Deno.test("golden vectors decode alike when a later version adds a field", () => {
  for (const { message, value, body } of vectors) {
    const { decode, template } = messageOf(message);
    // Field 99, a varint: 99 << 3 is 792.
    const longer = Uint8Array.fromHex(body + "980601");
    assertEquals(
      read(decode(longer), template, { fill: false }),
      read(value, template, { fill: true }),
    );
  }
});

interface MessageCodec {
  encode(value: object): Uint8Array;
  decode(body: Uint8Array): object;
  template: Template;
}

function message(
  type: {
    name: string;
    encode(value: object): { finish(): Uint8Array };
    decode(body: Uint8Array): object;
  },
  template: Template,
): [string, MessageCodec] {
  return [type.name, {
    // A plain copy, as protobufjs hands out buffers of Node.js.
    encode: (value) => new Uint8Array(type.encode(value).finish()),
    decode: (body) => decodeBody(type, body),
    template,
  }];
}

function messageOf(name: string): MessageCodec {
  const found = MESSAGES.get(name);
  assert(found !== undefined, `no message ${name}`);
  return found;
}

/** The fields of the template in `value`; with `fill`, defaults stand for missing ones. */
function read(
  value: unknown,
  template: Template,
  options: { fill: boolean },
): unknown {
  if (Array.isArray(template)) {
    const items = options.fill ? value ?? [] : value;
    assert(Array.isArray(items));
    return items.map((item) => read(item, template[0], options));
  }
  if (typeof template !== "object") {
    return options.fill ? value ?? template : value;
  }
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(
    Object.entries(template).map(([field, inner]) => [
      field,
      read(Reflect.get(value, field), inner, options),
    ]),
  );
}
