#include "crypto/hkdf.h"

#include <catch2/catch.hpp>

using namespace knoop;

namespace {

Bytes counting(int from, int to) {
  Bytes out;
  for (int i = from; i < to; ++i) out.push_back(static_cast<Byte>(i));
  return out;
}

struct Case {
  Bytes salt, input, info;
  std::size_t length;
  std::string_view prk, okm;
};

}  // namespace

TEST_CASE("HMAC-SHA-512 gives test cases 2 and 6 of RFC 4231") {
  CHECK(hmac_sha512(view("Jefe"), view("what do ya want for nothing?")).hex() ==
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  CHECK(hmac_sha512(Bytes(131, 0xaa), view("Test Using Larger Than Block-Size Key - Hash Key First")).hex() ==
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
  CHECK(hmac_sha512({}, view("x")) == hmac_sha512(Bytes(128, 0), view("x")));
}

TEST_CASE("HKDF with SHA-512 equals Python's hmac on the inputs of RFC 5869 A.1 to A.3") {
  // The RFC itself has vectors for SHA-256 and SHA-1 only; the outputs were computed with Python's hmac and
  // hashlib.
  const Case cases[] = {
      {counting(0, 13), Bytes(22, 0x0b), counting(0xf0, 0xfa), 42,
       "665799823737ded04a88e47e54a5890bb2c3d247c7a4254a8e61350723590a26"
       "c36238127d8661b88cf80ef802d57e2f7cebcf1e00e083848be19929c61b4237",
       "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cb"},
      {counting(0x60, 0xb0), counting(0, 0x50), counting(0xb0, 0x100), 82,
       "35672542907d4e142c00e84499e74e1de08be86535f924e022804ad775dde27e"
       "c86cd1e5b7d178c74489bdbeb30712beb82d4f97416c5a94ea81ebdf3e629e4a",
       "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84cd189ddf1b695b48cbd1c8388441137b3ce28f16aa64ba"
       "33b"
       "a466b24df6cfcb021ecff235f6a2056ce3af1de44d572097a8505d9e7a93"},
      {{},
       Bytes(22, 0x0b),
       {},
       42,
       "fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef357e5b"
       "194498d0682611382348572a7b1611de54764094286320578a863f36562b0df6",
       "f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90fff22d04836d0e2343bac"},
  };
  for (const Case& c : cases) {
    const HkdfKey prk = hkdf_extract(c.salt, c.input);
    CHECK(to_hex(prk.expose()) == c.prk);
    Bytes okm(c.length);
    hkdf_expand(prk, c.info, okm);
    CHECK(to_hex(okm) == c.okm);
  }
}

TEST_CASE("HKDF reaches its full length and gives different keys for different purposes") {
  const HkdfKey prk = hkdf_extract(view("salt"), view("input"));
  Bytes longest(255 * 64);
  hkdf_expand(prk, view("a"), longest);
  const auto key = hkdf_expand<SymmetricKey>(prk, view("a"));
  CHECK(equal(key.expose(), ByteView(longest).first(32)));
  CHECK_FALSE(key == hkdf_expand<SymmetricKey>(prk, view("b")));
  CHECK(key == hkdf<SymmetricKey>(view("salt"), view("input"), view("a")));
}
