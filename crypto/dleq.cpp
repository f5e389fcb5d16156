#include "crypto/dleq.h"

#include <optional>

#include "crypto/hash.h"
#include "crypto/point_sums.h"

namespace knoop {
namespace {

constexpr DomainTag dleq_nonce_tag = "knoop/v1/dleq-nonce";
constexpr DomainTag knowledge_tag = "knoop/v1/knowledge";
constexpr DomainTag knowledge_nonce_tag = "knoop/v1/knowledge-nonce";

struct Composites {
  Point m;
  Point z;
};

tl::unexpected<Error> refused(std::string_view what) {
  return fail(
      ErrorCode::bad_proof, Side::peer,
      "the proof of {} does not verify: the answers were not computed with the committed key; they must be "
      "computed again",
      what);
}

void append_with_length(Bytes& to, ByteView bytes) {
  append_u16(to, static_cast<std::uint16_t>(bytes.size()));
  append(to, bytes);
}

Result<void> check(const DleqStatement& statement) {
  if (statement.inputs.empty() || statement.inputs.size() > max_dleq_batch ||
      statement.inputs.size() != statement.outputs.size())
    return fail(ErrorCode::bad_length, Side::peer, "a proof is about 1 to {} pairs of points, not {} and {}",
                max_dleq_batch, statement.inputs.size(), statement.outputs.size());
  if (statement.context.size() > max_dleq_context)
    return fail(ErrorCode::bad_length, Side::ours, "a proof's context has at most {} bytes, not {}",
                max_dleq_context, statement.context.size());
  return {};
}

Bytes prefixed(std::string_view prefix, ByteView context) {
  Bytes out = to_bytes(prefix);
  append(out, context);
  return out;
}

// RFC 9497's HashToScalar with the tag "HashToScalar-" ‖ contextString.
Result<Scalar> hash_in_context(ByteView message, ByteView context) {
  const Bytes tag_bytes = prefixed("HashToScalar-", context);
  KNOOP_LET(tag, DomainTag::from(tag_bytes));
  return hash_to_scalar(message, tag);
}

// An honest sum is the identity with a probability of 2^-252.
Result<Point> composite(std::span<const Point> points, std::span<const Scalar> weights) {
  const PointSum sum = scalar_sum(points, weights);
  if (!sum)
    return fail(ErrorCode::bad_point, Side::peer,
                "the points of a proof add up to the identity, which honest points never do; the sender must "
                "correct its software");
  return *sum;
}

// ComputeComposites; with k the cheaper ComputeCompositesFast, where Z = k·M.
Result<Composites> composites(const DleqStatement& statement, const Scalar* k) {
  Bytes seed_transcript;
  append_with_length(seed_transcript, statement.public_key.view());
  append_with_length(seed_transcript, prefixed("Seed-", statement.context));
  const Hash512 seed = sha512(seed_transcript);

  std::vector<Scalar> weights;  // public: everybody who sees the batch computes them
  weights.reserve(statement.inputs.size());
  for (std::size_t i = 0; i < statement.inputs.size(); ++i) {
    Bytes transcript;
    append_with_length(transcript, seed.view());
    append_u16(transcript, static_cast<std::uint16_t>(i));
    append_with_length(transcript, statement.inputs[i].view());
    append_with_length(transcript, statement.outputs[i].view());
    append(transcript, "Composite");
    KNOOP_LET(weight, hash_in_context(transcript, statement.context));
    weights.push_back(std::move(weight));
  }
  KNOOP_LET(m, composite(statement.inputs, weights));
  if (k != nullptr) {
    KNOOP_LET(z, multiply(*k, m));
    return Composites{m, z};
  }
  KNOOP_LET(z, composite(statement.outputs, weights));
  return Composites{m, z};
}

Result<Scalar> challenge(const DleqStatement& statement, const Composites& sums, const Point& t2,
                         const Point& t3) {
  Bytes transcript;
  for (const Point* point : {&statement.public_key, &sums.m, &sums.z, &t2, &t3})
    append_with_length(transcript, point->view());
  append(transcript, "Challenge");
  return hash_in_context(transcript, statement.context);
}

Result<DleqProof> prove(const Scalar& k, const DleqStatement& statement, const Composites& sums,
                        const Scalar& nonce) {
  const Point t2 = multiply_base(nonce);
  KNOOP_LET(t3, multiply(nonce, sums.m));
  KNOOP_LET(c, challenge(statement, sums, t2, t3));
  KNOOP_LET(s, subtract(nonce, multiply(c, k)));
  DleqProof proof;
  std::ranges::copy(c.expose(), proof.data());
  std::ranges::copy(s.expose(), proof.data() + Scalar::size);
  return proof;
}

// The nonce of a proof: hash of secret, fresh bytes and everything the proof is about.
Scalar derive_nonce(const Scalar& k, ByteView about, DomainTag tag, Entropy& entropy) {
  const auto fresh = entropy.draw<Secret<struct FreshTag, 32>>();
  Bytes input;
  input.reserve(Scalar::size + fresh.size + about.size());  // no second copy of the secret by growing
  append(input, k.expose());
  append(input, fresh.expose());
  append(input, about);
  Scalar nonce = hash_to_scalar(input, tag);
  wipe(input.data(), input.size());
  return nonce;
}

Result<Scalar> knowledge_challenge(const Point& public_key, ByteView context, const Point& t) {
  Bytes transcript;
  append_with_length(transcript, public_key.view());
  append_with_length(transcript, t.view());
  append(transcript, context);
  return hash_to_scalar(transcript, knowledge_tag);
}

struct ProofScalars {
  Scalar c;
  Scalar s;
};

Result<ProofScalars> parse_proof(ByteView proof) {
  KNOOP_LET(c, Scalar::parse(proof.first(Scalar::size)));
  KNOOP_LET(s, Scalar::parse(proof.subspan(Scalar::size)));
  return ProofScalars{std::move(c), std::move(s)};
}

// s·A + c·B, which for an honest proof is the prover's nonce times A.
Result<Point> recombine(const ProofScalars& proof, const Point& a_times_s, const Point& b) {
  KNOOP_LET(b_times_c, multiply(proof.c, b));
  return add(a_times_s, b_times_c);
}

}  // namespace

Bytes dleq_context(const NetworkId& network, const MemberId& prover, const MemberId& verifier,
                   std::uint64_t epoch, const Hash256& batch) {
  Bytes fields;
  append(fields, network.view());
  append(fields, prover.view());
  append(fields, verifier.view());
  append_u64(fields, epoch);
  append(fields, batch.view());
  Bytes out = to_bytes("knoop/v1/dleq");
  append(out, sha256(fields).view());
  return out;
}

Result<DleqProof> prove_dleq(const Scalar& k, const DleqStatement& statement, Entropy& entropy) {
  KNOOP_TRY(check(statement));
  KNOOP_LET(sums, composites(statement, &k));
  Bytes about;
  append_with_length(about, statement.public_key.view());
  append_with_length(about, sums.m.view());
  append_with_length(about, sums.z.view());
  append_with_length(about, statement.context);
  return prove(k, statement, sums, derive_nonce(k, about, dleq_nonce_tag, entropy));
}

Result<DleqProof> prove_dleq_with_nonce(const Scalar& k, const DleqStatement& statement,
                                        const Scalar& nonce) {
  KNOOP_TRY(check(statement));
  KNOOP_LET(sums, composites(statement, &k));
  return prove(k, statement, sums, nonce);
}

Result<void> verify_dleq(const DleqStatement& statement, const DleqProof& proof) {
  KNOOP_TRY(check(statement));
  KNOOP_LET(scalars, parse_proof(proof.view()));
  KNOOP_LET(sums, composites(statement, nullptr));
  KNOOP_LET(m_times_s, multiply(scalars.s, sums.m));
  const auto t2 = recombine(scalars, multiply_base(scalars.s), statement.public_key);
  const auto t3 = recombine(scalars, m_times_s, sums.z);
  if (!t2 || !t3) return refused("equal keys");
  KNOOP_LET(expected, challenge(statement, sums, *t2, *t3));
  if (!(expected == scalars.c)) return refused("equal keys");
  return {};
}

Result<KnowledgeProof> prove_knowledge(const Scalar& k, ByteView context, Entropy& entropy) {
  const Point key = multiply_base(k);
  Bytes about = to_bytes(key.view());
  append(about, context);
  const Scalar nonce = derive_nonce(k, about, knowledge_nonce_tag, entropy);
  KNOOP_LET(c, knowledge_challenge(key, context, multiply_base(nonce)));
  KNOOP_LET(s, subtract(nonce, multiply(c, k)));
  KnowledgeProof proof;
  std::ranges::copy(c.expose(), proof.data());
  std::ranges::copy(s.expose(), proof.data() + Scalar::size);
  return proof;
}

Result<void> verify_knowledge(const Point& public_key, ByteView context, const KnowledgeProof& proof) {
  KNOOP_LET(scalars, parse_proof(proof.view()));
  const auto t = recombine(scalars, multiply_base(scalars.s), public_key);
  if (!t) return refused("a known secret");
  KNOOP_LET(expected, knowledge_challenge(public_key, context, *t));
  if (!(expected == scalars.c)) return refused("a known secret");
  return {};
}

}  // namespace knoop
