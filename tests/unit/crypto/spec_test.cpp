// docs/spec/crypto.md against the code: every value that the page shows is computed here, and every value computed here
// stands on the page.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "crypto/argon2id.h"
#include "crypto/checkpoint.h"
#include "crypto/dleq.h"
#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/seal.h"
#include "crypto/x25519.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

Bytes repeated(Byte value, std::size_t size = 32) {
  return Bytes(size, value);
}

template <typename Value>
Value filled(Byte value) {
  return *Value::from(repeated(value, Value::size));
}

constexpr std::string_view label = "knoop/v1/example";

struct Page {
  std::string text;
  std::map<std::string, std::string> values;

  Page() {
    std::ifstream file(KNOOP_TEST_DIR "/../docs/spec/crypto.md");
    REQUIRE(file);
    std::ostringstream all;
    all << file.rdbuf();
    text = all.str();
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t at = line.find(" = ");
      if (at != std::string::npos && line[0] != ' ') values[line.substr(0, at)] = line.substr(at + 3);
    }
  }
  void shows(const std::string& name, const std::string& value) const {
    INFO(name);
    REQUIRE(values.contains(name));
    CHECK(values.at(name) == value);
  }
};

std::string joined(const MerkleProof& proof) {
  std::string out;
  for (const Hash256& hash : proof) out += (out.empty() ? "" : " ") + hash.hex();
  return out;
}

}  // namespace

TEST_CASE("docs/spec/crypto.md: signatures") {
  const Page page;
  const SigningKeyPair pair = signing_key_from_seed(filled<SigningSeed>(0x44));
  page.shows("public key", pair.public_key.hex());
  Bytes input = to_bytes(label);
  append_u8(input, 0);
  append(input, "body");
  page.shows("signed bytes", to_hex(input));
  page.shows("signature", sign(pair.secret_key, label, view("body")).hex());
}

TEST_CASE("docs/spec/crypto.md: sealing and encryption") {
  const Page page;
  const auto secret = filled<SealingSecretKey>(0x22);
  const SealingPublicKey recipient = public_key(secret);
  const SealingPublicKey ephemeral = public_key(filled<SealingSecretKey>(0x11));
  const auto preshared = filled<PresharedKey>(0x33);
  page.shows("recipient's public key", recipient.hex());
  Bytes info = to_bytes("knoop/v1/seal");
  append_u8(info, 0);
  append_u16(info, static_cast<std::uint16_t>(label.size()));
  append(info, label);
  append(info, ephemeral.view());
  append(info, recipient.view());
  append_u8(info, 1);
  page.shows("info", to_hex(info));
  for (const PresharedKey* key : {static_cast<const PresharedKey*>(nullptr), &preshared}) {
    ScriptedEntropy entropy(repeated(0x11));
    const SealContext context{label, recipient, key};
    const auto sealed = seal(context, view("body"), view("header"), entropy);
    REQUIRE(sealed);
    page.shows(key != nullptr ? "sealed" : "sealed without preshared key", to_hex(*sealed));
    CHECK(open(context, secret, *sealed, view("header")) == to_bytes("body"));
  }

  ScriptedEntropy nonce(repeated(0x66, 24));
  page.shows("encrypted", to_hex(encrypt(filled<SymmetricKey>(0x55), view("body"), view("header"), nonce)));
  const auto derived = derive_argon2id(view("passphrase"), filled<Argon2Salt>(0x99), {1, 8192});
  REQUIRE(derived);
  page.shows("derived key", to_hex(derived->expose()));
}

TEST_CASE("docs/spec/crypto.md: group and proofs") {
  const Page page;
  const Point element = hash_to_group(view("message"), "knoop/v1/h2g");
  const Scalar k = hash_to_scalar(view("message"), label);
  page.shows("group element", element.hex());
  page.shows("scalar", to_hex(k.expose()));

  const Bytes context = dleq_context(filled<NetworkId>(0xa1), filled<MemberId>(0xa2), filled<MemberId>(0xa3),
                                     7, filled<Hash256>(0xa4));
  const Point key = multiply_base(k);
  const auto output = multiply(k, element);
  REQUIRE(output);
  page.shows("K", key.hex());
  page.shows("D0", output->hex());
  ScriptedEntropy fresh(repeated(0x77));
  const DleqStatement statement{key, {&element, 1}, {&*output, 1}, context};
  const auto proof = prove_dleq(k, statement, fresh);
  REQUIRE(proof);
  page.shows("equal keys proof", proof->hex());
  CHECK(verify_dleq(statement, *proof));
  CHECK(page.text.find("context = " + to_hex(context) + "\n") != std::string::npos);

  ScriptedEntropy more(repeated(0x88));
  const auto knowledge = prove_knowledge(k, view("context"), more);
  REQUIRE(knowledge);
  page.shows("knowledge proof", knowledge->hex());
  CHECK(verify_knowledge(key, view("context"), *knowledge));
}

TEST_CASE("docs/spec/crypto.md: Merkle tree, notes and checkpoints") {
  const Page page;
  CompactTree tree;
  std::vector<Hash256> leaves;
  for (const char* entry : {"a", "b", "c"}) {
    leaves.push_back(leaf_hash(view(entry)));
    tree.append(leaves.back());
    if (leaves.size() > 1) page.shows(fmt::format("root of {}", leaves.size()), tree.root().hex());
  }
  page.shows("inclusion of entry 0 in 3", joined(*inclusion_proof(0, 3, node_reader(leaves))));
  page.shows("consistency of 2 with 3", joined(*consistency_proof(2, 3, node_reader(leaves))));
  page.shows("stored tree", to_hex(tree.encode()));

  const SigningKeyPair pair = signing_key_from_seed(filled<SigningSeed>(0x44));
  page.shows("verifier key", NoteVerifier{"example", pair.public_key}.text());
  Note note{"text\n", {}};
  REQUIRE(sign_note(note, "example", pair.secret_key));
  CHECK(page.text.find("```\n" + note.encode() + "```\n") != std::string::npos);
  Note head{Checkpoint{"example/log/1", 3, tree.root(), {}}.text(), {}};
  REQUIRE(sign_note(head, "example", pair.secret_key));
  CHECK(page.text.find("```\n" + head.encode() + "```\n") != std::string::npos);
}
