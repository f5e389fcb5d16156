#include "protocol/matching/messages.h"

#include <catch2/catch.hpp>

namespace knoop::matching {
namespace {

template <typename Message>
void round_trips(const Message& message) {
  const auto decoded = decode<Message>(encode(message));
  REQUIRE(decoded.has_value());
  CHECK(*decoded == message);
}

TEST_CASE("every message round-trips") {
  round_trips(EpochOpen{1, 1, 1, {}, {}, {}, {}, {}});
  round_trips(EpochComplete{2});
  round_trips(EpochEnded{2, true});
  round_trips(RegisterBatch{1, 256, 683, std::vector<PointBytes>(10)});
  round_trips(Evaluated{1, 256, std::vector<PointBytes>(10), DleqProof{}});
  round_trips(Evaluated{1, 256, {}, std::nullopt});
  round_trips(RegisterRefused{1, 256, Refusal::owing, Date{2026, 11, 22}});
  round_trips(ProofRequest{1, 256, {3, 70'000}, ProofSeed{}});
  round_trips(Proof{1, 256, {3, 70'000}, DleqProof{}});
  round_trips(AnswerOverdue{1, 256});
  round_trips(BatchClosed{1, 256, false});
  round_trips(Withdraw{1, 3, {4, 5, 900}});
  round_trips(WithdrawApplied{1, 3, {}, {}});
  round_trips(MatchClaim{{}, 1, 2, BsnStatus::pending, {{1, 2}, {3, 4}}});
  round_trips(MatchAnswer{{}, 3, 2, 1, {{{}, BsnStatus::registered, {0, 1}}}});
  round_trips(MatchChoice{});
  round_trips(MatchNotice{{}, 1, {{"naam", "functie", "telefoon", "adres", Date{2026, 1, 1}}}});
  round_trips(MatchReceipt{{}, 1, {}, {}});
  round_trips(MatchOutcome{{}, Outcome::family});
}

TEST_CASE("the largest honest message fits a frame") {
  MatchNotice notice{{}, 1, {}};
  notice.contacts.assign(most_contacts, {std::string(200, 'n'), std::string(200, 'f'), std::string(200, 't'),
                                         std::string(200, 'e'), Date{2026, 1, 1}});
  CHECK(encode(notice).size() < 16000);
  MatchAnswer answer{{}, 1, 1, 1, std::vector<Group>(most_groups)};
  for (auto& group : answer.groups) group.pairs.assign(most_pairs, UINT16_MAX);
  CHECK(encode(answer).size() < 256000);
}

TEST_CASE("lists past their limit and values outside their list are refused") {
  CHECK_FALSE(encode_checked(RegisterBatch{1, 1, 1, std::vector<PointBytes>(most_in_batch + 1)}).has_value());
  CHECK_FALSE(encode_checked(Withdraw{1, 1, std::vector<Handle>(most_withdrawn + 1)}).has_value());
  CHECK_FALSE(encode_checked(MatchOutcome{{}, static_cast<Outcome>(4)}).has_value());
  CHECK_FALSE(encode_checked(MatchClaim{{}, 1, 1, static_cast<BsnStatus>(3), {}}).has_value());
  auto bytes = encode(MatchOutcome{{}, Outcome::family});
  bytes.back() = 0;
  CHECK(decode<MatchOutcome>(bytes).error().code == ErrorCode::bad_value);
}

}  // namespace
}  // namespace knoop::matching
