#include "tools/knoop-verify/verify.h"

#include <algorithm>
#include <iterator>

#include "config/card.h"
#include "config/convenant.h"
#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {
namespace {

/// A checkpoint has a name, a number, a root and a signature of each witness: far below this.
constexpr std::size_t max_head_bytes = 64UL * 1024;

struct Trust {
  std::optional<NetworkId> network;
  std::optional<Convenant> convenant;
  std::vector<std::string> cards;  ///< Notes.
  std::vector<Note> heads;
};

/// The first pass over one export: what is needed before its entries can be judged.
struct Ends {
  Header header;
  Note head;
};

Result<Trust> read_trust(const Request& request) {
  Trust trust;
  if (request.convenant) {
    KNOOP_LET(note, read_text(*request.convenant, 1U << 20U));
    KNOOP_LET(network, network_id(note));
    KNOOP_LET(convenant, check_first_convenant(note));
    trust.network = network;
    trust.convenant = std::move(convenant);
  }
  for (const auto& path : request.cards) {
    KNOOP_LET(note, read_text(path, max_card_bytes));
    KNOOP_TRY(read_card(note));
    trust.cards.push_back(std::move(note));
  }
  for (const auto& path : request.heads) {
    KNOOP_LET(text, read_text(path, max_head_bytes));
    KNOOP_LET(note, parse_note(text, max_head_bytes));
    KNOOP_TRY(Checkpoint::parse(note.text));
    trust.heads.push_back(std::move(note));
  }
  return trust;
}

Result<Ends> read_ends(const std::filesystem::path& path) {
  KNOOP_LET(reader, LineReader::open(path));
  std::string line;
  KNOOP_LET(any, reader.next(line));
  if (!any) return fail(ErrorCode::bad_format, Side::peer, "the file is empty");
  KNOOP_LET(header, parse_header(line));
  std::string last;
  while (true) {
    KNOOP_LET(more, reader.next(line));
    if (!more) break;
    last.swap(line);
  }
  if (!is_checkpoint(last))
    return fail(ErrorCode::bad_format, Side::peer,
                "the export is cut short: its last line is not the signed head");
  KNOOP_LET(text, parse_checkpoint(last));
  KNOOP_LET(note, parse_note(text, max_head_bytes));
  KNOOP_TRY(Checkpoint::parse(note.text));
  return Ends{std::move(header), std::move(note)};
}

Result<std::vector<NoteVerifier>> verifiers_of(const Header& header, const Request& request,
                                               const Trust& trust) {
  const audit::LogOrigin& origin = header.origin;
  if (request.member && *request.member != origin.member)
    return fail(ErrorCode::not_a_member, Side::peer, "the log is of another member than was asked for");
  if (trust.network && *trust.network != origin.network)
    return fail(ErrorCode::wrong_network, Side::peer, "the log is of another network than the convenant");
  if (trust.convenant && trust.convenant->find(origin.member) == nullptr)
    return fail(ErrorCode::not_a_member, Side::peer,
                "the log is of somebody who is no member of the convenant");
  if (!request.keys.empty()) return request.keys;

  std::vector<NoteVerifier> verifiers;
  const auto add = [&](const Card& card) {
    const NoteVerifier verifier{origin.text(), card.signing_key};
    if (std::ranges::find(verifiers, verifier) == verifiers.end()) verifiers.push_back(verifier);
  };
  for (const std::string& note : trust.cards) {
    const auto card = check_card(note, origin.member);
    if (card) add(*card);
  }
  if (trust.cards.empty()) {
    KNOOP_LET(card, check_card(header.card, origin.member));
    add(card);
  }
  if (verifiers.empty())
    return fail(ErrorCode::bad_signature, Side::user,
                "none of the given cards is of the member whose log this is");
  return verifiers;
}

/// The heads of this log among all that were given. A false one is an error, unless it came with another export, whose
/// own report tells of it; that of a later export is for that export to reach.
Result<std::vector<Checkpoint>> heads_of(const Ends& own, const std::vector<Note>& given,
                                         const std::vector<Ends>& others,
                                         const std::vector<NoteVerifier>& verifiers) {
  std::vector<Checkpoint> heads;
  const auto take = [&](const Note& note, bool must_hold) -> Result<void> {
    KNOOP_LET(head, Checkpoint::parse(note.text));
    if (head.origin != own.header.origin.text()) return {};
    const auto signed_by = verify_note(note, verifiers);
    if (!signed_by && !must_hold) return {};
    if (!signed_by)
      return fail(ErrorCode::bad_signature, Side::peer,
                  "the head of size {} is not signed by the key of the member's card", head.size);
    if (std::ranges::find(heads, head) == heads.end()) heads.push_back(std::move(head));
    return {};
  };
  KNOOP_LET(own_head, Checkpoint::parse(own.head.text));
  KNOOP_TRY(take(own.head, true));
  for (const Note& note : given) KNOOP_TRY(take(note, true));
  for (const Ends& other : others) {
    KNOOP_LET(head, Checkpoint::parse(other.head.text));
    if (head.size <= own_head.size) KNOOP_TRY(take(other.head, false));
  }
  return heads;
}

Result<void> judge(const std::filesystem::path& path, audit::LogChecker& checker, Report& report) {
  KNOOP_LET(reader, LineReader::open(path));
  std::string line;
  KNOOP_TRY(reader.next(line));  // the header, read before
  bool ended = false;
  while (true) {
    KNOOP_LET(more, reader.next(line));
    if (!more) break;
    if (ended)
      return fail(ErrorCode::bad_format, Side::peer, "line {} stands behind the signed head",
                  reader.number());
    if (is_checkpoint(line)) {
      ended = true;
      continue;
    }
    const auto entry = parse_entry(line);
    if (!entry)
      return fail(entry.error().code, entry.error().side, "line {}, entry {}: {}", reader.number(),
                  report.entries, entry.error().sentence);
    checker.add(*entry);
    ++report.entries;
  }
  return {};
}

Result<void> verify_one(const std::filesystem::path& path, const Request& request, const Trust& trust,
                        const std::vector<Ends>& all_ends, Report& report) {
  KNOOP_LET(ends, read_ends(path));
  report.origin = ends.header.origin;
  report.member_confirmed = request.member || trust.convenant || !request.keys.empty();
  KNOOP_LET(verifiers, verifiers_of(ends.header, request, trust));
  KNOOP_LET(own, Checkpoint::parse(ends.head.text));
  if (own.origin != ends.header.origin.text())
    return fail(ErrorCode::bad_format, Side::peer, "the signed head is of another log than the header says");
  KNOOP_LET(heads, heads_of(ends, trust.heads, all_ends, verifiers));
  report.heads = heads.size();
  audit::LogChecker checker(ends.header.origin, std::move(heads));
  KNOOP_TRY(judge(path, checker, report));
  report.findings = checker.finish();
  report.disclosures = checker.disclosures();
  return {};
}

}  // namespace

Result<std::vector<Report>> verify_exports(const Request& request) {
  KNOOP_LET(trust, read_trust(request));
  // Every export brings a head, and a head of one export of a log binds every other export of it.
  std::vector<Ends> all_ends;
  for (const auto& path : request.exports)
    if (auto ends = read_ends(path)) all_ends.push_back(std::move(*ends));

  std::vector<Report> reports;
  for (const auto& path : request.exports) {
    Report report;
    report.file = path.string();
    const auto done = verify_one(path, request, trust, all_ends, report);
    if (!done) report.unreadable = done.error();
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace knoop::verifier
