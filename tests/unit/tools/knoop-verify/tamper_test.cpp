// Exported logs that somebody edits (R8.2): every kind of edit, at any entry, is found and the entry is named.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/unit/tools/knoop-verify/office.h"
#include "tools/knoop-verify/export_file.h"

using namespace knoop;
using namespace knoop::audit;
using namespace knoop::verifier;
using knoop::audit::testing::WrittenLog;
using knoop::test::Office;
using Json = nlohmann::ordered_json;

namespace {

enum class Tampering : int {
  change,    ///< One digit of what the line shows of the entry.
  drop,      ///< The line.
  swap,      ///< With a later one.
  insert,    ///< Another entry of the same number, with a leaf that fits it.
  truncate,  ///< It and all later ones.
  cut_back,  ///< The same, with an honest older head at the end: only a head kept elsewhere tells.
  fork,      ///< From it on another history, well-formed and signed.
  replay,    ///< A copy of it at a later place.
  last = replay
};

struct Tampered {
  std::vector<std::string> lines;
  std::uint64_t named = 0;
};

std::string entry_line(Office& office, std::uint64_t at, const std::string& user) {
  TestEntropy entropy(at + 1000);
  const Event event = at == 0 ? Event::log_opened : Event::client_read;
  return Office::line(
      export_entry(*seal(at, office.log.entries[at].time, {.event = event, .user = user}, entropy), true));
}

/// `lines` is the honest export, `heads` the sizes of the heads that somebody else holds: the last is that of all of it.
/// Nothing when there is no such thing to do at this entry. `other` is a later entry, `digit` any.
std::optional<Tampered> tamper(Office& office, const std::vector<std::string>& lines, Tampering how,
                               std::uint64_t at, std::uint64_t other, std::size_t digit,
                               const std::vector<std::uint64_t>& heads) {
  Tampered out{lines, at};
  const auto since =
      [&] {  // the last head that fits: no entry after it can be told from the others by a root
        std::uint64_t last = 0;
        for (const std::uint64_t head : heads)
          if (head <= at) last = head;
        return last;
      };
  const std::uint64_t size = lines.size() - 2;
  const auto line = out.lines.begin() + 1 + static_cast<std::ptrdiff_t>(at);
  switch (how) {
    case Tampering::change: {
      // A hash or salt somewhere in the line: 64 digits between quotation marks.
      std::size_t where = line->find("\"leaf\":\"") + 8;
      for (std::size_t skip = digit / 64 % 21; skip > 0; --skip) {
        const std::size_t salt = line->find("\"salt\":\"", where);
        const std::size_t commitment = line->find("\"commitment\":\"", where);
        where = salt < commitment ? salt + 8 : commitment + 14;
      }
      char& c = (*line)[where + digit % 64];
      c = c == '0' ? '1' : '0';
      return out;
    }
    case Tampering::drop:
      out.lines.erase(line);
      return out;
    case Tampering::swap:
      if (other == at) return std::nullopt;
      std::swap(*line, out.lines[1 + other]);
      return out;
    case Tampering::insert:
      out.lines.insert(line, entry_line(office, at, "x"));
      // The entry that it displaces stands out; unless a head ends just there, whose root differs before that is read.
      if (std::ranges::find(heads, at + 1) != heads.end()) out.named = since();
      return out;
    case Tampering::truncate:
      out.lines.erase(line, out.lines.end() - 1);
      return out;
    case Tampering::cut_back:
      if (at == 0) return std::nullopt;
      out.lines.erase(line, out.lines.end());
      out.lines.push_back(Json{{"checkpoint", office.head(at)}}.dump());
      return out;
    case Tampering::fork: {
      CompactTree tree;
      for (std::uint64_t i = 0; i < size; ++i) {
        if (i >= at) out.lines[1 + i] = entry_line(office, i, "y");
        tree.append(i < at ? office.log.entries[i].leaf : parse_entry(out.lines[1 + i])->leaf);
      }
      Note note{Checkpoint{office.origin.text(), size, tree.root(), {}}.text(), {}};
      if (!sign_note(note, office.origin.text(), office.signing.secret_key))
        throw std::runtime_error("no head");
      out.lines.back() = Json{{"checkpoint", note.encode()}}.dump();
      out.named = since();
      return out;
    }
    case Tampering::replay:
      if (other == at) return std::nullopt;
      out.lines.insert(out.lines.begin() + 2 + static_cast<std::ptrdiff_t>(other), lines[1 + at]);
      return out;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("R8.2: thousands of exports, each edited at another entry in another way: all found, all named") {
  std::size_t tampered = 0;
  for (std::uint64_t shape = 1; shape <= 12; ++shape) {
    Office office;
    office.log = WrittenLog(shape);
    for (std::uint64_t i = 0; i < 2 + shape % 4; ++i) {
      if (i % 2 == 0) office.log.add_disclosure(static_cast<Byte>(i));
      for (std::uint64_t reads = shape % 5; reads > 0; --reads)
        office.log.add({.event = Event::client_read, .action = Action::read, .user = "a", .client = "C-2"});
    }
    const std::uint64_t size = office.log.entries.size();
    const std::vector<std::uint64_t> heads{size / 3, size / 2, size};
    Request request;
    for (const std::uint64_t head : heads)
      request.heads.push_back(office.write(fmt::format("head-{}", head), office.head(head)));
    const auto lines = office.lines(shape % 2 == 0);
    REQUIRE(office.verify(lines, request).accepted());
    for (int how = 0; how <= static_cast<int>(Tampering::last); ++how)
      for (std::uint64_t at = 0; at < size; ++at) {
        const std::uint64_t other = at + 1 == size ? at : at + 1 + (shape * 7 + at) % (size - at - 1);
        const auto bad = tamper(office, lines, static_cast<Tampering>(how), at, other,
                                static_cast<std::size_t>(shape * 131 + at * 37), heads);
        if (!bad) continue;
        ++tampered;
        const Report report = office.verify(bad->lines, request);
        CAPTURE(shape, how, at, other, size);
        for (const Finding& finding : report.findings) UNSCOPED_INFO(finding.sentence);
        REQUIRE_FALSE(report.unreadable);
        REQUIRE(report.first_bad() != nullptr);
        REQUIRE(report.first_bad()->entry == bad->named);
      }
  }
  CHECK(tampered > 1000);
}

TEST_CASE("R8.2: one edit among thousands of lines is found, and the entry named") {
  static Office office;
  if (office.log.entries.size() < 100)
    for (int i = 0; i < 600; ++i) {
      office.log.add_disclosure(static_cast<Byte>(i));
      office.log.add(
          {.event = Event::client_read, .action = Action::read, .user = "c.jansen", .client = "C-3"});
    }
  static const auto lines = office.lines(true);
  static const std::uint64_t size = lines.size() - 2;
  static const std::vector<std::uint64_t> heads{1000, 2000, 3000, size};
  Request request;
  for (const std::uint64_t head : heads)
    request.heads.push_back(office.write(fmt::format("head-{}", head), office.head(head)));
  REQUIRE(size > 3500);
  REQUIRE(office.verify(lines, request).accepted());
  CHECK(rc::check("tampered", [&] {
    const auto how = static_cast<Tampering>(*rc::gen::inRange(0, static_cast<int>(Tampering::last) + 1));
    const auto at = *rc::gen::inRange<std::uint64_t>(0, size - 1);
    const auto other = *rc::gen::inRange<std::uint64_t>(at + 1, size);
    const auto bad = tamper(office, lines, how, at, other, *rc::gen::inRange<std::size_t>(0, 100'000), heads);
    RC_PRE(bad.has_value());
    const Report report = office.verify(bad->lines, request);
    RC_ASSERT(!report.unreadable);
    RC_ASSERT(report.first_bad() != nullptr);
    RC_ASSERT(report.first_bad()->entry == bad->named);
  }));
}
