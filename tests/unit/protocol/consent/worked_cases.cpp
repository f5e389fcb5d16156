#include "tests/unit/protocol/consent/worked_cases.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace knoop::consent {
namespace {

const Date today{2027, 1, 15};

template <typename Id>
Id numbered(int number) {
  Id id;
  id.data()[0] = static_cast<Byte>(number);
  return id;
}

MemberId member(const std::string& name) {
  for (const auto& [known, number] : {std::pair{"BJZ", 1}, std::pair{"GGZ", 2}, std::pair{"VT", 3}})
    if (name == known) return numbered<MemberId>(number);
  FAIL("unknown organisation " << name);
  return {};
}

Date in_days(const std::string& text) {
  return Date::from_days(today.days() + std::stoi(text));
}

Category category(const std::string& code) {
  const auto found = category_from(code);
  if (!found) FAIL("unknown category " << code);
  return *found;
}

bool is_code(const std::string& word) {
  return category_from(word).has_value();
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(trimmed(part));
  return parts;
}

/// Words one after the other; asking for more than there are fails.
class Words {
 public:
  explicit Words(const std::string& text) : in_(text) {}
  bool next(std::string& word) { return static_cast<bool>(in_ >> word); }
  std::string value() {
    std::string word;
    if (!next(word)) FAIL("a word is missing");
    return word;
  }

 private:
  std::istringstream in_;
};

Giver giver(const std::string& who) {
  if (who == "youth") return {Capacity::youth, who, "paspoort", "", today};
  if (who == "guardian") return {Capacity::guardian, who, "paspoort", "beschikking", today};
  if (who == "representative") return {Capacity::representative, who, "paspoort", "beschikking", today};
  if (who != "mother" && who != "father") FAIL("unknown giver " << who);
  return {Capacity::parent, who, "paspoort", "gezagsregister", today};
}

std::vector<Giver> givers(const std::string& names) {
  std::vector<Giver> out;
  for (const std::string& name : split(names, '+')) out.push_back(giver(name));
  return out;
}

std::string who_must(const std::string& age) {
  if (age == "?") return "youth+mother";
  const int years = std::stoi(age);
  return years < 12 ? "mother" : years < 16 ? "youth+mother" : "youth";
}

template <typename Table>
auto named(const Table& table, const std::string& word) {
  const auto value = value_in(table, word);
  if (!value) FAIL("unknown word " << word);
  return *value;
}

Consent read_record(const std::string& text, const std::string& age, ReleasePolicy& policy) {
  Words words(text);
  Consent record;
  record.id = numbered<BasisId>(std::stoi(words.value()));
  record.client = "C-1";
  record.answer = named(answers, words.value());
  const bool yes = record.answer == Answer::yes || record.answer == Answer::partly;
  record.givers = givers(who_must(age));
  record.recipient = member("BJZ");
  record.purpose = Purpose::handover;
  record.from = in_days("-10");
  if (yes) record.until = in_days("90");
  for (std::string word; words.next(word);) {
    if (is_code(word))
      record.categories.push_back(category(word));
    else if (word == "everything")
      record.everything = true;
    else if (word == "not")
      record.exclusions.push_back(category(words.value()));
    else if (word == "by")
      record.givers = givers(words.value());
    else if (word == "to") {
      const std::string to = words.value();
      record.recipient = to == "all" ? std::optional<MemberId>() : member(to);
    } else if (word == "for") {
      const std::string purpose = words.value();
      record.purpose = purpose == "anything" ? std::optional<Purpose>() : named(purposes, purpose);
    } else if (word == "from")
      record.from = in_days(words.value());
    else if (word == "until")
      record.until = in_days(words.value());
    else if (word == "once")
      record.once = true;
    else if (word == "used")
      record.used_at = day_of_the_cases();
    else if (word == "withdrawn")
      record.withdrawn_at = day_of_the_cases();
    else if (word == "replaces")
      record.replaces.push_back(numbered<BasisId>(std::stoi(words.value())));
    else if (word == "reason")
      record.exception = "vastgelegd";
    else if (word == "another")
      record.others_have_authority = true;
    else if (word == "unsure")
      policy.unsure.insert(record.id);
    else if (word == "releaser")
      record.releaser = member(words.value());
    else if (word == "kind")
      record.kind = named(kinds, words.value());
    else if (word == "client")
      record.client = words.value();
    else
      FAIL("unknown word " << word << " in a record");
  }
  return record;
}

Ground read_ground(const std::string& text) {
  Words words(text);
  Ground ground;
  ground.id = numbered<BasisId>(std::stoi(words.value()));
  ground.client = "C-1";
  ground.kind = named(ground_kinds, words.value());
  ground.recipient = member("BJZ");
  ground.recorded_at = day_of_the_cases();
  ground.until = today;
  for (std::string word; words.next(word);) {
    if (word == "item")
      ground.items.push_back(numbered<FragmentId>(std::stoi(words.value())));
    else if (word == "to")
      ground.recipient = member(words.value());
    else if (word == "from")
      ground.recorded_at = Timestamp{in_days(words.value()).days() * 86'400'000};
    else if (word == "until")
      ground.until = in_days(words.value());
    else if (word == "ended")
      ground.ended_at = day_of_the_cases();
    else
      FAIL("unknown word " << word << " in a ground");
  }
  return ground;
}

void read_request(const std::string& text, WorkedCase& row) {
  Words words(text);
  row.request.client = "C-1";
  row.request.recipient = member("BJZ");
  row.request.purpose = Purpose::handover;
  std::vector<Category> unasked;
  for (std::string word; words.next(word);) {
    if (word == "to")
      row.request.recipient = member(words.value());
    else if (word == "for")
      row.request.purpose = named(purposes, words.value());
    else if (word == "unasked")
      unasked.push_back(category(words.value()));
    else if (word == "withheld") {
      const Category held = category(words.value());
      for (Candidate& candidate : row.request.candidates)
        if (candidate.category == held) candidate.withheld = true;
    } else if (word == "convenant")
      row.policy.requestable = {category(words.value())};
    else if (word == "not-fresh")
      row.policy.fresh = false;
    else if (word == "youth-alone")
      row.policy.authority.ages[1].elders = Say::may;
    else if (word == "one-parent")
      row.policy.authority.every_parent = false;
    else {
      const auto parts = split(word, '/');
      Candidate candidate{numbered<FragmentId>(static_cast<int>(row.request.candidates.size()) + 1),
                          category(parts.at(0)), std::nullopt, false};
      if (parts.size() == 2) candidate.parent = category(parts[1]);
      row.request.candidates.push_back(candidate);
    }
  }
  for (const Candidate& candidate : row.request.candidates)
    if (std::ranges::find(unasked, candidate.category) == unasked.end())
      row.request.categories.push_back(candidate.category);
}

WorkedCase read_row(const std::vector<std::string>& cells) {
  WorkedCase row;
  row.number = cells.at(0);
  const std::string& age = cells.at(1);
  if (age != "?") row.request.birth = Date{today.year - std::stoi(age), today.month, today.day};
  if (cells.at(2) != "–")
    for (const std::string& record : split(cells[2], ';'))
      row.consents.push_back(read_record(record, age, row.policy));
  if (cells.at(3) != "–")
    for (const std::string& ground : split(cells[3], ';')) row.grounds.push_back(read_ground(ground));
  read_request(cells.at(4), row);
  row.expected = split(cells.at(5), ';');
  return row;
}

}  // namespace

Timestamp day_of_the_cases() {
  return Timestamp{today.days() * 86'400'000 + 9 * 3'600'000};
}

std::vector<WorkedCase> read_worked_cases() {
  std::ifstream file(KNOOP_TEST_DIR "/../docs/spec/consent.md");
  if (!file) FAIL("docs/spec/consent.md cannot be read");
  std::vector<WorkedCase> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "| # | age | said | grounds | asked | decided |") {
      inside = true;
      std::getline(file, line);  // the rule below the heading
      continue;
    }
    if (!inside) continue;
    if (line.empty() || line.front() != '|') break;
    std::vector<std::string> cells = split(line.substr(1), '|');
    if (cells.size() != 6) FAIL("a row of the worked cases has " << cells.size() << " cells: " << line);
    INFO(line);
    rows.push_back(read_row(cells));
  }
  return rows;
}

std::string shown(const FragmentDecision& decision) {
  std::string text = fmt::format("{} {}", decision.permitted ? "permit" : "deny", to_string(decision.reason));
  if (decision.basis) text += fmt::format(" {}", decision.basis->data()[0]);
  return text;
}

}  // namespace knoop::consent
