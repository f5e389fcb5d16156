#include "tools/knoop-verify/verify.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "config/card.h"
#include "protocol/audit/incarnation.h"
#include "tools/knoop-verify/convenants.h"
#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/plain_line.h"
#include "tools/knoop-verify/slices.h"

namespace knoop::verifier {
namespace {

/// A checkpoint has a name, a number, a root and a signature of each witness: far below this.
constexpr std::size_t max_head_bytes = 64UL * 1024;

struct Trust {
  NetworkId network;
  std::vector<Convenant> convenants;  ///< Oldest first; none when none was given.
  std::vector<std::string> cards;     ///< Notes.
  std::vector<Note> heads;
  std::vector<Card> witness_cards;
};

/// What is needed of an export before its entries can be judged: the first lines and the last one.
struct Ends {
  Header header;
  Note head;
  std::optional<Note> witnessed;            ///< With cosignatures.
  std::optional<audit::HeadBefore> before;  ///< Of a later incarnation, if its first entry holds one.
};

/// Nothing is checked but the form.
Result<Note> read_head_note(std::string_view text) {
  KNOOP_LET(note, parse_note(text, max_head_bytes));
  KNOOP_TRY(Checkpoint::parse(note.text));
  return note;
}

Result<Trust> read_trust(const Request& request) {
  Trust trust;
  KNOOP_LET(convenants, read_all_convenants(request.convenants, trust.network));
  trust.convenants = std::move(convenants);
  for (const auto& path : request.cards) {
    KNOOP_LET(note, read_text(path, max_card_bytes));
    KNOOP_TRY(read_card(note));
    trust.cards.push_back(std::move(note));
  }
  KNOOP_LET(witness_cards, read_witness_cards(request.witness_cards));
  trust.witness_cards = std::move(witness_cards);
  for (const auto& path : request.heads) {
    KNOOP_LET(text, read_text(path, max_head_bytes));
    KNOOP_LET(note, read_head_note(text));
    trust.heads.push_back(std::move(note));
  }
  return trust;
}

/// Of the entry in the second line. What cannot be read here is complained of when the entries are judged.
std::optional<audit::HeadBefore> goes_on_from(const audit::LogOrigin& origin, std::string_view line) {
  const auto entry = parse_entry(line);
  if (!entry) return std::nullopt;
  const auto* reference = std::get_if<audit::Opening>(&entry->fields[slot(audit::Field::reference)]);
  const auto before = audit::head_before(origin, reference ? reference->value : "");
  return before ? *before : std::nullopt;
}

Result<Ends> read_ends(const std::filesystem::path& path) {
  KNOOP_LET(reader, LineReader::open(path));
  std::string line;
  KNOOP_LET(any, reader.next(line));
  if (!any) return fail(ErrorCode::bad_format, Side::peer, "the file is empty");
  KNOOP_LET(header, parse_header(line));
  KNOOP_TRY(reader.next(line));
  auto before = goes_on_from(header.origin, line);
  KNOOP_LET(last, last_line(path));
  if (!is_checkpoint(last))
    return fail(ErrorCode::bad_format, Side::peer,
                "the export is cut short: its last line is not the signed head");
  KNOOP_LET(footer, parse_footer(last));
  KNOOP_LET(note, read_head_note(footer.head));
  std::optional<Note> witnessed;
  if (footer.witnessed) {
    KNOOP_LET(one, read_head_note(*footer.witnessed));
    witnessed = std::move(one);
  }
  return Ends{std::move(header), std::move(note), std::move(witnessed), std::move(before)};
}

/// Under any version: who left the convenant has a log all the same.
const ConvenantMember* member_in(const std::vector<Convenant>& convenants, const MemberId& member) {
  const ConvenantMember* found = nullptr;
  for (const Convenant& convenant : convenants)
    if (const auto* here = convenant.find(member)) found = here;
  return found;
}

Result<std::vector<NoteVerifier>> verifiers_of(const Header& header, const Request& request,
                                               const Trust& trust, Report& report) {
  const audit::LogOrigin& origin = header.origin;
  if (request.member && *request.member != origin.member)
    return fail(ErrorCode::not_a_member, Side::peer, "the log is of another member than was asked for");
  if (!trust.convenants.empty() && trust.network != origin.network)
    return fail(ErrorCode::wrong_network, Side::peer, "the log is of another network than the convenant");
  const ConvenantMember* const known = member_in(trust.convenants, origin.member);
  if (!trust.convenants.empty() && known == nullptr)
    return fail(ErrorCode::not_a_member, Side::peer,
                "the log is of somebody who is no member of the convenant");
  if (known) report.member_name = known->id;
  if (!request.keys.empty()) return request.keys;

  std::vector<NoteVerifier> verifiers;
  const auto add = [&](const Card& card) {
    const NoteVerifier verifier{origin.text(), card.signing_key};
    report.member_name = card.name;
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

/// The heads of this log among all that were given, with what stands below them.
struct Heads {
  std::vector<Checkpoint> all;  ///< Each once.
  std::vector<Note> notes;      ///< Of those that the export reaches.
};

/// A false one is an error, unless it came with another export, whose own report tells of it; that of a later export is
/// for that export to reach.
Result<Heads> heads_of(const Ends& own, const std::vector<Note>& given, const std::vector<Ends>& others,
                       const std::vector<NoteVerifier>& verifiers) {
  Heads heads;
  KNOOP_LET(own_head, Checkpoint::parse(own.head.text));
  const auto take = [&](const Note& note, bool must_hold) -> Result<void> {
    KNOOP_LET(head, Checkpoint::parse(note.text));
    if (head.origin != own.header.origin.text()) return {};
    const auto signed_by = verify_note(note, verifiers);
    if (!signed_by && !must_hold) return {};
    if (!signed_by)
      return fail(ErrorCode::bad_signature, Side::peer,
                  "the head of size {} is not signed by the key of the member's card", head.size);
    if (head.size <= own_head.size) heads.notes.push_back(note);
    if (std::ranges::find(heads.all, head) == heads.all.end()) heads.all.push_back(std::move(head));
    return {};
  };
  KNOOP_TRY(take(own.head, true));
  if (own.witnessed) KNOOP_TRY(take(*own.witnessed, true));
  for (const Note& note : given) KNOOP_TRY(take(note, true));
  for (const Ends& other : others) {
    KNOOP_LET(head, Checkpoint::parse(other.head.text));
    if (head.size <= own_head.size) KNOOP_TRY(take(other.head, false));
    if (other.witnessed) {
      KNOOP_LET(witnessed, Checkpoint::parse(other.witnessed->text));
      if (witnessed.size <= own_head.size) KNOOP_TRY(take(*other.witnessed, false));
    }
    if (other.before && other.before->head.size <= own_head.size) KNOOP_TRY(take(other.before->note, false));
  }
  return heads;
}

/// Whether a later incarnation goes on where the one before ended, as far as the given exports and heads know its end.
std::optional<audit::Finding> check_before(const Ends& own, const std::vector<Note>& given,
                                           const std::vector<Ends>& others,
                                           std::vector<NoteVerifier> verifiers, Report& report) {
  if (!own.before) return std::nullopt;  // a first incarnation, or LogChecker says that it lacks one
  const Checkpoint& head = own.before->head;
  const auto broken = [](std::string sentence) {
    return audit::Finding{audit::FindingCode::incarnation_broken, 0, std::move(sentence)};
  };
  for (NoteVerifier& verifier : verifiers) verifier.name = head.origin;
  if (!verify_note(own.before->note, verifiers))
    return broken("the first entry holds a head of the log before that its member did not sign");
  Before before{own.header.origin.incarnation - 1, head.size, head.size, std::nullopt};
  const auto look_at = [&](const Note& note) -> std::optional<std::uint64_t> {
    const auto other = Checkpoint::parse(note.text);
    if (!other || other->origin != head.origin || !verify_note(note, verifiers)) return std::nullopt;
    before.known = std::max(before.known, other->size);
    return other->size;
  };
  for (const Note& note : given) look_at(note);
  for (const Ends& other : others)
    if (const auto size = look_at(other.head)) before.exported = std::max(before.exported.value_or(0), *size);
  report.before = before;
  if (before.left_out() > 0)
    return broken(
        fmt::format("the log goes on after {} entries of the one before, which had {}: {} are left out",
                    before.goes_on_from, before.known, before.left_out()));
  return std::nullopt;
}

/// A little below the shortest line of a redacted export: what is reserved is rarely too little.
constexpr std::size_t usual_line = 1800;

/// One line as a thread leaves it: read and hashed.
struct Line {
  bool is_head = false;
  audit::ExportedEntry entry;
  Hash256 leaf;
};

Result<std::vector<Line>> read_slice(const Slice& slice) {
  std::vector<Line> lines;
  lines.reserve(slice.text.size() / usual_line);
  std::uint64_t number = slice.first_line;
  for (std::string_view rest = slice.text; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (number == 1) continue;  // the header, read before
    Line& line = lines.emplace_back();
    line.is_head = is_checkpoint(text);
    if (line.is_head) continue;
    if (!read_plain_entry(text, line.entry)) {
      auto entry = parse_any_entry(text);
      if (!entry)
        return fail(entry.error().code, entry.error().side, "line {}, entry {}: {}", number, number - 2,
                    entry.error().sentence);
      line.entry = std::move(*entry);
    }
    line.leaf = audit::computed_leaf(line.entry);
  }
  return lines;
}

Result<void> judge(const std::filesystem::path& path, audit::LogChecker& checker, Report& report) {
  KNOOP_LET(reader, SliceReader::open(path));
  bool ended = false;
  return in_slices(reader, read_slice, [&](const std::vector<Line>& lines) -> Result<void> {
    for (const Line& line : lines) {
      if (ended)
        return fail(ErrorCode::bad_format, Side::peer, "line {} stands behind the signed head",
                    report.entries + 3);
      ended = line.is_head;
      if (line.is_head) continue;
      checker.add(line.entry, line.leaf);
      ++report.entries;
    }
    return {};
  });
}

/// What later logs of a member tell of the erasure of entries of its earlier ones.
using Told = std::map<std::pair<NetworkId, MemberId>, audit::ErasedBefore>;

/// Later logs come first.
std::uint32_t incarnation_of(const std::filesystem::path& path) {
  const auto ends = read_ends(path);
  return ends ? ends->header.origin.incarnation : 0;
}

Result<void> verify_one(const std::filesystem::path& path, const Request& request, const Trust& trust,
                        const std::vector<Ends>& all_ends, Told& told, Report& report) {
  KNOOP_LET(ends, read_ends(path));
  report.origin = ends.header.origin;
  report.redacted = ends.header.redacted;
  report.member_confirmed = request.member || !trust.convenants.empty() || !request.keys.empty();
  KNOOP_LET(verifiers, verifiers_of(ends.header, request, trust, report));
  KNOOP_LET(own, Checkpoint::parse(ends.head.text));
  if (own.origin != ends.header.origin.text())
    return fail(ErrorCode::bad_format, Side::peer, "the signed head is of another log than the header says");
  report.head = std::move(own);
  KNOOP_LET(heads, heads_of(ends, trust.heads, all_ends, verifiers));
  report.heads = heads.all.size();
  report.witnesses =
      judge_heads(trust.convenants, ends.header.origin.member, trust.witness_cards, heads.notes);
  audit::LogChecker checker(ends.header.origin, std::move(heads.all));
  if (report.witnesses.can_be_judged())
    checker.expect_witnessed(report.witnesses.size, report.witnesses.bound);
  KNOOP_TRY(judge(path, checker, report));
  audit::ErasedBefore& erased = told[{ends.header.origin.network, ends.header.origin.member}];
  checker.told_later(erased);
  erased.insert(checker.erased_before().begin(), checker.erased_before().end());
  report.findings = checker.finish();
  report.disclosures = checker.disclosures();
  report.erasures = checker.erasures();
  report.witnesses.waiting = checker.waiting();
  report.first = checker.first_time();
  report.last = checker.last_time();
  if (auto broken = check_before(ends, trust.heads, all_ends, verifiers, report))
    report.findings.insert(report.findings.begin(), std::move(*broken));
  return {};
}

}  // namespace

const audit::Finding* Report::first_bad() const {
  const auto rank = [](const audit::Finding& finding) { return finding.entry.value_or(UINT64_MAX); };
  const auto least = std::ranges::min_element(findings, {}, rank);
  return least == findings.end() ? nullptr : &*least;
}

std::string sentence(const Before& before) {
  const auto lost = before.lost();
  if (!lost)
    return fmt::format("it follows log {}, which had at least {} entries; no export of that one was given",
                       before.incarnation, before.known);
  return fmt::format(
      "it follows log {}, which had at least {} entries: {} of these are in an export, {} were lost",
      before.incarnation, before.known, before.known - *lost, *lost);
}

Result<std::vector<Report>> verify_exports(const Request& request) {
  KNOOP_LET(trust, read_trust(request));
  // Every export brings a head, and a head of one export of a log binds every other export of it.
  std::vector<Ends> all_ends;
  for (const auto& path : request.exports)
    if (auto ends = read_ends(path)) {
      // Who hands in an export with a card that is not its own hands in nothing.
      if (auto card = check_card(ends->header.card, ends->header.origin.member))
        trust.witness_cards.push_back(std::move(*card));
      all_ends.push_back(std::move(*ends));
    }

  std::vector<std::pair<std::uint32_t, std::size_t>> order;
  for (std::size_t i = 0; i < request.exports.size(); ++i)
    order.emplace_back(incarnation_of(request.exports[i]), i);
  std::ranges::stable_sort(order, std::greater{}, [](const auto& one) { return one.first; });
  std::vector<Report> reports(request.exports.size());
  Told told;
  for (const auto& [incarnation, at] : order) {
    Report& report = reports[at];
    report.file = request.exports[at].string();
    const auto done = verify_one(request.exports[at], request, trust, all_ends, told, report);
    if (!done) report.unreadable = done.error();
  }
  return reports;
}

}  // namespace knoop::verifier
