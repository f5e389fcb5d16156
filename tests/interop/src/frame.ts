// docs/spec/frames.md, "The frame": sealing, signing, and what a recipient checks.
import { Bytes, compare, equal, join, labelled, refuse, u32, zeros } from "./bytes";
import { Of, Time, U16, U32, U64, U8, bytes, decode, encode, fixed, message, optional } from "./codec";
import { ExchangeKey, SigningKey, hkdf, mustVerify, seal, sign, unseal } from "./crypto";

export enum Stream {
  control = 0,
  protective = 1,
  case = 2,
  matching = 3,
  bulk = 4,
}

export const FrameHeader = message({
  version: U8,
  network: fixed(32),
  type: U16,
  sender: fixed(32),
  senderCard: U32,
  recipient: fixed(32),
  recipientCard: U32,
  stream: U8,
  streamId: optional(fixed(16)),
  number: U64,
  sentAt: Time,
  subject: optional(fixed(16)),
  pskId: optional(fixed(16)),
  body: bytes(1024 * 1024),
});
export type Frame = Of<typeof FrameHeader>;

const SIGNATURE = 64;
const SEAL = 48;
const CLASSES = [512, 2048, 4096, 16384, 65536, 262144, 1048576];
const FRAME = "knoop/v1/frame";
const BODY = "knoop/v1/frame-body";

const classOf = (message: number): number => CLASSES.find((size) => size >= message + 4 + SEAL) ?? refuse("over-limit", "a message fits no frame");

export function pad(message: Bytes): Bytes {
  return join(u32(message.length), message, zeros(classOf(message.length) - SEAL - 4 - message.length));
}

export function unpad(padded: Bytes): Bytes {
  const length = Buffer.from(padded).readUInt32BE(0);
  const end = 4 + length;
  if (end > padded.length || classOf(length) !== padded.length + SEAL) refuse("bad-format", "a body has another size than its message asks for");
  if (padded.slice(end).some((byte) => byte !== 0)) refuse("bad-format", "a body is padded with something else than zeros");
  return padded.slice(4, end);
}

/** Everything before the header of field 14: the associated data of the seal. */
function before(frame: Frame): Bytes {
  const whole = encode(FrameHeader, frame);
  const size = frame.body.length;
  return whole.slice(0, whole.length - size - (size < 256 ? 2 : size < 65536 ? 3 : 5));
}

export function pskId(psk: Bytes, network: Bytes, a: Bytes, b: Bytes): Bytes {
  const [lower, higher] = compare(a, b) < 0 ? [a, b] : [b, a];
  return hkdf(zeros(0), psk, labelled("knoop/v1/psk-id", network, lower, higher), 16);
}

/** The header without its body. */
export type Addressed = Omit<Frame, "body">;

export function writeFrame(header: Addressed, message: Bytes, recipientSealing: Bytes, key: SigningKey, psk: Bytes | null, ephemeral?: Bytes): Bytes {
  const padded = pad(message);
  const associated = before({ ...header, body: zeros(padded.length + SEAL) }); // any body of this size stands in
  const frame = encode(FrameHeader, { ...header, body: seal(BODY, recipientSealing, psk, padded, associated, ephemeral) });
  return join(frame, sign(key, FRAME, frame));
}

/** Step 1 of what a recipient checks. */
export function parseFrame(transmitted: Bytes): Frame {
  const first = transmitted[0] ?? 0;
  if (transmitted.length < SIGNATURE + 2 || first < 0x90 || first > 0x9f) refuse("bad-encoding", "this is no frame");
  if (transmitted[1] !== 1) refuse("unknown-version", `version ${transmitted[1]} is unknown here`);
  return decode(FrameHeader, transmitted.slice(0, -SIGNATURE));
}

export function verifyFrame(transmitted: Bytes, signer: Bytes): void {
  mustVerify(signer, FRAME, transmitted.slice(0, -SIGNATURE), transmitted.slice(-SIGNATURE));
}

export function checkForm(frame: Frame, stream: Stream): void {
  const control = stream === Stream.control;
  if (frame.stream !== stream || (frame.streamId === null) !== control || (frame.number === 0) !== control)
    refuse("bad-value", "stream and number do not fit the type");
  if (!CLASSES.includes(frame.body.length)) refuse("bad-length", "a sealed body has no size class");
}

export function checkPsk(frame: Frame, own: Bytes | null): void {
  if (own === null ? frame.pskId !== null : frame.pskId === null || !equal(own, frame.pskId)) refuse("psk-differs", "the two ends hold different preshared keys");
}

export function openFrame(frame: Frame, recipient: ExchangeKey, psk: Bytes | null): Bytes {
  return unpad(unseal(BODY, recipient, psk, frame.body, before(frame)));
}
