#include "config/convenant.h"

#include <algorithm>
#include <set>

#include "config/document.h"
#include "config/slug.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "crypto/x25519.h"

namespace knoop {
namespace {

constexpr std::size_t max_members = 2000;
constexpr int longest_months = 13;

std::uint32_t days(DocumentReader& reader, const std::string& key, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(reader.number_or(key, otherwise, 1, 366));
}

void check_slug(DocumentReader& reader, const std::string& key, std::string_view text) {
  if (!is_slug(text)) reader.complain(key, "must be 2 to 40 of a-z, 0-9 and '-'");
}

ConvenantMember read_member(DocumentReader& root, const DocumentTable& table) {
  DocumentReader reader(table, "convenant [[member]]", Side::peer);
  ConvenantMember member;
  member.id = reader.text("id", 40);
  check_slug(reader, "id", member.id);
  member.member = reader.hex<MemberId>("organisation_key");
  member.kind = reader.text("kind", 40);
  check_slug(reader, "kind", member.kind);
  member.quota_handles = static_cast<std::uint64_t>(reader.number("quota_handles", 1, 100'000'000));
  member.succeeds = reader.optional_hex<MemberId>("succeeds");
  if (!check_signing_key(organisation_key(member.member)))
    reader.complain("organisation_key", "is no usable Ed25519 key");
  root.absorb(reader);
  return member;
}

ConvenantTerms read_terms(DocumentReader& root) {
  DocumentReader reader(root.table("terms"), "convenant [terms]", Side::peer);
  ConvenantTerms terms;
  terms.contact_days = days(reader, "contact_days", terms.contact_days);
  terms.answer_days = days(reader, "answer_days", terms.answer_days);
  terms.urgent_answer_days = days(reader, "urgent_answer_days", terms.urgent_answer_days);
  terms.handover_calendar_days = days(reader, "handover_calendar_days", terms.handover_calendar_days);
  terms.arrival_calendar_days = days(reader, "arrival_calendar_days", terms.arrival_calendar_days);
  terms.feedback_days = days(reader, "feedback_days", terms.feedback_days);
  terms.next_step_days = days(reader, "next_step_days", terms.next_step_days);
  terms.reminder_days = days(reader, "reminder_days", terms.reminder_days);
  terms.escalation_days = days(reader, "escalation_days", terms.escalation_days);
  terms.aftercare_days = days(reader, "aftercare_days", terms.aftercare_days);
  terms.lease_calendar_days = days(reader, "lease_calendar_days", terms.lease_calendar_days);
  terms.unwitnessed_hours = days(reader, "unwitnessed_hours", terms.unwitnessed_hours);
  root.absorb(reader);
  return terms;
}

/// Days on which no term runs on are few and lie close together, or terms would mean nothing.
std::vector<terms::Recess> read_recesses(DocumentReader& root) {
  std::vector<terms::Recess> out;
  for (const DocumentTable* item : root.tables("recess", terms::most_recesses)) {
    DocumentReader reader(*item, "convenant [[recess]]", Side::peer);
    const auto day = [&](const char* key) {
      const auto parsed = Date::parse(reader.text(key, 10));
      if (!parsed) reader.complain(key, "must be a day such as 2026-12-24");
      return parsed.value_or(Date{});
    };
    const terms::Recess recess{day("first"), day("last")};
    if (recess.last < recess.first || recess.last.days() - recess.first.days() >= terms::longest_recess_days)
      reader.complain("last", fmt::format("must be the first day or one of the {} after it",
                                          terms::longest_recess_days - 1));
    if (!out.empty() && recess.first <= out.back().last)
      reader.complain("first", "must be after the recess before it");
    root.absorb(reader);
    out.push_back(recess);
  }
  return out;
}

void read_access(DocumentReader& root, Convenant& convenant) {
  for (const DocumentTable* table : root.tables("may_ask", 100)) {
    DocumentReader reader(*table, "convenant [[may_ask]]", Side::peer);
    const std::string kind = reader.text("kind", 40);
    check_slug(reader, "kind", kind);
    std::vector<Category> categories;
    for (const std::string& code : reader.texts("categories", all_categories.size(), 3)) {
      if (const auto category = category_from(code))
        categories.push_back(*category);
      else
        reader.complain("categories", "must hold codes F01 to F18");
    }
    if (!convenant.may_ask.emplace(kind, std::move(categories)).second)
      reader.complain("kind", "stands here twice");
    root.absorb(reader);
  }
}

void read_witnesses(DocumentReader& root, Convenant& convenant) {
  for (const DocumentTable* table : root.tables("witness_set", max_members)) {
    DocumentReader reader(*table, "convenant [[witness_set]]", Side::peer);
    WitnessSet set{reader.text("member", 40), reader.texts("witnesses", 16, 40),
                   static_cast<std::uint32_t>(reader.number("tolerated", 0, 31))};
    // Then the tolerated ones can neither keep a head from being witnessed nor have two heads witnessed.
    if (set.witnesses.size() <= 3UL * set.tolerated)
      reader.complain("tolerated", "must be less than a third of the witnesses");
    if (std::set<std::string>(set.witnesses.begin(), set.witnesses.end()).size() != set.witnesses.size())
      reader.complain("witnesses", "names a member twice");
    convenant.witness_sets.push_back(std::move(set));
    root.absorb(reader);
  }
}

void read_ladders(DocumentReader& root, Convenant& convenant) {
  for (const DocumentTable* table : root.tables("level", 20)) {
    DocumentReader reader(*table, "convenant [[level]]", Side::peer);
    ConvenantLevel level{reader.text("name", 80),
                         static_cast<std::uint32_t>(reader.number("from_professionals", 1, 1'000))};
    if (!convenant.levels.empty() && convenant.levels.back().from_professionals >= level.from_professionals)
      reader.complain("from_professionals", "must rise from level to level");
    convenant.levels.push_back(std::move(level));
    root.absorb(reader);
  }
  for (const DocumentTable* table : root.tables("escalation", 20)) {
    DocumentReader reader(*table, "convenant [[escalation]]", Side::peer);
    convenant.escalation.push_back(
        {reader.text("role", 200), static_cast<std::uint32_t>(reader.number("after_days", 0, 366))});
    root.absorb(reader);
  }
}

void read_coordinator(DocumentReader& root, Convenant& convenant) {
  DocumentReader reader(root.table("coordinator"), "convenant [coordinator]", Side::peer);
  convenant.coordinator_order = reader.texts("order", 50, 40);
  for (const std::string& kind : convenant.coordinator_order) check_slug(reader, "order", kind);
  convenant.coordinator_under_measure = reader.optional_text("under_measure", 40);
  if (convenant.coordinator_under_measure)
    check_slug(reader, "under_measure", *convenant.coordinator_under_measure);
  root.absorb(reader);
}

void read_auditor(DocumentReader& root, Convenant& convenant) {
  const DocumentTable& table = root.table("auditor");
  if (table.empty()) return;
  DocumentReader reader(table, "convenant [auditor]", Side::peer);
  convenant.auditor =
      ConvenantAuditor{reader.text("name", 120), reader.hex<SigningPublicKey>("signing_key"),
                       reader.hex<SealingPublicKey>("sealing_key"),
                       static_cast<std::uint32_t>(reader.number("sample_size", 0, 1'000'000))};
  if (!check_signing_key(convenant.auditor->signing_key))
    reader.complain("signing_key", "is no usable Ed25519 key");
  if (!contributes(convenant.auditor->sealing_key)) reader.complain("sealing_key", "has small order");
  root.absorb(reader);
}

void check_whole(DocumentReader& root, const Convenant& convenant) {
  std::set<std::string> ids;
  std::set<MemberId> members;
  for (const ConvenantMember& member : convenant.members) {
    if (!ids.insert(member.id).second) root.complain("member", "names one id twice");
    if (!members.insert(member.member).second) root.complain("member", "names one organisation key twice");
  }
  std::set<SigningPublicKey> managers;
  for (const ConvenantManager& manager : convenant.managers)
    if (!managers.insert(manager.key).second) root.complain("manager", "names one key twice");
  if (convenant.managers.empty())
    root.complain("manager", "is missing: a convenant has at least one manager");
  if (convenant.threshold * 2 <= convenant.managers.size() || convenant.threshold > convenant.managers.size())
    root.complain("threshold", "must be more than half of the managers and at most all of them");
  if ((convenant.number == 1) == convenant.previous.has_value())
    root.complain("previous", "stands in every version but the first");
  const Date last = Date::of(convenant.valid_from).plus_months(longest_months);
  if (convenant.expires <= convenant.valid_from || Date::of(convenant.expires) > last)
    root.complain("expires", "must be later than valid_from by at most 13 months");
  if (convenant.backstop && !ids.contains(*convenant.backstop))
    root.complain("backstop", "must be the id of a member");
  for (const ConvenantMember& member : convenant.members)
    if (member.succeeds && members.contains(*member.succeeds))
      root.complain("member", "succeeds an organisation key that is still a member");
  for (const WitnessSet& set : convenant.witness_sets)
    if (!ids.contains(set.member) || !std::ranges::all_of(set.witnesses, [&](const auto& id) {
          return id != set.member && ids.contains(id);
        }))
      root.complain("witness_set", "must name members, and nobody as witness of himself");
  std::set<std::string> watched;
  for (const WitnessSet& set : convenant.witness_sets)
    if (!watched.insert(set.member).second) root.complain("witness_set", "stands twice for one member");
}

Result<Convenant> parse(std::string_view text) {
  if (!text.starts_with(convenant_first_line))
    return fail(
        ErrorCode::unknown_version, Side::peer,
        "this is no convenant that this program knows; its first line must be \"# knoop/convenant/v1\"");
  KNOOP_LET(table, parse_document(text, max_convenant_bytes, Side::peer));
  DocumentReader root(table, "convenant", Side::peer);
  Convenant convenant;
  convenant.number = static_cast<std::uint32_t>(root.number("number", 1, 1'000'000));
  convenant.previous = root.optional_hex<Hash256>("previous");
  convenant.name = root.text("name", 200);
  convenant.valid_from = root.time("valid_from");
  convenant.expires = root.time("expires");
  convenant.threshold = static_cast<std::uint32_t>(root.number("threshold", 1, 100));
  convenant.minimum_protocol = static_cast<std::uint16_t>(root.number("minimum_protocol", 1, 65535));
  convenant.family_matching = root.truth_or("family_matching", true);
  convenant.address_alone = root.truth_or("address_alone", false);
  for (const DocumentTable* item : root.tables("manager", 100)) {
    DocumentReader reader(*item, "convenant [[manager]]", Side::peer);
    convenant.managers.push_back({reader.text("name", 120), reader.hex<SigningPublicKey>("key")});
    if (!check_signing_key(convenant.managers.back().key)) reader.complain("key", "is no usable Ed25519 key");
    root.absorb(reader);
  }
  for (const DocumentTable* item : root.tables("member", max_members))
    convenant.members.push_back(read_member(root, *item));
  convenant.terms = read_terms(root);
  convenant.terms.recesses = read_recesses(root);
  read_access(root, convenant);
  read_ladders(root, convenant);
  read_coordinator(root, convenant);
  convenant.backstop = root.optional_text("backstop", 40);
  read_witnesses(root, convenant);
  read_auditor(root, convenant);
  check_whole(root, convenant);
  KNOOP_TRY(root.finish());
  return convenant;
}

std::vector<NoteVerifier> verifiers(const Convenant& convenant) {
  std::vector<NoteVerifier> out;
  for (const ConvenantManager& manager : convenant.managers)
    out.push_back({convenant_signer(manager.key), manager.key});
  return out;
}

/// The managers of `judge` signed in sufficient number.
Result<void> enough_signatures(const Note& note, const Convenant& judge) {
  KNOOP_LET(signers, verify_note(note, verifiers(judge)));
  if (signers.size() < judge.threshold)
    return fail(ErrorCode::bad_signature, Side::user,
                "the convenant has {} of the {} signatures of managers that version {} asks for; let more of "
                "them sign",
                signers.size(), judge.threshold, judge.number);
  return {};
}

}  // namespace

std::string convenant_signer(const SigningPublicKey& manager) {
  return manager.hex();
}

const ConvenantMember* Convenant::find(const MemberId& member) const {
  const auto found = std::ranges::find(members, member, &ConvenantMember::member);
  return found == members.end() ? nullptr : &*found;
}

Result<Hash256> convenant_hash(std::string_view encoded) {
  KNOOP_LET(note, parse_note(encoded, max_convenant_bytes));
  return sha256(view(note.text));
}

Result<NetworkId> network_id(std::string_view first_version) {
  KNOOP_LET(hash, convenant_hash(first_version));
  return NetworkId::from(hash.view());
}

Result<std::string> convenant_text(const Convenant& convenant) {
  std::string out(convenant_first_line);
  const auto line = [&out](std::string_view key, const std::string& value) {
    out += fmt::format("{} = {}\n", key, value);
  };
  line("number", std::to_string(convenant.number));
  if (convenant.previous) line("previous", toml_text(convenant.previous->hex()));
  line("name", toml_text(convenant.name));
  line("valid_from", toml_text(convenant.valid_from.iso()));
  line("expires", toml_text(convenant.expires.iso()));
  line("threshold", std::to_string(convenant.threshold));
  line("minimum_protocol", std::to_string(convenant.minimum_protocol));
  line("family_matching", convenant.family_matching ? "true" : "false");
  line("address_alone", convenant.address_alone ? "true" : "false");
  if (convenant.backstop) line("backstop", toml_text(*convenant.backstop));
  out += "\n[terms]\n";
  const ConvenantTerms& terms = convenant.terms;
  line("contact_days", std::to_string(terms.contact_days));
  line("answer_days", std::to_string(terms.answer_days));
  line("urgent_answer_days", std::to_string(terms.urgent_answer_days));
  line("handover_calendar_days", std::to_string(terms.handover_calendar_days));
  line("arrival_calendar_days", std::to_string(terms.arrival_calendar_days));
  line("feedback_days", std::to_string(terms.feedback_days));
  // Younger than the first convenants: written where they are agreed otherwise.
  const ConvenantTerms usual;
  if (terms.next_step_days != usual.next_step_days)
    line("next_step_days", std::to_string(terms.next_step_days));
  if (terms.reminder_days != usual.reminder_days) line("reminder_days", std::to_string(terms.reminder_days));
  if (terms.escalation_days != usual.escalation_days)
    line("escalation_days", std::to_string(terms.escalation_days));
  if (terms.aftercare_days != usual.aftercare_days)
    line("aftercare_days", std::to_string(terms.aftercare_days));
  line("lease_calendar_days", std::to_string(terms.lease_calendar_days));
  line("unwitnessed_hours", std::to_string(terms.unwitnessed_hours));
  for (const terms::Recess& recess : terms.recesses) {
    out += "\n[[recess]]\n";
    line("first", toml_text(recess.first.iso()));
    line("last", toml_text(recess.last.iso()));
  }
  for (const ConvenantManager& manager : convenant.managers) {
    out += "\n[[manager]]\n";
    line("name", toml_text(manager.name));
    line("key", toml_text(manager.key.hex()));
  }
  for (const ConvenantMember& member : convenant.members) {
    out += "\n[[member]]\n";
    line("id", toml_text(member.id));
    line("organisation_key", toml_text(member.member.hex()));
    line("kind", toml_text(member.kind));
    line("quota_handles", std::to_string(member.quota_handles));
    if (member.succeeds) line("succeeds", toml_text(member.succeeds->hex()));
  }
  for (const auto& [kind, categories] : convenant.may_ask) {
    std::vector<std::string> codes;
    for (const Category category : categories) codes.emplace_back(to_string(category));
    out += "\n[[may_ask]]\n";
    line("kind", toml_text(kind));
    line("categories", toml_texts(codes));
  }
  for (const ConvenantLevel& level : convenant.levels) {
    out += "\n[[level]]\n";
    line("name", toml_text(level.name));
    line("from_professionals", std::to_string(level.from_professionals));
  }
  for (const EscalationStep& step : convenant.escalation) {
    out += "\n[[escalation]]\n";
    line("role", toml_text(step.role));
    line("after_days", std::to_string(step.after_days));
  }
  if (!convenant.coordinator_order.empty() || convenant.coordinator_under_measure) {
    out += "\n[coordinator]\n";
    line("order", toml_texts(convenant.coordinator_order));
    if (convenant.coordinator_under_measure)
      line("under_measure", toml_text(*convenant.coordinator_under_measure));
  }
  if (convenant.auditor) {
    out += "\n[auditor]\n";
    line("name", toml_text(convenant.auditor->name));
    line("signing_key", toml_text(convenant.auditor->signing_key.hex()));
    line("sealing_key", toml_text(convenant.auditor->sealing_key.hex()));
    line("sample_size", std::to_string(convenant.auditor->sample_size));
  }
  for (const WitnessSet& set : convenant.witness_sets) {
    out += "\n[[witness_set]]\n";
    line("member", toml_text(set.member));
    line("witnesses", toml_texts(set.witnesses));
    line("tolerated", std::to_string(set.tolerated));
  }
  const auto back = parse(out);
  if (!back) return fail(ErrorCode::bad_value, Side::user, "{}", back.error().sentence);
  if (*back != convenant)
    return fail(ErrorCode::bad_value, Side::user, "a field of the convenant cannot be written down as it is");
  return out;
}

Result<std::string> draft_convenant(const Convenant& convenant) {
  // A note without signatures is no note; a draft is the text alone.
  return convenant_text(convenant);
}

Result<std::string> countersign_convenant(std::string_view encoded, const SigningSecretKey& manager) {
  auto parsed = parse_note(encoded, max_convenant_bytes);
  Note note = parsed ? std::move(*parsed) : Note{std::string(encoded), {}};
  KNOOP_LET(convenant, parse(note.text));
  const SigningPublicKey key = signing_key_from_seed(seed_of(manager)).public_key;
  if (std::ranges::find(convenant.managers, key, &ConvenantManager::key) == convenant.managers.end() &&
      convenant.number == 1)
    return fail(ErrorCode::forbidden, Side::user, "this key belongs to no manager that the convenant names");
  KNOOP_TRY(sign_note(note, convenant_signer(key), manager));
  return note.encode();
}

Result<Convenant> check_first_convenant(std::string_view encoded) {
  KNOOP_LET(note, parse_note(encoded, max_convenant_bytes));
  KNOOP_LET(convenant, parse(note.text));
  if (convenant.number != 1)
    return fail(
        ErrorCode::wrong_state, Side::user,
        "this is version {} of a convenant; a node begins with version 1 and takes the others in order",
        convenant.number);
  KNOOP_TRY(enough_signatures(note, convenant));
  return convenant;
}

Result<Convenant> check_next_convenant(std::string_view encoded, std::string_view installed) {
  KNOOP_LET(note, parse_note(encoded, max_convenant_bytes));
  KNOOP_LET(old_note, parse_note(installed, max_convenant_bytes));
  KNOOP_LET(old, parse(old_note.text));
  KNOOP_TRY(enough_signatures(note, old));
  KNOOP_LET(convenant, parse(note.text));
  const Hash256 hash = sha256(view(old_note.text));
  if (convenant.number <= old.number)
    return fail(ErrorCode::conflict, Side::peer, "version {} of the convenant is installed already{}",
                convenant.number,
                convenant.number == old.number && sha256(view(note.text)) != hash
                    ? ", and with another text: the managers signed two; ask them which one counts"
                    : "");
  if (convenant.number != old.number + 1 || convenant.previous != hash)
    return fail(ErrorCode::wrong_state, Side::peer,
                "version {} does not follow on the installed version {}; take the versions in order",
                convenant.number, old.number);
  KNOOP_TRY(enough_signatures(note, convenant));
  return convenant;
}

}  // namespace knoop
