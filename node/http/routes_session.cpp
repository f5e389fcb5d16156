// Signing in and out, and the second factor of whoever is signed in (node/core/sign_in.h).
#include <qrencode.h>

#include "node/core/accounts.h"
#include "node/http/api_routes.h"
#include "node/http/body.h"
#include "node/http/caller.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Error no_session() {
  return {ErrorCode::not_signed_in, Side::user, "nobody is signed in here; sign in first"};
}

/// Whoever is signed in, as the console shows it.
Json session_json(const Session& session) {
  return {{"account", session.account},
          {"displayName", session.display},
          {"role", to_string(session.role)},
          {"csrfToken", session.csrf.hex()},
          {"secondFactor", session.complete ? "set"
                           : session.asked  ? "asked"
                                            : "needed"},
          {"expires", (session.began + Sessions::longest).iso()},
          {"expiresWhenIdle", (session.used + Sessions::idle).iso()}};
}

std::string cookie(const Context& context, std::string_view value, bool ended) {
  return fmt::format("{}={}; Path=/; HttpOnly; Secure; SameSite=Strict{}", cookie_name(context.membership()),
                     value, ended ? "; Max-Age=0" : "");
}

Result<Reply> answer(Context& context, Result<SignInService::Outcome> outcome) {
  if (!outcome) return fail(outcome.error());
  if (outcome->refusal) {
    Reply refused;
    refused.refusal = std::move(outcome->refusal);
    return refused;
  }
  Reply reply{201, session_json(*outcome->signed_in->session)};
  reply.headers.emplace_back("Set-Cookie",
                             cookie(context, to_hex(outcome->signed_in->token.expose()), false));
  return reply;
}

Result<Reply> sign_in(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string name = body.text("name", 64);
  KNOOP_TRY(body.finish());
  const auto password = request.secrets.find("password");
  if (password == request.secrets.end()) return fail(ErrorCode::bad_value, Side::user, "password is missing");
  std::optional<std::string> code;
  if (const auto given = request.secrets.find("code"); given != request.secrets.end())
    code = to_text(given->second.expose());
  KNOOP_LET(attempt, node.service<SignInService>().begin(context, name));

  struct State {
    SignInAttempt attempt;
    Bytes password;
    std::optional<std::string> code;
    Result<SymmetricKey> hash = fail(ErrorCode::wrong_state, Side::ours, "nothing was hashed");
    ~State() { wipe(password.data(), password.size()); }
  };
  auto state = std::make_shared<State>();
  state->attempt = std::move(attempt);
  state->password = to_bytes(password->second.expose());
  state->code = std::move(code);
  Reply reply;
  reply.slow = std::make_shared<Slow>();
  reply.slow->work = [state] {
    // What can be no password is not hashed, and no password either: the key of nothing.
    if (state->password.empty() || state->password.size() > longest_password)
      state->hash = SymmetricKey{};
    else
      state->hash = derive_argon2id(state->password, state->attempt.salt, state->attempt.params);
  };
  reply.slow->then = [state](Node& later, Context& after) -> Result<Reply> {
    if (!state->hash) return fail(state->hash.error());
    return answer(after,
                  later.service<SignInService>().finish(after, state->attempt, *state->hash, state->code));
  };
  return reply;
}

Result<Reply> show(Node&, Context&, const Request& request) {
  if (request.session == nullptr) return fail(no_session());
  return Reply{200, session_json(*request.session)};
}

Result<Reply> sign_out(Node& node, Context& context, const Request& request) {
  if (request.session == nullptr) return fail(no_session());
  KNOOP_TRY(node.service<SignInService>().sign_out(context, request.token->expose()));
  Reply reply;
  reply.headers.emplace_back("Set-Cookie", cookie(context, "", true));
  return reply;
}

/// The picture that an authenticator app reads, as an SVG of our own squares.
Result<std::string> qr_svg(const std::string& text) {
  const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
  if (!code)
    return fail(ErrorCode::io_failed, Side::ours, "the QR code could not be drawn; type the secret instead");
  constexpr int margin = 4;
  const int size = code->width + 2 * margin;
  std::string path;
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if ((code->data[y * code->width + x] & 1) != 0)
        path += fmt::format("M{} {}h1v1h-1z", x + margin, y + margin);
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">)"
      R"(<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{1}"/></svg>)",
      size, path);
}

Result<Reply> offer_factor(Node& node, Context& context, const Request& request) {
  KNOOP_TRY(BodyReader(request.body).finish());
  if (request.session == nullptr) return fail(no_session());
  KNOOP_LET(secret, node.service<SignInService>().offer_factor(context, *request.session));
  const Card* card = context.membership().own_card() ? &*context.membership().own_card() : nullptr;
  const std::string issuer = "Knoop " + (card != nullptr ? card->id : std::string("knoop"));
  const std::string base32 = to_base32(secret.expose());
  const std::string uri = fmt::format(
      "otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period={}", escape(issuer),
      escape(request.session->account), base32, escape(issuer), totp_step_seconds);
  KNOOP_LET(svg, qr_svg(uri));
  return Reply{201, {{"secret", base32}, {"uri", uri}, {"qrSvg", svg}}};
}

Result<Reply> confirm_factor(Node& node, Context& context, const Request& request) {
  if (request.session == nullptr) return fail(no_session());
  const auto code = request.secrets.find("code");
  if (code == request.secrets.end()) return fail(ErrorCode::bad_value, Side::user, "code is missing");
  KNOOP_TRY(node.service<SignInService>().confirm_factor(context, *request.session,
                                                         to_text(code->second.expose())));
  return Reply{200, session_json(*request.session)};
}

/// Who signed in elsewhere gives the code of the own second factor here.
Result<Reply> check_factor(Node& node, Context& context, const Request& request) {
  KNOOP_TRY(BodyReader(request.body).finish());
  if (request.session == nullptr) return fail(no_session());
  const auto code = request.secrets.find("code");
  if (code == request.secrets.end()) return fail(ErrorCode::bad_value, Side::user, "code is missing");
  KNOOP_LET(refusal, node.service<SignInService>().check_factor(context, *request.session,
                                                                to_text(code->second.expose())));
  Reply reply{200, session_json(*request.session)};
  reply.refusal = std::move(refusal);
  return reply;
}

}  // namespace

void add_session_routes(Router& router) {
  // A resource of whoever asks, so in the singular and without an id.
  Route route{"POST", "/api/v1/session", everybody(), {}, BodyKind::json, sign_in, {"password", "code"}};
  route.open = true;
  route.repeat = Repeat::refusal;
  router.add(route);
  route = {"GET", "/api/v1/session", everybody(), {}, BodyKind::none, show};
  route.open = true;
  router.add(route);
  route = {"DELETE", "/api/v1/session", everybody(), {}, BodyKind::none, sign_out};
  route.before_factor = true;
  router.add(route);
  route = {"POST", "/api/v1/session/second-factor", everybody(), {}, BodyKind::json, offer_factor};
  route.before_factor = true;
  route.repeat = Repeat::refusal;
  router.add(route);
  route = {"POST",  "/api/v1/session/second-factor/check", everybody(), {}, BodyKind::json, check_factor,
           {"code"}};
  route.before_factor = true;
  router.add(route);
  route = {"POST",  "/api/v1/session/second-factor/confirm", everybody(), {}, BodyKind::json, confirm_factor,
           {"code"}};
  route.before_factor = true;
  route.repeat = Repeat::refusal;
  router.add(route);
}

}  // namespace knoop::http
