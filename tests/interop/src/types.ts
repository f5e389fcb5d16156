// docs/spec/frames.md, "Message types": the number of each message, and the stream it travels on.
import { refuse } from "./bytes";
import { Stream } from "./frame";

export enum Type {
  Hello = 1,
  Ack = 2,
  Reseal = 3,
  Card = 4,
  Convenant = 5,
  EpochOpen = 20,
  EpochComplete = 21,
  RegisterBatch = 22,
  Evaluated = 23,
  ProofRequest = 24,
  Proof = 25,
  Withdraw = 26,
  WithdrawApplied = 27,
  MatchClaim = 28,
  MatchAnswer = 29,
  MatchChoice = 30,
  MatchNotice = 31,
  MatchReceipt = 32,
  MatchOutcome = 33,
  RegisterRefused = 34,
  EpochStatement = 35,
  EpochEnded = 36,
  AnswerOverdue = 37,
  BatchClosed = 38,
  FragmentRequest = 40,
  FragmentRefusal = 41,
  ReleaseOffer = 42,
  ReleaseReceipt = 43,
  ReleaseKey = 44,
  ReleaseCancelled = 45,
  ConsentWithdrawn = 48,
  WithdrawalApplied = 49,
  AttachmentWanted = 53,
  AttachmentPiece = 54,
  HandoverEvent = 60,
  HandoverState = 61,
}

const PROTECTIVE = [Type.Card, Type.Convenant, Type.Withdraw, Type.WithdrawApplied, Type.ConsentWithdrawn, Type.WithdrawalApplied];

export function streamOf(type: number): Stream {
  if (Type[type] === undefined) refuse("bad-value", `type ${type} is unknown here`);
  if (type <= Type.Reseal) return Stream.control;
  if (PROTECTIVE.includes(type)) return Stream.protective;
  if (type === Type.AttachmentWanted || type === Type.AttachmentPiece) return Stream.bulk;
  return type < 40 ? Stream.matching : Stream.case;
}
