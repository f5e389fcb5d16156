// A log as a node would write it, in memory, and its export, so that tests can tamper with either.
#pragma once

#include <memory>

#include "protocol/audit/check.h"
#include "tests/support/test_entropy.h"

namespace knoop::audit::testing {

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

inline LogOrigin test_origin() {
  return {id<NetworkId>(1), id<MemberId>(2), 1};
}

class WrittenLog {
 public:
  explicit WrittenLog(std::uint64_t seed = 1) : entropy(std::make_unique<TestEntropy>(seed)) {
    add({.event = Event::log_opened});
  }

  SealedEntry& add(const AuditEntry& entry) {
    time.ms += 1000;
    auto sealed = seal(entries.size(), time, entry, *entropy);
    if (!sealed) throw std::runtime_error(sealed.error().sentence);
    entries.push_back(std::move(*sealed));
    return entries.back();
  }

  /// The entries that every disclosure must have before it, and the disclosure itself.
  void add_disclosure(Byte number) {
    const auto basis = id<BasisId>(number);
    const auto decision = id<DecisionId>(number);
    const auto receipt = id<Hash256>(number);
    const auto peer = id<MemberId>(9);
    add({.event = Event::consent_recorded, .bases = {basis}, .action = Action::create, .client = "C-1"});
    add({.event = Event::release_decided, .decision = decision, .bases = {basis}, .peer = peer});
    add({.event = Event::release_offered, .decision = decision, .bases = {basis}, .peer = peer});
    add({.event = Event::release_receipt_received, .decision = decision, .receipt = receipt, .peer = peer});
    add({.event = Event::release_disclosed,
         .decision = decision,
         .bases = {basis},
         .receipt = receipt,
         .peer = peer});
  }

  [[nodiscard]] Checkpoint head() const { return head_of(entries.size()); }
  [[nodiscard]] Checkpoint head_of(std::size_t size) const {
    CompactTree tree;
    for (std::size_t i = 0; i < size; ++i) tree.append(entries[i].leaf);
    return {test_origin().text(), size, tree.root(), {}};
  }

  std::vector<SealedEntry> entries;
  Timestamp time{1'800'000'000'000};
  std::unique_ptr<TestEntropy> entropy;
};

inline std::vector<ExportedEntry> exported(const WrittenLog& log, bool redacted = false) {
  std::vector<ExportedEntry> out;
  for (const SealedEntry& entry : log.entries) out.push_back(export_entry(entry, redacted));
  return out;
}

inline std::vector<Finding> check(const std::vector<ExportedEntry>& entries, std::vector<Checkpoint> heads) {
  LogChecker checker(test_origin(), std::move(heads));
  for (const ExportedEntry& entry : entries) checker.add(entry);
  return checker.finish();
}

}  // namespace knoop::audit::testing
