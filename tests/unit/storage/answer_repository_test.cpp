// What is kept of requests that were done: a day long, under a key that goes with any client that is destroyed.
#include "storage/answer_repository.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/erasure_repository.h"
#include "storage/object_state.h"
#include "storage/records_repository.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

using test::must;

constexpr Timestamp now{1'000'000};
const Hash256 asked(std::array<Byte, 32>{7});

struct Office {
  Office() { open(OpenMode::create); }
  void open(OpenMode mode) {
    database = must(Database::open(directory / "knoop.db", SymmetricKey{}, mode));
    database->use_entropy(entropy);
  }
  template <typename F>
  auto event(F&& f) {
    auto tx = must(database->begin());
    auto out = must(f(tx));
    must(tx.commit());
    must(database->flush());
    return out;
  }
  void keep(std::string_view who, std::string_view key, Timestamp at = now,
            std::optional<KeptAnswer> answer = KeptAnswer{201, "application/json", "Noor"}) {
    event([&](Transaction& tx) -> Result<int> {
      KNOOP_TRY(keep_done_request(tx, who, key, at, asked, answer));
      return 0;
    });
  }
  std::optional<DoneRequest> find(std::string_view who, std::string_view key, Timestamp at = now) {
    return event([&](Transaction& tx) { return find_done_request(tx, who, key, at); });
  }

  testing::TempDir directory;
  TestEntropy entropy;
  std::unique_ptr<Database> database;
};

TEST_CASE("a request that was done is found by its account and key, for a day") {
  Office office;
  office.keep("console anna", "a");
  const auto found = office.find("console anna", "a");
  REQUIRE(found);
  CHECK(found->request == asked);
  REQUIRE(found->answer);
  CHECK(found->answer->status == 201);
  CHECK(found->answer->type == "application/json");
  CHECK(found->answer->body == "Noor");
  CHECK_FALSE(office.find("console bob", "a"));
  CHECK_FALSE(office.find("console anna", "b"));
  CHECK_FALSE(office.find("console ann", "aa"));
  CHECK(office.find("console anna", "a", now + answers_kept - Milliseconds{1}));
  CHECK_FALSE(office.find("console anna", "a", now + answers_kept));
}

TEST_CASE("an answer that must not be kept, or is too long, is not, that it was done is") {
  Office office;
  office.keep("anna", "secret", now, std::nullopt);
  office.keep("anna", "longest", now, KeptAnswer{200, "text/plain", std::string(longest_answer, 'x')});
  office.keep("anna", "longer", now, KeptAnswer{200, "text/plain", std::string(longest_answer + 1, 'x')});
  for (const char* const key : {"secret", "longer"}) {
    const auto found = office.find("anna", key);
    REQUIRE(found);
    CHECK(found->request == asked);
    CHECK_FALSE(found->answer);
  }
  CHECK(office.find("anna", "longest")->answer->body.size() == longest_answer);
}

TEST_CASE("R8.4: when a client is destroyed every answer is, here and in an old copy of the records") {
  Office office;
  office.event([](Transaction& tx) {
    records::Client client;
    client.ref = "A";
    client.surname = "Voorbeeld";
    client.birth_date = {2015, 6, 1};
    return put_client(tx, client, now);
  });
  office.keep("anna", "a");
  must(office.database->truncate_log());
  std::filesystem::copy_file(office.directory / "knoop.db", office.directory / "copy");
  office.event([](Transaction& tx) -> Result<int> {
    KNOOP_TRY(erase_client(tx, "A", now));
    return 0;
  });
  const auto forgotten = [&] {
    const auto found = office.find("anna", "a");
    REQUIRE(found);
    CHECK_FALSE(found->request);
    CHECK_FALSE(found->answer);
  };
  forgotten();
  office.keep("anna", "b");  // the next are kept again
  CHECK(office.find("anna", "b")->answer);

  office.database.reset();
  for (const char* const file : {"knoop.db", "knoop.db-wal", "knoop.db-shm"})
    std::filesystem::remove(office.directory / file);
  std::filesystem::rename(office.directory / "copy", office.directory / "knoop.db");
  office.open(OpenMode::open);
  forgotten();
  office.keep("anna", "c");
  CHECK(office.find("anna", "c")->answer);
}

TEST_CASE("what is over goes in pieces, oldest first") {
  Office office;
  for (int i = 0; i < 5; ++i) office.keep("anna", std::to_string(i), now + Milliseconds{i});
  const auto drop = [&](Timestamp at) {
    return office.event([&](Transaction& tx) { return drop_old_requests(tx, at, 2); });
  };
  const auto oldest = [&] { return office.event([](Transaction& tx) { return oldest_request(tx); }); };
  CHECK(drop(now) == 0);
  CHECK(oldest() == now);
  CHECK(drop(now + answers_kept) == 1);
  CHECK(oldest() == now + Milliseconds{1});
  CHECK(drop(now + answers_kept + Milliseconds{60}) == 2);
  CHECK(drop(now + answers_kept + Milliseconds{60}) == 2);
  CHECK(drop(now + answers_kept + Milliseconds{60}) == 0);
  CHECK(oldest() == std::nullopt);
}

TEST_CASE("every kind of object has a state that can be asked, and what does not exist has none") {
  Office office;
  for (const Kind kind : {Kind::client, Kind::involvement, Kind::fragment, Kind::match, Kind::handover,
                          Kind::consent, Kind::ground, Kind::import, Kind::account, Kind::subject_request,
                          Kind::destruction, Kind::aftercare, Kind::emergency_read})
    for (const std::string& id : {std::string(32, 'a'), std::string("1"), std::string("-1"), std::string("x"),
                                  std::string(), std::string(40, '9')})
      CHECK(office.event([&](Transaction& tx) { return object_state(tx, kind, id); }) == std::nullopt);
}

}  // namespace
}  // namespace knoop::storage
