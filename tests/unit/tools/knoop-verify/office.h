// An organisation with a log, its heads and its exports, for tests of knoop-verify.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/membership_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/protocol/audit/log_fixture.h"
#include "tools/knoop-verify/verify.h"

namespace knoop::test {

/// Writes exports from docs/spec/audit.md alone, so that writer and reader of the product are not one misunderstanding.
struct Office {
  using Json = nlohmann::ordered_json;
  using WrittenLog = audit::testing::WrittenLog;
  TestEntropy entropy{5};
  SigningKeyPair signing = new_signing_key(entropy);
  Organisation us = made();
  std::string card = sign_card(us.card, us.key.secret_key).value();
  audit::LogOrigin origin{audit::testing::id<NetworkId>(1), us.card.member, 1};
  WrittenLog log;
  testing::TempDir dir;

  Office() {
    log.add_disclosure(1);
    log.add(
        {.event = audit::Event::client_read, .action = audit::Action::read, .user = "Zoë", .client = "C-2"});
    log.add_disclosure(2);
  }

  Organisation made() {
    auto out = organisation(entropy, "smw-een", "smw");
    out.card.signing_key = signing.public_key;
    return out;
  }

  std::string head(std::size_t size) {
    Checkpoint checkpoint = log.head_of(size);
    checkpoint.origin = origin.text();
    Note note{checkpoint.text(), {}};
    REQUIRE(sign_note(note, origin.text(), signing.secret_key));
    return note.encode();
  }

  static std::string line(const audit::ExportedEntry& entry) {
    Json fields;
    for (std::size_t i = 0; i < audit::field_count; ++i) {
      Json& field = fields[std::string(audit::all_fields[i].name)];
      if (const auto* opening = std::get_if<audit::Opening>(&entry.fields[i]))
        field = {{"value", opening->value}, {"salt", opening->salt.hex()}};
      else
        field = {{"commitment", std::get<audit::Closed>(entry.fields[i]).commitment.hex()}};
    }
    return Json{{"index", entry.index}, {"leaf", entry.leaf.hex()}, {"fields", fields}}.dump();
  }

  std::vector<std::string> lines(std::size_t size, bool redacted) {
    std::vector<std::string> out;
    out.push_back(Json{
        {"format", "knoop/audit-export/v1"},
        {"origin", origin.text()},
        {"card", card},
        {"redacted",
         redacted}}.dump());
    for (std::size_t i = 0; i < size; ++i) out.push_back(line(audit::export_entry(log.entries[i], redacted)));
    out.push_back(Json{{"checkpoint", head(size)}}.dump());
    return out;
  }
  std::vector<std::string> lines(bool redacted = true) { return lines(log.entries.size(), redacted); }

  std::filesystem::path write(const std::string& name, const std::vector<std::string>& lines) {
    std::ofstream out(dir / name, std::ios::binary);
    for (const std::string& line : lines) out << line << '\n';
    return dir / name;
  }
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(dir / name, std::ios::binary) << text;
    return dir / name;
  }

  verifier::Report verify(const std::vector<std::string>& lines, verifier::Request request = {}) {
    request.exports = {write("log.audit.jsonl", lines)};
    return verifier::verify_exports(request).value().front();
  }
};

}  // namespace knoop::test
