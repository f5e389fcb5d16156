#include "node/core/forms.h"

#include <algorithm>

#include "node/core/membership.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

Result<const forms::Form*> form_by(std::string_view id, std::uint16_t version) {
  const forms::Form* form = forms::find(id, version);
  if (form == nullptr)
    return fail(ErrorCode::not_found, Side::user, "there is no such form, or no such version of it");
  return form;
}

bool uses(const forms::Form& form, Category category) {
  return std::ranges::any_of(form.fields,
                             [&](const forms::Field& field) { return field.category == category; });
}

}  // namespace

Result<FilledForm> fill_form(Context& context, ExchangeService& exchange, const std::string& client,
                             std::string_view form_id, std::uint16_t version) {
  KNOOP_LET(form, form_by(form_id, version));
  KNOOP_LET(own, storage::find_client(context.tx, client));
  if (!own) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  std::vector<forms::Source> sources;
  KNOOP_LET(fragments, storage::fragments_of(context.tx, own->id));
  for (storage::StoredFragment& stored : fragments) {
    if (!uses(*form, stored.fragment.category)) continue;
    KNOOP_TRY(context.audit({.event = audit::Event::fragment_read,
                             .action = audit::Action::read,
                             .client = client,
                             .object = "fragment " + stored.id.hex(),
                             .detail = fmt::format("form {}", form->id)}));
    sources.push_back({stored.id, std::move(stored.fragment), ""});
  }
  // Logs what it shows, and clears what may not be shown.
  KNOOP_LET(received, exchange.received(context, client));
  for (storage::ReceivedFragment& one : received)
    if (!one.corrected && one.fragment.content.date.exists() && uses(*form, one.fragment.content.category))
      sources.push_back(
          {one.fragment.id, std::move(one.fragment.content), context.membership().slug(one.peer)});
  FilledForm out{form, forms::fill(*form, sources)};
  return out;
}

Result<void> give_form_feedback(Context& context, std::string_view form_id, std::uint16_t version,
                                std::uint8_t score, const std::string& words) {
  KNOOP_LET(form, form_by(form_id, version));
  if (score < 1 || score > 5) return fail(ErrorCode::bad_value, Side::user, "score is from 1 to 5");
  KNOOP_TRY(storage::add_form_feedback(
      context.tx, {form->id, form->version, score, words, context.actor.user, context.now}));
  return context
      .audit({.event = audit::Event::form_feedback,
              .action = audit::Action::create,
              .object = fmt::format("form {} {}", form->id, form->version),
              .detail = fmt::format("score {}", score)})
      .map([](std::uint64_t) {});
}

Result<std::vector<storage::FormFeedback>> form_feedback(Context& context, std::string_view form) {
  if (forms::newest(form) == nullptr) return fail(ErrorCode::not_found, Side::user, "there is no such form");
  return storage::feedback_on(context.tx, form);
}

}  // namespace knoop
