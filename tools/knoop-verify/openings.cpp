#include "tools/knoop-verify/openings.h"

#include <algorithm>
#include <map>

#include "config/card.h"
#include "tools/knoop-verify/convenants.h"
#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/openings_file.h"

namespace knoop::verifier {
namespace {

using matching::Handle;

constexpr std::size_t most_keys = 16;

/// A card of this member, of the time of the statement or later: the statement's signature decides.
Result<void> check_signed_by(const std::string& card_note, const MemberId& sender, const MemberId& recipient,
                             const NetworkId& network, const matching::EpochStatement& statement) {
  KNOOP_LET(card, check_card(card_note, sender));
  return matching::verify_statement(network, sender, recipient, statement, card.signing_key);
}

/// With each of the auditor's keys in turn: an older one opens what was sealed before a change.
template <typename Try>
auto with_any(const std::vector<SealingKeyPair>& keys, Try attempt) {
  auto result = attempt(matching::AuditorKey{keys.front().public_key, keys.front().secret_key});
  for (std::size_t i = 1; i < keys.size() && !result && result.error().code == ErrorCode::cannot_open; ++i)
    result = attempt(matching::AuditorKey{keys[i].public_key, keys[i].secret_key});
  return result;
}

void judge(const OpeningsRequest& request, const OpeningsHead& head,
           const std::map<Handle, OpeningLine>& lines, OpeningsReport& report) {
  const auto complain = [&](std::optional<Handle> handle, const Error& error) {
    report.findings.push_back({handle, error});
  };
  const auto context = with_any(request.keys, [&](const matching::AuditorKey& key) {
    return matching::open_context(head.audit, key, head.context);
  });
  if (!context) return complain(std::nullopt, context.error());
  const std::uint32_t sample = report.auditor.sample_size;
  for (const Handle handle : matching::challenged(head.audit.peers.draw, report.handles, sample)) {
    ++report.drawn;
    const auto line = lines.find(handle);
    if (line == lines.end()) {
      complain(handle, {ErrorCode::not_found, Side::peer,
                        fmt::format("handle {} was drawn and is not opened", handle)});
      continue;
    }
    auto opening = with_any(request.keys, [&](const matching::AuditorKey& key) {
      return matching::check_opening(head.audit, *context, key, handle, line->second.sealed,
                                     line->second.path);
    });
    if (opening)
      report.opened.push_back(std::move(*opening));
    else
      complain(handle, opening.error());
  }
}

std::string printable_value(const matching::Opening& opening) {
  const bool digits =
      std::ranges::all_of(opening.value, [](Byte byte) { return byte >= '0' && byte <= '9'; });
  return digits ? std::string(text_view(opening.value)) : to_hex(opening.value);
}

std::string csv_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

std::size_t OpeningsReport::dummies() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(opened, [](const matching::Opening& each) { return each.kind == 0; }));
}

Result<OpeningsReport> verify_openings(const OpeningsRequest& request) {
  if (request.keys.empty() || request.keys.size() > most_keys)
    return fail(ErrorCode::bad_value, Side::user, "name 1 to {} keys of the auditor", most_keys);
  OpeningsReport report;
  KNOOP_LET(convenant, read_convenants(request.convenants, report.network));
  if (!convenant.auditor)
    return fail(ErrorCode::not_found, Side::user,
                "this convenant names no auditor: there is no opening audit");
  report.auditor = *convenant.auditor;

  KNOOP_LET(reader, LineReader::open(request.file));
  std::string text;
  KNOOP_LET(any, reader.next(text));
  if (!any) return fail(ErrorCode::bad_format, Side::peer, "the file is empty");
  KNOOP_LET(head, parse_openings_head(text));
  const auto* const registrant = convenant.find(head.audit.registrant);
  const auto* const peer = convenant.find(head.audit.peer);
  if (head.audit.network != report.network || registrant == nullptr || peer == nullptr)
    return fail(ErrorCode::bad_value, Side::peer,
                "the openings are of another network, or of organisations that this convenant does not name");
  report.registrant = registrant->id;
  report.peer = peer->id;
  report.epoch = head.audit.own.epoch;
  report.handles = head.audit.peers.received.handles;

  std::map<Handle, OpeningLine> lines;
  while (true) {
    KNOOP_LET(more, reader.next(text));
    if (!more) break;
    KNOOP_LET(line, parse_opening_line(text));
    const Handle handle = line.handle;
    if (!lines.emplace(handle, std::move(line)).second)
      return fail(ErrorCode::bad_format, Side::peer, "handle {} stands twice in the file", handle);
  }

  const auto& audit = head.audit;
  for (const auto& checked :
       {check_signed_by(head.card, audit.registrant, audit.peer, audit.network, audit.own),
        check_signed_by(head.peer_card, audit.peer, audit.registrant, audit.network, audit.peers),
        check_agreement(audit)})
    if (!checked) report.findings.push_back({std::nullopt, checked.error()});
  // What is not signed is worth no look: it could be about anything.
  if (report.findings.empty()) judge(request, head, lines, report);
  return report;
}

std::string result_text(const OpeningsReport& report, std::uint64_t not_found) {
  std::uint64_t not_opened = 0;
  for (const auto& finding : report.findings)
    if (finding.handle) ++not_opened;
  return fmt::format(
      "knoop/openings-result/v1\nnetwork: {}\nregistrant: {}\npeer: {}\nepoch: {}\nhandles: {}\ndrawn: {}\n"
      "opened: {}\ndummies: {}\nnot opened or false: {}\nnot in the register: {}\nstatements: {}\n",
      report.network.hex(), report.registrant, report.peer, report.epoch, report.handles, report.drawn,
      report.opened.size(), report.dummies(), not_opened, not_found,
      report.findings.size() == not_opened ? "agree" : "do not agree");
}

std::string opened_as_csv(const OpeningsReport& report) {
  std::string out = "handle;kind;reference;value\n";
  for (const auto& opening : report.opened)
    if (opening.kind != 0)
      out += fmt::format("{};{};{};{}\n", opening.handle,
                         matching::to_string(static_cast<matching::Kind>(opening.kind)),
                         csv_text(opening.reference), printable_value(opening));
  return out;
}

}  // namespace knoop::verifier
