#include "node/http/openid_sign_in.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "crypto/base/base64url.h"
#include "crypto/hash.h"
#include "node/core/sign_in.h"
#include "node/http/openid_page.h"

namespace knoop::http {
namespace {

constexpr std::string_view callback_path = "/api/v1/session/openid-connect/callback";
constexpr OpenIdWords no_answer{
    "Aanmelden lukt nu niet",
    "De identiteitsvoorziening van uw organisatie geeft geen bruikbaar antwoord. Probeer het over een "
    "minuut opnieuw, of meld u aan met een wachtwoord.",
    "Your organisation's identity provider gives no answer that can be used. Try again in a minute, or "
    "sign in with a password."};
constexpr OpenIdWords too_late{
    "Aanmelden lukt niet",
    "Dit aanmelden is verlopen, al gebruikt, of in een andere browser begonnen. Begin opnieuw.",
    "This sign-in has ended, was used already, or began in another browser. Begin again."};
constexpr OpenIdWords not_there{"U bent niet aangemeld",
                                "De identiteitsvoorziening heeft u niet aangemeld. Begin opnieuw.",
                                "The identity provider did not sign you in. Begin again."};
constexpr OpenIdWords not_believed{
    "Aanmelden lukt niet",
    "Het antwoord van de identiteitsvoorziening wordt niet vertrouwd. Begin opnieuw; blijft het zo, "
    "waarschuw dan uw beheerder.",
    "The identity provider's answer is not trusted. Begin again; tell your administrator when it stays "
    "like this."};
constexpr OpenIdWords no_factor{
    "Aanmelden lukt niet",
    "Bij de identiteitsvoorziening is geen tweede stap gevraagd, en die is hier nodig. Waarschuw uw "
    "beheerder.",
    "The identity provider asked for no second factor, which is needed here. Tell your administrator."};
constexpr OpenIdWords no_account{
    "U heeft hier geen account",
    "U bent bekend bij de identiteitsvoorziening, maar mag u hier niet aanmelden. Geef uw beheerder "
    "deze aanduiding:",
    "The identity provider knows you, but you may not sign in here. Give your administrator the line "
    "above."};

std::string binding_cookie(const Context& context, std::string_view value, bool ended) {
  return fmt::format("{}={}; Path=/api/v1/session/openid-connect; HttpOnly; Secure; SameSite=Lax; Max-Age={}",
                     binding_cookie_name(cookie_name(context.membership())), value,
                     ended ? 0 : OpenId::longest.count() / 1000);
}

std::string session_cookie(const Context& context, const SessionToken& token) {
  return fmt::format("{}={}; Path=/; HttpOnly; Secure; SameSite=Strict", cookie_name(context.membership()),
                     to_hex(token.expose()));
}

/// The person is told, and the log.
Result<Reply> turned_away(Context& context, unsigned status, const OpenIdWords& words, std::string_view why) {
  KNOOP_TRY(SignInService::refuse_vouched(context, why));
  Reply reply = openid_page(status, words);
  reply.headers.emplace_back("Set-Cookie", binding_cookie(context, "", true));
  return reply;
}

bool one_of(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::shared_ptr<OpenId> make_openid(OpenIdOptions options) {
  return std::make_shared<OpenId>(std::move(options));
}

Result<Reply> OpenId::start(const std::shared_ptr<OpenId>& self, Context& context, const Request& request) {
  if (request.origin.empty())
    return fail(ErrorCode::wrong_state, Side::user, "a browser begins this, at the address of the console");
  const Timestamp now = context.clock;
  const auto within = [&](Timestamp since, Milliseconds time) { return now >= since && now - since < time; };
  if (self->provider_ && within(self->provider_->since, fresh))
    return self->send_off(context, request.origin);
  if (self->failed_ && within(*self->failed_, pause)) return openid_page(503, no_answer);
  auto learned = std::make_shared<Result<std::shared_ptr<const KnownProvider>>>(
      fail(ErrorCode::wrong_state, Side::ours, "nobody was asked"));
  Reply reply;
  reply.slow = std::make_shared<Slow>();
  reply.slow->waits = true;
  reply.slow->work = [learned, exchange = self->exchange_, now] { *learned = exchange->learn(now); };
  reply.slow->then = [self, learned, origin = request.origin](Node&, Context& after) -> Result<Reply> {
    if (!*learned) {
      self->failed_ = after.clock;
      return openid_page(503, no_answer, learned->error().sentence);
    }
    self->failed_.reset();
    self->provider_ = **learned;
    return self->send_off(after, origin);
  };
  return reply;
}

Reply OpenId::send_off(Context& context, const std::string& origin) {
  const auto state = context.entropy.draw<OpenIdState>();
  const auto binding = context.entropy.draw<SignInBinding>();
  Waiting waiting;
  waiting.browser = sha256(binding.expose());
  waiting.nonce = context.entropy.draw<OpenIdNonce>();
  waiting.verifier = context.entropy.draw<PkceVerifier>();
  waiting.redirect = origin + std::string(callback_path);
  waiting.began = context.clock;
  waiting.provider = provider_;
  const OpenIdOptions& options = exchange_->options();
  const std::string& place = provider_->metadata.authorization.text;
  std::string to = fmt::format(
      "{}{}response_type=code&scope=openid&client_id={}&redirect_uri={}&state={}&nonce={}&code_challenge={}"
      "&code_challenge_method=S256",
      place, place.find('?') == std::string::npos ? '?' : '&', escape(options.client),
      escape(waiting.redirect), to_base64url(state.expose()), to_base64url(waiting.nonce.expose()),
      to_base64url(sha256(view(to_base64url(waiting.verifier.expose()))).view()));
  if (!options.acr.empty()) to += "&acr_values=" + escape(fmt::format("{}", fmt::join(options.acr, " ")));
  remember(state, std::move(waiting));
  Reply reply = openid_page(
      302, {"Aanmelden", "U gaat naar de identiteitsvoorziening.", "You go to the identity provider."});
  reply.headers.emplace_back("Location", std::move(to));
  reply.headers.emplace_back("Set-Cookie", binding_cookie(context, to_hex(binding.expose()), false));
  return reply;
}

void OpenId::remember(const OpenIdState& state, Waiting waiting) {
  const Timestamp now = waiting.began;
  std::erase_if(waiting_,
                [&](const auto& row) { return now < row.second.began || now - row.second.began > longest; });
  if (waiting_.size() >= most)
    waiting_.erase(std::ranges::min_element(
        waiting_, [](const auto& a, const auto& b) { return a.second.began < b.second.began; }));
  waiting_.emplace(sha256(state.expose()), std::move(waiting));
}

std::optional<OpenId::Waiting> OpenId::take(const Request& request, Timestamp now) {
  const auto given = request.secrets.find("state");
  if (given == request.secrets.end() || request.binding == nullptr) return std::nullopt;
  const auto bytes = from_base64url(text_view(given->second.expose()));
  const auto found = waiting_.find(sha256(bytes ? ByteView(*bytes) : ByteView()));
  // Who does not have the browser's cookie cannot even end it.
  if (found == waiting_.end() || found->second.browser != sha256(request.binding->expose()))
    return std::nullopt;
  Waiting out = std::move(found->second);
  waiting_.erase(found);
  if (now < out.began || now - out.began > longest) return std::nullopt;
  return out;
}

Result<Reply> OpenId::callback(const std::shared_ptr<OpenId>& self, Context& context,
                               const Request& request) {
  auto waiting = self->take(request, context.clock);
  if (!waiting) return openid_page(400, too_late);
  const ProviderMetadata& metadata = waiting->provider->metadata;
  const auto from = request.query_value("iss");
  if (from ? *from != metadata.issuer : metadata.names_itself)
    return turned_away(context, 400, not_believed, "the answer is of another provider");
  const auto code = request.secrets.find("code");
  if (request.query_value("error") || code == request.secrets.end())
    return turned_away(context, 401, not_there, "it did not sign the person in");

  struct Redeeming {
    OpenIdExchange::Question question;
    Bytes code;
    Result<IdToken> token = fail(ErrorCode::wrong_state, Side::ours, "nobody was asked");
    ~Redeeming() { wipe(code.data(), code.size()); }
  };
  auto redeeming = std::make_shared<Redeeming>();
  redeeming->question = {std::move(waiting->provider), std::move(waiting->nonce),
                         std::move(waiting->verifier), std::move(waiting->redirect), context.now};
  redeeming->code = to_bytes(code->second.expose());
  Reply reply;
  reply.slow = std::make_shared<Slow>();
  reply.slow->waits = true;
  reply.slow->work = [redeeming, exchange = self->exchange_] {
    redeeming->token = exchange->redeem(redeeming->question, redeeming->code);
  };
  reply.slow->then = [self, redeeming](Node& node, Context& after) {
    return self->finish(node, after, redeeming->token);
  };
  return reply;
}

Result<Reply> OpenId::finish(Node& node, Context& context, const Result<IdToken>& token) const {
  if (!token) {
    if (token.error().code == ErrorCode::sign_in_refused)
      return turned_away(context, 401, not_believed, token.error().sentence);
    return turned_away(context, 503, no_answer, token.error().sentence);
  }
  const std::vector<std::string>& wanted = exchange_->options().acr;
  const bool factor =
      one_of(wanted, token->acr) ||
      std::ranges::any_of(token->amr, [&](const std::string& one) { return one_of(wanted, one); });
  if (!wanted.empty() && !factor)
    return turned_away(context, 401, no_factor, "no second factor there, for subject " + token->subject);
  KNOOP_LET(outcome,
            node.service<SignInService>().sign_in_vouched(context, {issuer(), token->subject, factor}));
  Reply reply = outcome.refusal ? openid_page(403, no_account, token->subject) : openid_welcome();
  reply.headers.emplace_back("Set-Cookie", binding_cookie(context, "", true));
  if (outcome.signed_in)
    reply.headers.emplace_back("Set-Cookie", session_cookie(context, outcome.signed_in->token));
  return reply;
}

}  // namespace knoop::http
