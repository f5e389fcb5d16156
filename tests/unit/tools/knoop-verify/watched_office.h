// An organisation whose log three others watch, one of whom may not be missed: two of three must cosign.
#pragma once

#include "crypto/cosignature.h"
#include "protocol/audit/log_proof.h"
#include "protocol/audit/witness.h"
#include "tests/unit/tools/knoop-verify/office.h"

namespace knoop::test {

struct WatchedOffice : Office {
  struct Watcher {
    Organisation organisation;
    SigningKeyPair key;
    std::filesystem::path card;
  };
  std::vector<Watcher> watchers;
  std::vector<SigningKeyPair> managers;
  Convenant first;
  std::string convenant;
  std::filesystem::path convenant_file;

  WatchedOffice() {
    managers.push_back(new_signing_key(entropy));
    std::vector<Card> cards{us.card};
    WitnessSet set{us.card.id, {}, 0};
    for (const char* id : {"bjz-twee", "jgz-drie", "cjg-vier"}) {
      watchers.push_back(watcher(id));
      cards.push_back(watchers.back().organisation.card);
      set.witnesses.emplace_back(id);
    }
    first = test::convenant(cards, managers);
    first.witness_sets = {set};
    convenant = signed_convenant(first, managers);
    convenant_file = write("convenant.txt", convenant);
    origin.network = network_id(convenant).value();
  }

  Watcher watcher(const std::string& id) {
    Watcher out{organisation(entropy, id, "bjz"), new_signing_key(entropy), {}};
    out.organisation.card.witness_key = out.key.public_key;
    out.card = write_card(out.organisation, id + ".card");
    return out;
  }
  std::filesystem::path write_card(const Organisation& of, const std::string& name) {
    return write(name, sign_card(of.card, of.key.secret_key).value());
  }

  static void cosign_by(Note& note, const MemberId& member, const SigningKeyPair& key,
                        std::uint64_t time = 1'800'000'100) {
    add_cosignature(note, {audit::witness_name(member), key.public_key},
                    cosign(key.secret_key, note.text, time));
  }
  static void cosign_by(Note& note, const Watcher& watcher, std::uint64_t time = 1'800'000'100) {
    cosign_by(note, watcher.organisation.card.member, watcher.key, time);
  }
  /// The head of this size, cosigned by these of the three.
  std::string cosigned(std::size_t size, std::initializer_list<std::size_t> by) {
    Note note = parse_note(head(size), 4096).value();
    for (const std::size_t one : by) cosign_by(note, watchers[one]);
    return note.encode();
  }

  std::vector<std::filesystem::path> watcher_cards() const {
    std::vector<std::filesystem::path> out;
    for (const Watcher& one : watchers) out.push_back(one.card);
    return out;
  }
  verifier::Request request(const std::vector<std::string>& heads = {}) {
    verifier::Request out;
    out.convenants = {convenant_file};
    out.witness_cards = watcher_cards();
    for (const std::string& one : heads)
      out.heads.push_back(write(fmt::format("head-{}", out.heads.size()), one));
    return out;
  }

  /// Of an entry under the head of this size.
  audit::LogProof proof(std::uint64_t index, std::size_t size, std::initializer_list<std::size_t> by) {
    std::vector<Hash256> leaves;
    for (const auto& entry : log.entries) leaves.push_back(entry.leaf);
    return {leaves[index], index, inclusion_proof(index, size, node_reader(leaves)).value(),
            cosigned(size, by)};
  }
};

}  // namespace knoop::test
