#include "protocol/exchange/elsewhere.h"

#include <algorithm>

#include "crypto/ed25519.h"

namespace knoop::exchange {
namespace {

constexpr std::string_view statement_label = "knoop/v1/consent-statement";
constexpr std::string_view state_label = "knoop/v1/consent-state";

template <typename... Args>
tl::unexpected<Error> bad(fmt::format_string<Args...> sentence, Args&&... args) {
  return fail(ErrorCode::bad_value, Side::peer, sentence, std::forward<Args>(args)...);
}

template <typename T>
bool has_repeats(std::vector<T> values) {
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values) != values.end();
}

bool is_yes(consent::Answer answer) {
  return answer == consent::Answer::yes || answer == consent::Answer::partly;
}

}  // namespace

ConsentStatement make_statement(const StatementBody& body, const SigningSecretKey& recorder_key) {
  ConsentStatement out{encode(body), {}};
  out.signature = sign(recorder_key, statement_label, out.body);
  return out;
}

Result<StatementBody> check_statement(const NetworkId& network, const MemberId& recorder,
                                      const MemberId& releaser, const ConsentStatement& statement,
                                      const SigningPublicKey& recorder_key) {
  if (!verify(recorder_key, statement_label, statement.body, statement.signature))
    return fail(ErrorCode::bad_signature, Side::peer, "a statement of consent is not signed by who sent it");
  KNOOP_LET(body, decode<StatementBody>(statement.body));
  if (body.network != network || body.recorder != recorder || body.releaser != releaser)
    return bad("a statement of consent is of another network or other members");
  if (body.about.match.has_value() == body.about.handover.has_value())
    return bad("a statement of consent names a match or a hand-over");
  if (body.capacities.empty()) return bad("a statement of consent that nobody gave");
  if (has_repeats(body.categories) || has_repeats(body.exclusions) ||
      std::ranges::find_first_of(body.categories, body.exclusions) != body.categories.end())
    return bad("a statement of consent names a category twice");
  if (!body.everything && body.categories.empty()) return bad("a statement of consent names no categories");
  if (body.until && *body.until < body.from) return bad("a statement of consent ends before it begins");
  if (body.recipient == releaser) return bad("a statement of consent to release to oneself");
  if (std::ranges::find(body.replaces, body.consent) != body.replaces.end())
    return bad("a statement of consent replaces itself");
  if (is_yes(body.answer) && (!body.recipient || !body.purpose || !body.until))
    return bad("a yes names one recipient, a purpose and a last day");
  if (!is_yes(body.answer) && (!body.exclusions.empty() || body.once))
    return bad("a refusal has no exclusions and is not for once");
  return body;
}

consent::Consent heard(const StatementBody& body, std::string client) {
  consent::Consent out;
  out.id = body.consent;
  out.client = std::move(client);
  out.answer = body.answer;
  for (const consent::Capacity capacity : body.capacities)
    out.givers.push_back({capacity, std::string(consent::to_string(capacity)), "", "", body.from});
  out.others_have_authority = body.others_have_authority;
  if (body.exception) out.exception = "written down where it was recorded";
  out.recipient = body.recipient;
  out.purpose = body.purpose;
  out.everything = body.everything;
  out.categories = body.categories;
  out.exclusions = body.exclusions;
  out.once = body.once;
  out.from = body.from;
  out.until = body.until;
  out.replaces = body.replaces;
  out.recorded_at = body.recorded_at;
  return out;
}

Result<void> check_request(const ConsentStateRequest& request) {
  if (request.consents.empty() || has_repeats(request.consents))
    return bad("a question about consents names none, or one twice");
  return {};
}

ConsentState make_state(const StateBody& body, const SigningSecretKey& recorder_key) {
  ConsentState out{body.exchange, encode(body), {}};
  out.signature = sign(recorder_key, state_label, out.body);
  return out;
}

Result<StateBody> check_state(const AskedState& asked, const ConsentState& state,
                              const SigningPublicKey& recorder_key) {
  if (!verify(recorder_key, state_label, state.body, state.signature))
    return fail(ErrorCode::bad_signature, Side::peer, "a state of consent is not signed by who sent it");
  KNOOP_LET(body, decode<StateBody>(state.body));
  if (body.network != asked.network || body.recorder != asked.recorder || body.asker != asked.asker ||
      body.exchange != state.exchange || body.exchange != asked.request.exchange)
    return bad("a state of consent was made for another release or other members");
  const bool same = std::ranges::equal(body.states, asked.request.consents, {}, &StateOf::consent);
  if (body.nonce == asked.request.nonce && !same)
    return bad("a state of consent answers another question than was asked");
  return body;
}

bool is_fresh(Timestamp asked, Timestamp at, Timestamp now) {
  return now <= asked + state_term && asked <= now && asked - state_skew <= at && at <= now + state_skew;
}

}  // namespace knoop::exchange
