#include "protocol/channel/preshared_file.h"

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

struct Pair {
  TestEntropy entropy{4};
  NetworkId network = entropy.draw<NetworkId>();
  MemberId one = entropy.draw<MemberId>();
  MemberId other = entropy.draw<MemberId>();
  PresharedKey key = entropy.draw<PresharedKey>();
  std::string file = to_text(preshared_file(key, network, one, other));

  [[nodiscard]] ErrorCode refused(const std::string& text) const {
    const auto read = read_preshared_file(view(text), network, one, other);
    REQUIRE_FALSE(read.has_value());
    return read.error().code;
  }
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("a preshared key file is the same for both members and gives the key back") {
  Pair pair;
  CHECK(pair.file == to_text(preshared_file(pair.key, pair.network, pair.other, pair.one)));
  CHECK(read_preshared_file(view(pair.file), pair.network, pair.one, pair.other).value() == pair.key);
  CHECK(read_preshared_file(view(pair.file), pair.network, pair.other, pair.one).value() == pair.key);
  CHECK(pair.file.size() <= max_preshared_file);
}

TEST_CASE("a preshared key of another network or pair is refused") {
  Pair pair;
  const auto stranger = pair.entropy.draw<MemberId>();
  CHECK(read_preshared_file(view(pair.file), pair.entropy.draw<NetworkId>(), pair.one, pair.other)
            .error()
            .code == ErrorCode::wrong_network);
  CHECK(read_preshared_file(view(pair.file), pair.network, pair.one, stranger).error().code ==
        ErrorCode::wrong_recipient);
}

TEST_CASE("a digit that changed is found by the id, and an error never holds the key") {
  Pair pair;
  const std::size_t key_at = pair.file.find("key: ") + 5;
  for (const std::size_t at : {key_at, key_at + 31, key_at + 63, pair.file.find("id: ") + 4}) {
    std::string changed = pair.file;
    changed[at] = changed[at] == '0' ? '1' : '0';
    CHECK(pair.refused(changed) == ErrorCode::bad_value);
  }
  std::string wrong = pair.file;
  wrong[key_at] = 'x';
  const auto error = read_preshared_file(view(wrong), pair.network, pair.one, pair.other).error();
  CHECK(error.sentence.find(to_hex(pair.key.expose()).substr(8, 8)) == std::string::npos);
}

TEST_CASE("what is no preshared key file is refused") {
  Pair pair;
  CHECK(pair.refused("") == ErrorCode::bad_format);
  CHECK(pair.refused("knoop/v1/preshared-key") == ErrorCode::bad_format);
  CHECK(pair.refused(pair.file + "\n") == ErrorCode::bad_format);
  CHECK(pair.refused(pair.file.substr(0, pair.file.size() - 1)) == ErrorCode::bad_format);
  CHECK(pair.refused(replaced(pair.file, "\nid: ", "\nID: ")) == ErrorCode::bad_format);
  CHECK(pair.refused(replaced(pair.file, "\n", "\r\n")) == ErrorCode::bad_format);
  for (std::size_t size = 0; size < pair.file.size(); ++size)
    CHECK_FALSE(
        read_preshared_file(view(pair.file).first(size), pair.network, pair.one, pair.other).has_value());
}

TEST_CASE(
    "a key that is read aloud may be typed in groups, too few, too many, other digits and zeros are "
    "refused") {
  Pair pair;
  const std::string digits = to_hex(pair.key.expose());
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); i += 4)
    grouped += digits.substr(i, 4) + (i % 8 == 0 ? " " : "-");
  CHECK(preshared_from_digits(view(grouped)).value() == pair.key);
  for (const std::string& bad : {std::string(), digits.substr(1), digits + "0", "g" + digits.substr(1)})
    CHECK(preshared_from_digits(view(bad)).error().code == ErrorCode::bad_format);
  CHECK(preshared_from_digits(view(std::string(64, '0'))).error().code == ErrorCode::bad_key);
}
