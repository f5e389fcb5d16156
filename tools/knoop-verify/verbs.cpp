#include "tools/knoop-verify/verbs.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace knoop::verifier {
namespace {

using Json = nlohmann::json;

void print(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

/// What does not hold at all, or cannot be read.
int refuse(const std::filesystem::path& file, const Error& error, bool json) {
  const bool unreadable = error.code == ErrorCode::io_failed || error.code == ErrorCode::not_found;
  if (json)
    print({{"accepted", false}, {"code", to_string(error.code)}, {"sentence", error.sentence}});
  else
    fmt::print("{}  {}\n  {}\n", unreadable ? "UNREADABLE" : "REJECTED", file.string(), error.sentence);
  return unreadable ? exit_unreadable : exit_rejected;
}

Json as_json(const HeadWitnesses& witnesses) {
  Json by = Json::array();
  for (const audit::WitnessedBy& one : witnesses.by)
    by.push_back({{"member", one.member.hex()}, {"at", one.at.iso()}});
  return {{"named", witnesses.rule.named},
          {"needed", witnesses.rule.quorum},
          {"judged", witnesses.rule.can_be_judged()},
          {"witnessed", witnesses.rule.size > 0},
          {"by", std::move(by)}};
}

/// `head` is whose signed head it is all about.
void say_common(const audit::SignedHead& head, const HeadWitnesses& witnesses, bool confirmed) {
  fmt::print("  under a signed head of {} entries of log {}\n", head.checkpoint.size,
             head.origin.incarnation);
  for (const std::string& sentence : sentences(witnesses.rule)) fmt::print("  {}\n", sentence);
  if (!confirmed)
    fmt::print("  member {} by its card's own word, witnesses not judged: give --convenant\n",
               head.origin.member.hex());
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return out;
}

int check_proof(const ProofRequest& request, bool json) {
  const auto report = verify_proof(request);
  if (!report) return refuse(request.file, report.error(), json);
  Json fields = Json::object();
  if (report->entry)
    for (std::size_t i = 0; i < audit::field_count; ++i)
      if (const auto* opening = std::get_if<audit::Opening>(&report->entry->fields[i]))
        if (!opening->value.empty()) fields[std::string(audit::all_fields[i].name)] = opening->value;
  const int status = report->accepted() ? exit_accepted : exit_rejected;
  if (json) {
    print({{"accepted", report->accepted()},
           {"member", report->head.origin.member.hex()},
           {"name", report->member},
           {"origin", report->head.origin.text()},
           {"index", report->proof.index},
           {"leaf", report->proof.leaf.hex()},
           {"size", report->head.checkpoint.size},
           {"memberConfirmed", report->confirmed},
           {"witnesses", as_json(report->witnesses)},
           {"entry", std::move(fields)}});
    return status;
  }
  fmt::print("{}  {}\n  entry {} stands in the log of {}\n", report->accepted() ? "ACCEPTED" : "REJECTED",
             request.file.string(), report->proof.index, printable(report->member));
  say_common(report->head, report->witnesses, report->confirmed);
  for (const auto& [name, value] : fields.items())
    fmt::print("  {}: {}\n", name, printable(value.get<std::string>()));
  return status;
}

int check_destruction(const DestructionRequest& request, bool json) {
  const auto report = verify_destruction(request);
  if (!report) return refuse(request.file, report.error(), json);
  const erasure::DestructionRecord& record = report->record;
  const int status = report->accepted() ? exit_accepted : exit_rejected;
  Json recipients = Json::array();
  std::string lines;
  for (std::size_t i = 0; i < record.recipients.size(); ++i) {
    const erasure::DestructionRecipient& one = record.recipients[i];
    const auto& told = report->recipients[i];
    Json item{{"member", one.member.hex()},         {"name", told.name},
              {"exchange", one.exchange.hex()},     {"given", one.given},
              {"answered", one.answer.has_value()}, {"checked", told.checked}};
    lines += fmt::format("  {} was given {}", printable(told.name), one.given);
    if (one.answer) {
      item["destroyed"] = one.answer->destroyed;
      item["kept"] = one.answer->kept;
      lines += fmt::format(", says that it destroyed {} and kept {} as its own", one.answer->destroyed,
                           one.answer->kept);
      lines += told.broken    ? ": " + told.broken->sentence
               : told.checked ? ", and signed that"
                              : "; whether it signed that was not checked: give its --card";
    } else {
      lines += " and did not answer";
    }
    lines += "\n";
    if (told.broken) item["broken"] = told.broken->sentence;
    recipients.push_back(std::move(item));
  }
  if (json) {
    print({{"accepted", report->accepted()},
           {"member", record.log.member.hex()},
           {"name", report->member},
           {"memberConfirmed", report->confirmed},
           {"destruction", record.destruction.hex()},
           {"of", record.fragment ? "fragment" : "client"},
           {"ground", record.ground},
           {"done", record.done.iso()},
           {"entry", record.entry},
           {"entryShown", report->shown},
           {"fieldsErased", record.fields_erased},
           {"witnesses", as_json(report->witnesses)},
           {"recipients", std::move(recipients)}});
    return status;
  }
  fmt::print("{}  {}\n  {} destroyed a {} at {} ({}); {} log entries lost their personal fields\n",
             report->accepted() ? "ACCEPTED" : "REJECTED", request.file.string(), printable(report->member),
             record.fragment ? "fragment" : "client", record.done.iso(), record.ground, record.fields_erased);
  fmt::print("  entry {} of its log {}\n", record.entry,
             report->shown ? "says so" : "is proven; give --export to see that it says so");
  say_common(report->head, report->witnesses, report->confirmed);
  fmt::print("{}", lines);
  return status;
}

int check_receipt(const ReceiptRequest& request, bool json) {
  const auto report = verify_receipt(request);
  if (!report) return refuse(request.file, report.error(), json);
  const exchange::ReceiptBody& body = report->receipt.body;
  if (json) {
    Json items = Json::array();
    for (const auto& item : body.items)
      items.push_back({{"fragment", item.fragment.hex()}, {"category", to_string(item.category)}});
    print({{"accepted", true},
           {"sender", report->sender.name},
           {"receiver", report->receiver.name},
           {"membersConfirmed", report->members_confirmed},
           {"exchange", body.exchange.hex()},
           {"purpose", consent::to_string(body.obligations.purpose)},
           {"until", body.obligations.until.iso()},
           {"at", body.at.iso()},
           {"items", std::move(items)},
           {"opened", report->receipt.opened.size()}});
    return exit_accepted;
  }
  fmt::print("ACCEPTED  {}\n  {} gave {} fragments to {}, who signed for them at {}\n", request.file.string(),
             printable(report->sender.name), body.items.size(), printable(report->receiver.name),
             body.at.iso());
  fmt::print("  for {}, until {}, not to be passed on\n", consent::to_string(body.obligations.purpose),
             body.obligations.until.iso());
  for (const auto& item : body.items) {
    bool opened = false;
    for (const auto& fragment : report->receipt.opened) opened |= fragment.id == item.fragment;
    fmt::print("  {} {}{}\n", to_string(item.category), item.fragment.hex(),
               opened ? ", and the content in this file is what was given" : "");
  }
  if (!report->members_confirmed)
    fmt::print("  sender {}\n  receiver {}\n  by the file's own word: give --convenant to confirm both\n",
               body.sender.hex(), body.receiver.hex());
  return exit_accepted;
}

}  // namespace knoop::verifier
