import process from "node:process";
import { fromIdentity, type Hello, type HelloAck } from "../../proto/mod.ts";

/** Bytes of a MAC: the first half of an HMAC-SHA256. */
const MAC_BYTES = 16;

/** The field `mac` of a LeaseSync but for its value: tag and length. */
const MAC_FIELD = Uint8Array.of(0x82, 0x01, MAC_BYTES);

/** What every MAC of a LeaseSync is made of first, so that it is one of nothing else. */
const PURPOSE = new TextEncoder().encode("LeaseSync");

/** Whose LeaseSync it is, and on which connection: it is worth nothing elsewhere. */
export type LeaseSigner =
  & Pick<Hello, "agentId" | "epoch">
  & Required<Pick<HelloAck, "nonce">>;

/** What the MAC of a LeaseSync says: made with one of the keys, with none of them, or there is none. */
export type LeaseSignature = "valid" | "wrong" | "none";

/** The body of a LeaseSync with the MAC of a key behind it. */
export function signLeaseSync(
  body: Uint8Array,
  key: string,
  signer: LeaseSigner,
): Uint8Array {
  const mac = macOf(signedBytes(body, signer), key);
  const signed = new Uint8Array(body.length + MAC_FIELD.length + MAC_BYTES);
  signed.set(body);
  signed.set(MAC_FIELD, body.length);
  signed.set(mac, body.length + MAC_FIELD.length);
  return signed;
}

/** Whether the body of a LeaseSync was signed with one of `keys` for this connection. */
export function checkLeaseSync(
  signed: Uint8Array,
  keys: readonly string[],
  signer: LeaseSigner,
): LeaseSignature {
  const length = signed.length - MAC_FIELD.length - MAC_BYTES;
  if (MAC_FIELD.some((byte, at) => signed[length + at] !== byte)) return "none";
  const mac = signed.subarray(length + MAC_FIELD.length);
  const bytes = signedBytes(signed.subarray(0, length), signer);
  const isValid = keys.some((key) =>
    nodeCrypto().timingSafeEqual(macOf(bytes, key), mac)
  );
  return isValid ? "valid" : "wrong";
}

/** What a MAC is made of: the connection, and the fields before it as they were encoded. */
function signedBytes(
  body: Uint8Array,
  { nonce, agentId, epoch }: LeaseSigner,
): Uint8Array {
  const epochBytes = new Uint8Array(8);
  new DataView(epochBytes.buffer).setBigUint64(0, BigInt(epoch), true);
  const parts = [
    PURPOSE,
    fromIdentity(nonce),
    fromIdentity(agentId),
    epochBytes,
    body,
  ];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function macOf(bytes: Uint8Array, key: string): Uint8Array {
  return nodeCrypto().createHmac("sha256", key).update(bytes).digest()
    .subarray(0, MAC_BYTES);
}

/** Loaded by who has a key: it takes 0.6 MB in every thread. */
function nodeCrypto() {
  return process.getBuiltinModule("node:crypto");
}
