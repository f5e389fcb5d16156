#include "storage/key_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "storage/private_file.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

using testing::TempDir;

constexpr std::string_view passphrase = "correct horse battery";

ErrorCode unwrap_error(ByteView file, const Unlock& unlock) {
  const auto key = unwrap_database_key(file, unlock);
  REQUIRE_FALSE(key);
  UNSCOPED_INFO(key.error().sentence);
  return key.error().code;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a database key opens with the passphrase that wrapped it and no other") {
  TempDir dir;
  TestEntropy entropy(1);
  const auto path = dir / "database.key";
  const auto key = create_database_key(path, view(passphrase), entropy, argon2_smallest);
  REQUIRE(key);
  CHECK(open_database_key(path, view(passphrase)).value() == *key);

  const std::string before = contents(path);
  for (const std::string_view wrong :
       {"correct horse batter", "Correct horse battery", "correct horse battery "}) {
    const auto opened = open_database_key(path, view(wrong));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::wrong_passphrase);
  }
  CHECK(contents(path) == before);
  CHECK(before.find(text_view(key->expose())) == std::string::npos);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
}

TEST_CASE("a database key opens with its key file and no other") {
  TempDir dir;
  TestEntropy entropy(2);
  const auto unlock = create_unlock_key(dir / "unlock.key", entropy);
  REQUIRE(unlock);
  const auto key = create_database_key(dir / "database.key", &*unlock, entropy);
  REQUIRE(key);
  const auto read = read_unlock_key(dir / "unlock.key");
  REQUIRE(read);
  CHECK(open_database_key(dir / "database.key", &*read).value() == *key);
  const auto other = create_unlock_key(dir / "other.key", entropy);
  REQUIRE(other);
  CHECK(open_database_key(dir / "database.key", &*other).error().code == ErrorCode::wrong_passphrase);
}

TEST_CASE("what opens a key is of the kind that wrapped it, and said so") {
  TestEntropy entropy(3);
  const auto key = entropy.draw<SymmetricKey>();
  const auto unlock = entropy.draw<UnlockKey>();
  const Bytes by_passphrase = wrap_database_key(key, view(passphrase), entropy, argon2_smallest).value();
  const Bytes by_file = wrap_database_key(key, &unlock, entropy).value();
  CHECK(unwrap_error(by_passphrase, &unlock) == ErrorCode::wrong_state);
  CHECK(unwrap_error(by_file, view(passphrase)) == ErrorCode::wrong_state);
}

TEST_CASE("every changed byte and every cut of a wrapped key is refused") {
  TestEntropy entropy(4);
  const auto key = entropy.draw<SymmetricKey>();
  const auto unlock = entropy.draw<UnlockKey>();
  for (const Unlock& by : {Unlock(view(passphrase)), Unlock(&unlock)}) {
    const Bytes good = wrap_database_key(key, by, entropy, argon2_smallest).value();
    REQUIRE(unwrap_database_key(good, by).value() == key);
    for (std::size_t i = 0; i < good.size(); ++i) {
      Bytes bad = good;
      bad[i] ^= 1;
      const ErrorCode code = unwrap_error(bad, by);
      CHECK((code == ErrorCode::wrong_passphrase || code == ErrorCode::bad_format ||
             code == ErrorCode::wrong_state || code == ErrorCode::over_limit ||
             code == ErrorCode::bad_value));
      CHECK(unwrap_error(ByteView(good).first(i), by) == ErrorCode::bad_format);
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(unwrap_error(longer, by) == ErrorCode::bad_format);
  }
}

TEST_CASE("a short passphrase cannot be set") {
  TestEntropy entropy(5);
  const auto wrapped =
      wrap_database_key(entropy.draw<SymmetricKey>(), view("elf letters"), entropy, argon2_smallest);
  REQUIRE_FALSE(wrapped);
  CHECK(wrapped.error().code == ErrorCode::bad_length);
}

TEST_CASE("a key file that others can read, or of another length, is refused") {
  TempDir dir;
  TestEntropy entropy(6);
  const auto path = dir / "unlock.key";
  REQUIRE(create_unlock_key(path, entropy));
  for (const auto mode : {0640U, 0604U, 0660U, 0602U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(read_unlock_key(path).error().code == ErrorCode::forbidden);
  }
  REQUIRE(::chmod(path.c_str(), 0400) == 0);
  CHECK(read_unlock_key(path));

  REQUIRE(write_private_file(dir / "short.key", Bytes(31)));
  CHECK(read_unlock_key(dir / "short.key").error().code == ErrorCode::bad_length);
  REQUIRE(write_private_file(dir / "long.key", Bytes(33)));
  CHECK(read_unlock_key(dir / "long.key").error().code == ErrorCode::over_limit);
  CHECK(read_unlock_key(dir / "none.key").error().code == ErrorCode::not_found);
  CHECK(read_unlock_key(dir.path()).error().code == ErrorCode::bad_value);
}

TEST_CASE("an existing file is never written over") {
  TempDir dir;
  TestEntropy entropy(7);
  const auto path = dir / "database.key";
  REQUIRE(write_private_file(path, view("what is there")));
  const auto created = create_database_key(path, view(passphrase), entropy, argon2_smallest);
  REQUIRE_FALSE(created);
  CHECK(created.error().code == ErrorCode::conflict);
  CHECK(contents(path) == "what is there");
  CHECK_FALSE(std::filesystem::exists(dir / "database.key.new"));
}

}  // namespace
}  // namespace knoop::storage
