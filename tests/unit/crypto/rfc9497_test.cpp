// RFC 9497 (OPRF, ristretto255-SHA512), all vectors of appendix A.1.1 and A.1.2: our group, hash and proof give the
// RFC's bytes. The parts of the OPRF that only the vectors need (DeriveKeyPair, Blind, Finalize) are written here.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/dleq.h"
#include "crypto/hash.h"

using namespace knoop;

namespace {

using Json = nlohmann::json;

Bytes unhex(const std::string& text) {
  const auto bytes = from_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

std::vector<Bytes> list(const Json& field) {
  std::vector<Bytes> out;
  std::istringstream text(field.get<std::string>());
  for (std::string item; std::getline(text, item, ',');) out.push_back(unhex(item));
  return out;
}

Bytes operator+(Bytes a, ByteView b) {
  append(a, b);
  return a;
}

Bytes with_length(ByteView bytes) {
  Bytes out;
  append_u16(out, static_cast<std::uint16_t>(bytes.size()));
  return out + bytes;
}

Bytes context_string(int mode) {
  Bytes out = to_bytes("OPRFV1-");
  append_u8(out, static_cast<std::uint8_t>(mode));
  append(out, "-ristretto255-SHA512");
  return out;
}

Scalar derive_key(ByteView seed, ByteView info, ByteView context) {
  const Bytes input = to_bytes(seed) + with_length(info) + Bytes{0};  // the counter: 0 always suffices here
  return hash_to_scalar(input, *DomainTag::from(to_bytes("DeriveKeyPair") + context));
}

Bytes finalize(ByteView input, const Scalar& blind, const Point& evaluated) {
  const auto unblinded = multiply(invert(blind), evaluated);
  REQUIRE(unblinded);
  return to_bytes(sha512(with_length(input) + with_length(unblinded->view()) + view("Finalize")).view());
}

Json suites() {
  std::ifstream file(KNOOP_TEST_DIR "/vectors/rfc9497-ristretto255-sha512.json");
  REQUIRE(file);
  return Json::parse(file);
}

}  // namespace

TEST_CASE("every vector of RFC 9497 for ristretto255-SHA512, modes 0 and 1") {
  int checked = 0;
  int proofs = 0;
  for (const Json& suite : suites()) {
    const int mode = suite["mode"];
    const Bytes context = context_string(mode);
    const Bytes group_tag = to_bytes("HashToGroup-") + context;
    REQUIRE(unhex(suite["groupDST"]) == group_tag);
    const Scalar k = derive_key(unhex(suite["seed"]), unhex(suite["keyInfo"]), context);
    REQUIRE(to_hex(k.expose()) == suite["skSm"].get<std::string>());
    const Point key = multiply_base(k);
    if (mode == 1) REQUIRE(key.hex() == suite["pkSm"].get<std::string>());

    for (const Json& vector : suite["vectors"]) {
      const auto inputs = list(vector["Input"]);
      const auto blinds = list(vector["Blind"]);
      const auto blinded = list(vector["BlindedElement"]);
      const auto evaluated = list(vector["EvaluationElement"]);
      const auto outputs = list(vector["Output"]);
      REQUIRE(inputs.size() == vector["Batch"].get<std::size_t>());

      std::vector<Point> c;
      std::vector<Point> d;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto blind = Scalar::parse(blinds[i]);
        REQUIRE(blind);
        const auto sent = multiply(*blind, hash_to_group(inputs[i], *DomainTag::from(group_tag)));
        REQUIRE(sent);
        CHECK(to_bytes(sent->view()) == blinded[i]);
        const auto answer = multiply(k, *sent);
        REQUIRE(answer);
        CHECK(to_bytes(answer->view()) == evaluated[i]);
        CHECK(finalize(inputs[i], *blind, *answer) == outputs[i]);
        c.push_back(*sent);
        d.push_back(*answer);
        ++checked;
      }
      if (mode == 0) continue;
      const auto nonce = Scalar::parse(unhex(vector["Proof"]["r"]));
      REQUIRE(nonce);
      const DleqStatement statement{key, c, d, context};
      const auto proof = prove_dleq_with_nonce(k, statement, *nonce);
      REQUIRE(proof);
      CHECK(proof->hex() == vector["Proof"]["proof"].get<std::string>());
      CHECK(verify_dleq(statement, *proof));
      ++proofs;
    }
  }
  CHECK(checked == 6);
  CHECK(proofs == 3);
}
