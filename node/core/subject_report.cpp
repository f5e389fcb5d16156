#include "node/core/subject_report.h"

#include <algorithm>

#include "node/core/membership.h"
#include "node/core/subject_reason.h"
#include "protocol/consent/text.h"
#include "protocol/exchange/release.h"
#include "storage/consent_repository.h"
#include "storage/exchange_repository.h"
#include "storage/records_repository.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

using audit::Field;

std::string day(const Date& date) {
  return consent::dutch(date);
}
std::string day(const Timestamp& time) {
  return day(Date::of(time));
}

/// What somebody wrote, to end a sentence of ours with.
std::string_view bare(std::string_view words) {
  while (words.ends_with('.') || words.ends_with(' ')) words.remove_suffix(1);
  return words;
}

std::string labels(const std::vector<Category>& categories) {
  std::string out;
  for (const Category category : categories) {
    if (!out.empty()) out += ", ";
    out += facts(category).label;
  }
  return out;
}

std::string givers(const consent::Consent& consent) {
  std::string out;
  for (const consent::Giver& giver : consent.givers) {
    if (!out.empty()) out += " en ";
    out += consent::dutch(giver);
  }
  return out;
}

std::string sentence_of(const Membership& membership, const consent::Consent& consent) {
  const consent::TextFacts facts = consent::facts_of(consent);
  const std::string with = consent.recipient ? organisation_name(membership, *consent.recipient) : "iedereen";
  std::string what = consent.everything ? "alles wat niet gevoelig is" : labels(consent.categories);
  if (consent.everything && !consent.categories.empty()) what += ", en ook " + labels(consent.categories);
  if (!consent.exclusions.empty()) what += ", maar niet " + labels(consent.exclusions);
  std::string_view said = "toestemming";
  if (consent.answer == consent::Answer::no) said = "geen toestemming";
  if (consent.answer == consent::Answer::objection) said = "bezwaar";
  if (consent.answer == consent::Answer::partly) said = "voor een deel toestemming";
  std::string out;
  switch (consent.kind) {
    case consent::Kind::sharing:
      out = fmt::format("{}: {} om te delen met {}: {}.", givers(consent), said, with, what);
      if (consent.answer == consent::Answer::objection)
        out = fmt::format("{}: bezwaar tegen delen met {}: {}.", givers(consent), with, what);
      break;
    case consent::Kind::avg:
      out = fmt::format("{}: {} voor het gebruik van gegevens (AVG).", givers(consent), said);
      break;
    case consent::Kind::help:
      out = fmt::format("{}: {} voor de hulp zelf.", givers(consent), said);
      break;
  }
  if (consent.purpose) out += fmt::format(" Doel: {}.", facts.purpose);
  if (consent.until)
    out += consent.once ? fmt::format(" Eén keer, uiterlijk op {}.", day(*consent.until))
                        : fmt::format(" Van {} tot en met {}.", day(consent.from), day(*consent.until));
  if (consent.used_at) out += fmt::format(" Gebruikt op {}.", day(*consent.used_at));
  if (consent.withdrawn_at) out += fmt::format(" Ingetrokken op {}.", day(*consent.withdrawn_at));
  return out;
}

std::string sentence_of(const Membership& membership, const consent::Ground& ground) {
  const std::string_view law =
      ground.source.empty() ? consent::law_of(ground.kind) : std::string_view(ground.source);
  std::string out = fmt::format("Zonder toestemming gedeeld met {}: {}{}. Reden: {}.",
                                organisation_name(membership, ground.recipient), plain_ground(ground.kind),
                                law.empty() ? "" : fmt::format(" ({})", law), bare(ground.reasons));
  if (!ground.consulted.empty()) out += fmt::format(" Besproken met {}.", bare(ground.consulted));
  if (ground.review)
    out += fmt::format(" De privacyfunctionaris vond dit op {} {}.", day(ground.review->at),
                       to_string(ground.review->verdict));
  if (ground.informing.told_at) out += fmt::format(" Aan u verteld op {}.", day(*ground.informing.told_at));
  if (ground.ended_at) out += fmt::format(" Beëindigd op {}.", day(*ground.ended_at));
  return out;
}

/// What a receipt that both signed says of a release.
Result<SubjectReport::Shared> shared_by(const Membership& membership, const MemberId& with,
                                        const exchange::ReleaseReceipt& receipt) {
  KNOOP_LET(body, decode<exchange::ReceiptBody>(receipt.body));
  SubjectReport::Shared out;
  out.organisation = organisation_name(membership, with);
  out.fragments = body.items.size();
  for (const exchange::OfferedItem& item : body.items) out.categories.push_back(item.category);
  std::ranges::sort(out.categories);
  const auto repeats = std::ranges::unique(out.categories);
  out.categories.erase(repeats.begin(), repeats.end());
  out.purpose = consent::dutch(body.obligations.purpose);
  out.until = body.obligations.until;
  out.receipt = exchange::receipt_hash(receipt).hex();
  return out;
}

Result<std::vector<SubjectReport::Shared>> given_of(Context& context, const std::string& client) {
  std::vector<SubjectReport::Shared> out;
  KNOOP_LET(releases, storage::releases_of(context.tx, client));
  KNOOP_LET(withdrawals, storage::withdrawals_out(context.tx, false));
  for (const storage::Release& release : releases) {
    if (release.state != storage::ReleaseState::disclosed || !release.receipt) continue;
    KNOOP_LET(shared, shared_by(context.membership(), release.peer, *release.receipt));
    shared.at = release.changed;
    const std::string_view occasion = bare(release.request.occasion);
    const std::string_view goal = bare(release.request.goal);
    if (!occasion.empty()) shared.purpose += fmt::format(": {}", occasion);
    if (!goal.empty() && goal != occasion) shared.purpose += fmt::format("; {}", goal);
    if (release.corrects)
      shared.after.emplace_back("Dit was een verbetering van iets dat eerder was gegeven.");
    if (release.without_third_persons)
      shared.after.emplace_back("Gegevens over andere mensen zijn niet meegegeven.");
    KNOOP_LET(bases, storage::release_bases(context.tx, release.peer, release.request.exchange));
    for (const BasisId& basis : bases) {
      KNOOP_LET(consent, storage::find_consent(context.tx, basis));
      if (consent)
        shared.rests_on.push_back(fmt::format("Toestemming van {}. {}", day(consent->recorded_at),
                                              sentence_of(context.membership(), *consent)));
      KNOOP_LET(ground, storage::find_ground(context.tx, basis));
      if (ground) shared.rests_on.push_back(sentence_of(context.membership(), *ground));
      for (const storage::WithdrawalOut& one : withdrawals) {
        if (one.basis != basis || one.peer != release.peer) continue;
        shared.after.push_back(
            one.applied
                ? fmt::format("Ingetrokken. {} bevestigde dat op {}.", shared.organisation, day(*one.applied))
                : fmt::format("Ingetrokken op {}. {} heeft dat nog niet bevestigd.", day(one.sent),
                              shared.organisation));
      }
    }
    out.push_back(std::move(shared));
  }
  std::ranges::stable_sort(out, {}, &SubjectReport::Shared::at);
  return out;
}

std::string_view state_of(storage::LoanStatus status) {
  switch (status) {
    case storage::LoanStatus::on_loan:
      return "te leen: wij kunnen het lezen";
    case storage::LoanStatus::locked:
      return "op slot: wij kunnen het niet meer lezen";
    case storage::LoanStatus::taken_over:
      return "overgenomen in ons eigen dossier";
    case storage::LoanStatus::flagged:
      return "overgenomen; de toestemming is daarna ingetrokken";
  }
  return "";
}

Result<std::vector<SubjectReport::Shared>> received_of(Context& context, const std::string& client) {
  std::vector<SubjectReport::Shared> out;
  KNOOP_LET(acquisitions, storage::acquisitions_of(context.tx, client));
  KNOOP_LET(fragments, storage::received_of(context.tx, client));
  for (const storage::Acquisition& one : acquisitions) {
    if (one.state != storage::AcquisitionState::received || !one.receipt) continue;
    KNOOP_LET(shared, shared_by(context.membership(), one.peer, *one.receipt));
    shared.at = one.changed;
    for (const storage::ReceivedFragment& fragment : fragments)
      if (fragment.peer == one.peer && fragment.exchange == one.request.exchange)
        shared.after.push_back(fmt::format("{}: {}.", facts(fragment.fragment.content.category).label,
                                           state_of(fragment.status)));
    out.push_back(std::move(shared));
  }
  std::ranges::stable_sort(out, {}, &SubjectReport::Shared::at);
  return out;
}

const std::string& value(const audit::ExportedEntry& entry, Field field) {
  static const std::string erased;
  const auto* opening = std::get_if<audit::Opening>(&entry.fields[slot(field)]);
  return opening ? opening->value : erased;
}

std::size_t count_of(std::string_view bases) {
  return bases.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(bases, ','));
}

std::string who_did(const std::string& role, const std::string& user, const std::string& organisation) {
  const auto named = [&user](std::string_view title) {
    return user.empty() ? std::string(title) : fmt::format("{} {}", title, user);
  };
  switch (role_from(role).value_or(Role::node)) {
    case Role::professional:
      return named("Medewerker");
    case Role::team_lead:
      return named("Teamleider");
    case Role::privacy_officer:
      return named("Privacyfunctionaris");
    case Role::administrator:
      return named("Beheerder");
    case Role::monitor:
      return named("Toezichthouder");
    case Role::service:
      return named("Het gekoppelde programma");
    case Role::peer:
      return organisation;
    case Role::node:
      break;
  }
  return role.empty() ? "Iemand (de naam is gewist)" : "Het systeem";
}

/// "fragment <id>" → what kind of information that is, own or from others.
Result<std::string> about(Context& context, std::string_view object,
                          const std::vector<storage::ReceivedFragment>& received) {
  constexpr std::string_view name = "fragment ";
  if (!object.starts_with(name)) return std::string();
  const auto id = FragmentId::from_hex(object.substr(name.size()));
  if (!id) return std::string();
  KNOOP_LET(own, storage::find_fragment(context.tx, *id));
  if (own) return std::string(facts(own->fragment.category).label);
  for (const storage::ReceivedFragment& one : received)
    if (one.fragment.id == *id) return std::string(facts(one.fragment.content.category).label);
  return std::string();
}

Result<SubjectReport::Line> line_of(Context& context, const storage::AuditPlace& place,
                                    const audit::ExportedEntry& entry,
                                    const std::vector<storage::ReceivedFragment>& received) {
  SubjectReport::Line line;
  line.place = place;
  const auto time = Timestamp::parse(value(entry, Field::time));
  if (time) line.at = *time;
  line.event = value(entry, Field::event);
  line.emergency = value(entry, Field::emergency) == "yes";
  const auto member = MemberId::from_hex(value(entry, Field::peer));
  const std::string organisation = member ? organisation_name(context.membership(), *member) : "";
  line.who = who_did(value(entry, Field::role), value(entry, Field::user), organisation);
  if (const std::string& other = value(entry, Field::responsible); !other.empty())
    line.who += fmt::format(", namens {}", other);
  const auto event = audit::event_from(line.event);
  if (!event)
    return fail(ErrorCode::damaged_database, Side::ours, "log entry {} tells of an event that is unknown",
                entry.index);
  const auto outcome = audit::outcome_from(value(entry, Field::outcome)).value_or(audit::Outcome::success);
  const auto action = audit::action_from(value(entry, Field::action)).value_or(audit::Action::execute);
  line.sentence = audit::sentence(*event, outcome, line.who, organisation);
  line.matter = audit::matter_of(*event, action);
  KNOOP_LET(kind, about(context, value(entry, Field::object), received));
  line.about = std::move(kind);
  line.why = reason_of({.event = *event,
                        .outcome = outcome,
                        .purpose = value(entry, Field::purpose),
                        .authorisation = value(entry, Field::authorisation),
                        .detail = value(entry, Field::detail),
                        .bases = count_of(value(entry, Field::basis)),
                        .emergency = line.emergency});
  return line;
}

Result<void> add_lines(Context& context, SubjectReport& report, const storage::AuditPlace& from) {
  KNOOP_LET(received, storage::received_of(context.tx, report.client));
  // Collected first: a look-up while rows are walked would use the statement that walks them.
  std::vector<std::pair<storage::AuditPlace, audit::ExportedEntry>> entries;
  KNOOP_TRY(storage::each_audit_entry_of_client(
      context.tx, report.client, from, report_slice + 1,
      [&](const storage::AuditPlace& place, const audit::ExportedEntry& entry) -> Result<void> {
        entries.emplace_back(place, entry);
        return {};
      }));
  if (entries.size() > report_slice) {
    report.next = entries.back().first;
    entries.pop_back();
  }
  for (const auto& [place, entry] : entries) {
    KNOOP_LET(line, line_of(context, place, entry, received));
    report.lines.push_back(std::move(line));
  }
  return {};
}

/// What a restore lost of the log nobody here knows: that there was one is said (incarnations.h).
Result<std::vector<SubjectReport::Said>> restores(Context& context) {
  std::vector<SubjectReport::Said> out;
  KNOOP_LET(logs, storage::audit_incarnations(context.tx));
  for (const std::uint32_t log : logs) {
    if (log == 1) continue;
    KNOOP_LET(opened, storage::entry_time(context.tx, log, 0));
    if (opened)
      out.push_back({*opened,
                     "Na een storing is ons systeem teruggezet naar een eerder moment. Van wat er vlak "
                     "daarvoor gebeurde, kan "
                     "hier iets ontbreken."});
  }
  return out;
}

Result<SubjectReport> begin(Context& context, const std::string& client) {
  SubjectReport report;
  report.client = client;
  if (const auto& card = context.membership().own_card()) report.organisation = card->name;
  report.made = context.now;
  report.made_by = context.actor.user;
  return report;
}

Result<void> log_read(Context& context, const SubjectReport& report) {
  KNOOP_TRY(context.audit({.event = audit::Event::subject_reported,
                           .action = audit::Action::read,
                           .client = report.client,
                           .detail = fmt::format("{} entries, {} given, {} received", report.lines.size(),
                                                 report.given.size(), report.received.size())}));
  return {};
}

}  // namespace

std::string organisation_name(const Membership& membership, const MemberId& member) {
  if (membership.own_card() && member == membership.self()) return membership.own_card()->name;
  if (const Card* card = membership.card(member)) return card->name;
  if (const Card* card = membership.card_of_former(member)) return card->name;
  return membership.slug(member);
}

Result<SubjectReport> subject_report(Context& context, const std::string& client) {
  KNOOP_LET(report, begin(context, client));
  KNOOP_LET(record, storage::find_client(context.tx, client));
  if (record) {
    const records::Client& known = record->client;
    for (const std::string* part : {&known.given_names, &known.prefix, &known.surname}) {
      if (part->empty()) continue;
      if (!report.name.empty()) report.name += ' ';
      report.name += *part;
    }
  }
  KNOOP_LET(given, given_of(context, client));
  report.given = std::move(given);
  KNOOP_LET(received, received_of(context, client));
  report.received = std::move(received);
  KNOOP_LET(consents, storage::consents_of(context.tx, client));
  for (const consent::Consent& one : consents)
    report.consents.push_back({one.recorded_at, sentence_of(context.membership(), one)});
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));
  for (const consent::Ground& one : grounds)
    report.grounds.push_back({one.recorded_at, sentence_of(context.membership(), one)});
  KNOOP_LET(back, restores(context));
  report.restores = std::move(back);
  KNOOP_TRY(add_lines(context, report, {1, 0}));
  if (!record && report.lines.empty())
    return fail(ErrorCode::not_found, Side::user, "nothing here was ever about a client with this reference");
  KNOOP_TRY(log_read(context, report));
  return report;
}

Result<SubjectReport> subject_report_lines(Context& context, const std::string& client,
                                           const storage::AuditPlace& from) {
  KNOOP_LET(report, begin(context, client));
  KNOOP_TRY(add_lines(context, report, from));
  KNOOP_TRY(log_read(context, report));
  return report;
}

}  // namespace knoop
