// Prints resources of every kind that Knoop writes, for tests/fhir/check.cjs: each event of the log open and redacted, with every action and
// outcome; consents of every answer; a release.
#include <cstdio>

#include "node/files/fhir_export.h"
#include "protocol/exchange/release.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

TestEntropy entropy{7};
const MemberId self(std::array<Byte, 32>{1});
const MemberId other(std::array<Byte, 32>{2});
const audit::LogOrigin origin{NetworkId(std::array<Byte, 32>{3}), self, 1};
const Timestamp now{1'800'000'000'000};

std::string name_of(const MemberId& member) {
  return member == self ? "Bureau <Een> \"& zn\"" : "Organisatie twee";
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

void print_events() {
  std::uint64_t index = 0;
  for (const audit::Action action : {audit::Action::create, audit::Action::read, audit::Action::update,
                                     audit::Action::erase, audit::Action::execute})
    for (const audit::Outcome outcome :
         {audit::Outcome::success, audit::Outcome::refused, audit::Outcome::failed})
      for (const bool full : {true, false}) {
#define KNOOP_PRINT(event_name, number, text)                                                         \
  {                                                                                                   \
    audit::AuditEntry entry{.event = audit::Event::event_name, .outcome = outcome, .action = action}; \
    if (full) {                                                                                       \
      entry.decision = DecisionId(std::array<Byte, 16>{4});                                           \
      entry.bases = {BasisId(std::array<Byte, 16>{5})};                                               \
      entry.receipt = Hash256(std::array<Byte, 32>{6});                                               \
      entry.peer = other;                                                                             \
      entry.user = "c.jansen";                                                                        \
      entry.responsible = "b.devries";                                                                \
      entry.role = "professional";                                                                    \
      entry.client = "C-1";                                                                           \
      entry.object = "fragment 0a";                                                                   \
      entry.purpose = "warme-overdracht: aanmelding; <script>";                                       \
      entry.emergency = true;                                                                         \
      entry.source = "console";                                                                       \
      entry.detail = "3 fragments";                                                                   \
    }                                                                                                 \
    const auto sealed = audit::seal(index++, now, entry, entropy);                                    \
    if (!sealed) std::abort();                                                                        \
    print(fhir_audit_event(origin, audit::export_entry(*sealed, false), name_of));                    \
    print(fhir_audit_event(origin, audit::export_entry(*sealed, true), name_of));                     \
  }
        KNOOP_AUDIT_EVENTS(KNOOP_PRINT)
#undef KNOOP_PRINT
      }
}

void print_consents() {
  Byte number = 1;
  for (const auto& [answer, answer_name] : consent::answers)
    for (const auto& [kind, kind_name] : consent::kinds) {
      consent::Consent one;
      one.id = BasisId(std::array<Byte, 16>{number++});
      one.client = "C-1";
      one.kind = kind;
      one.answer = answer;
      one.givers = {{consent::Capacity::youth, "jeugdige", "bekend", "", Date{2026, 11, 1}},
                    {consent::Capacity::parent, "moeder", "bekend", "register", Date{2026, 11, 1}}};
      if (answer == consent::Answer::yes || answer == consent::Answer::partly) {
        one.recipient = other;
        one.purpose = consent::Purpose::handover;
        one.until = Date{2027, 1, 31};
      }
      one.everything = answer == consent::Answer::yes;
      one.categories = {Category::reason, Category::safety};
      if (answer == consent::Answer::partly) one.exclusions = {Category::health};
      one.from = Date{2026, 11, 1};
      one.text_version = "2026-1";
      one.text_hash = Hash256(std::array<Byte, 32>{8});
      one.recorded_at = now;
      if (kind == consent::Kind::avg) one.withdrawn_at = now;
      print(fhir_consent(self, one, name_of));
    }
}

void print_release() {
  exchange::WireFragment fragment;
  fragment.id = FragmentId(std::array<Byte, 16>{1});
  fragment.content = {Category::reason, "Titel",        records::Nature::fact, "C. Jansen",
                      Date{2026, 1, 2}, "Een verhaal.", {"jeugdige"}};
  const std::vector<exchange::Item> items{{fragment, 0}};
  const BasisId basis(std::array<Byte, 16>{8});
  const std::vector<exchange::BasisStatement> bases{
      {basis, std::nullopt, other, consent::Purpose::handover, Date{2027, 6, 1}, false}};
  const exchange::Parties parties{origin.network, self, other};
  const exchange::OfferTerms terms{ExchangeId(std::array<Byte, 16>{4}),
                                   {std::nullopt, HandoverId(std::array<Byte, 16>{5})},
                                   DecisionId(std::array<Byte, 16>{6}),
                                   {},
                                   {consent::Purpose::handover, Date{2027, 6, 1}, false},
                                   {1, 17, Hash256(std::array<Byte, 32>{7})}};
  const SigningKeyPair receiver = new_signing_key(entropy);
  const auto made = exchange::make_offer(parties, terms, items, bases, entropy);
  if (!made) std::abort();
  storage::Release release;
  release.peer = other;
  release.state = storage::ReleaseState::disclosed;
  release.client = "C-1";
  release.request.exchange = terms.exchange;
  release.receipt = exchange::make_receipt(parties, made->offer, now, receiver.secret_key);
  release.changed = now;
  const std::string text = fhir_provenance(self, release, {basis}, name_of);
  if (text.find("verhaal") != std::string::npos) std::abort();  // content never leaves this way
  print(text);
}

}  // namespace

int main() {
  print_events();
  print_consents();
  print_release();
}
