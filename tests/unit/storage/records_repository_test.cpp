#include "storage/records_repository.h"

#include <catch2/catch.hpp>

#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

using records::Bsn;
using records::Client;
using records::ClientId;
using records::Fragment;
using records::Involvement;

constexpr Date today{2026, 11, 21};
constexpr Timestamp now{1'000'000};

using test::must;

/// One open transaction on an empty database.
struct Store {
  Store()
      : database(must(Database::open(dir / "a.db", SymmetricKey{}, OpenMode::create))),
        tx(must(database->begin())) {
    database->use_entropy(entropy);
  }
  testing::TempDir dir;
  TestEntropy entropy;
  std::unique_ptr<Database> database;
  Transaction tx;

  std::vector<ClientId> take_dirty() {
    auto ids = must(dirty_clients(tx, 100));
    for (const ClientId id : ids) must(mark_clean(tx, id));
    return ids;
  }
};

Client a_client(std::string ref = "T-1") {
  Client client;
  client.ref = std::move(ref);
  client.bsn = *Bsn::parse("123456782");
  client.given_names = "Noor";
  client.prefix = "van der";
  client.surname = "Voorbeeld";
  client.birth_date = {2015, 6, 1};
  client.gender = records::Gender::female;
  client.address = {"1234 AB", "12", "bis"};
  client.municipality = "0363";
  client.parent2_bsn = *Bsn::parse("111222333");
  return client;
}

Involvement an_involvement() {
  Involvement involvement;
  involvement.kind = records::InvolvementKind::signaal;
  involvement.from = {2026, 1, 15};
  involvement.until = {2028, 1, 15};
  involvement.professional = {"A. Voorbeeld", "jeugdarts", "020-5550100", "a@example.nl"};
  return involvement;
}

Fragment a_fragment() {
  Fragment fragment;
  fragment.category = Category::safety;
  fragment.title = "Veiligheid";
  fragment.nature = records::Nature::interpretation;
  fragment.author = "A. Voorbeeld";
  fragment.date = {2026, 2, 1};
  fragment.text = "Geen zorgen.";
  fragment.persons = {"jeugdige", "ouder"};
  return fragment;
}

FragmentId fragment_id(Byte fill) {
  return *FragmentId::from(Bytes(16, fill));
}

TEST_CASE("a client comes back as it was stored, and is changed only when it differs") {
  Store store;
  const auto written = must(put_client(store.tx, a_client(), now));
  CHECK(written.outcome == Outcome::added);
  CHECK(must(find_client(store.tx, written.id))->client == a_client());
  CHECK(must(find_client(store.tx, "T-1"))->id == written.id);
  CHECK_FALSE(must(find_client(store.tx, "T-2")));

  CHECK(must(put_client(store.tx, a_client(), Timestamp{2})).outcome == Outcome::unchanged);
  CHECK(must(find_client(store.tx, written.id))->changed == now);

  Client moved = a_client();
  moved.address.postcode = "4321 BA";
  moved.bsn.reset();
  CHECK(must(put_client(store.tx, moved, Timestamp{2})).outcome == Outcome::changed);
  CHECK(must(find_client(store.tx, written.id))->client == moved);
  CHECK(must(find_client(store.tx, written.id))->created == now);
  CHECK(must(count_clients(store.tx)) == 1);
}

TEST_CASE("R2.5 marks set by hand survive a re-import") {
  Store store;
  const auto id = must(put_client(store.tx, a_client(), now)).id;
  store.take_dirty();
  must(set_marks(store.tx, id, {.secret = true, .institutional = false}, now));
  CHECK(store.take_dirty() == std::vector{id});
  Client moved = a_client();
  moved.surname = "Anders";
  must(put_client(store.tx, moved, now));
  CHECK(must(find_client(store.tx, id))->marks.secret);
}

TEST_CASE("clients are listed by page, name, birth date, BSN and involvement") {
  Store store;
  std::vector<ClientId> ids;
  for (int i = 0; i < 5; ++i) {
    Client client = a_client("T-" + std::to_string(i));
    client.surname = i < 3 ? "Jansen" : "Smit";
    client.birth_date = {2010 + i, 1, 1};
    if (i != 2) client.bsn.reset();
    ids.push_back(must(put_client(store.tx, client, now)).id);
  }
  must(add_involvement(store.tx, ids[1], an_involvement(), now));
  const auto list = [&](ClientFilter filter) {
    filter.today = today;
    std::vector<ClientId> found;
    for (const auto& client : must(list_clients(store.tx, filter))) found.push_back(client.id);
    return found;
  };
  CHECK(list({}) == ids);
  CHECK(list({.after = ids[1], .limit = 2}) == std::vector{ids[2], ids[3]});
  CHECK(list({.surname_prefix = "JAN"}) == std::vector{ids[0], ids[1], ids[2]});
  CHECK(list({.surname_prefix = "%"}).empty());
  CHECK(list({.birth_date = Date{2014, 1, 1}}) == std::vector{ids[4]});
  CHECK(list({.bsn = Bsn::parse("123456782").value()}) == std::vector{ids[2]});
  CHECK(list({.involved_only = true}) == std::vector{ids[1]});
}

TEST_CASE("an involvement is the same by client, kind and first day, reason and closing are ours") {
  Store store;
  const auto client = must(put_client(store.tx, a_client(), now)).id;
  const auto id = must(put_involvement(store.tx, client, an_involvement(), now)).id;
  CHECK(must(find_involvement(store.tx, id))->involvement == an_involvement());
  CHECK(must(put_involvement(store.tx, client, an_involvement(), now)).outcome == Outcome::unchanged);

  auto stored = *must(find_involvement(store.tx, id));
  stored.involvement.reason = "blijft hier";
  stored.involvement.closed_on = Date{2026, 5, 1};
  must(update_involvement(store.tx, stored, now));
  CHECK(must(put_involvement(store.tx, client, an_involvement(), now)).outcome == Outcome::unchanged);

  Involvement extended = an_involvement();
  extended.until = {2027, 1, 1};
  CHECK(must(put_involvement(store.tx, client, extended, now)).outcome == Outcome::changed);
  const auto after = *must(find_involvement(store.tx, id));
  CHECK(after.involvement.until == Date{2027, 1, 1});
  CHECK(after.involvement.reason == "blijft hier");
  CHECK(after.involvement.closed_on == Date{2026, 5, 1});

  Involvement other = an_involvement();
  other.kind = records::InvolvementKind::ketenregistratie;
  CHECK(must(put_involvement(store.tx, client, other, now)).outcome == Outcome::added);
  CHECK(must(involvements_of(store.tx, client)).size() == 2);
  CHECK(must(list_involvements(store.tx, {.today = today})).size() == 1);
  CHECK(must(list_involvements(store.tx, {.active_only = false, .today = today})).size() == 2);
  CHECK(must(list_involvements(
                 store.tx, {.kind = records::InvolvementKind::signaal, .active_only = false, .today = today}))
            .size() == 1);

  const auto refused = add_involvement(store.tx, ClientId{999}, an_involvement(), now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
}

TEST_CASE("fragments that agree in all but their place in the file are told apart") {
  Store store;
  const auto client = must(put_client(store.tx, a_client(), now)).id;
  CHECK(must(put_fragment(store.tx, fragment_id(1), client, a_fragment(), 1, now)).outcome == Outcome::added);
  CHECK(must(put_fragment(store.tx, fragment_id(2), client, a_fragment(), 2, now)).outcome == Outcome::added);
  CHECK(must(put_fragment(store.tx, fragment_id(3), client, a_fragment(), 1, now)).outcome ==
        Outcome::unchanged);
  Fragment changed = a_fragment();
  changed.text = "Toch zorgen.";
  const auto written = must(put_fragment(store.tx, fragment_id(4), client, changed, 2, now));
  CHECK(written.outcome == Outcome::changed);
  CHECK(written.id == fragment_id(2));
  CHECK(must(find_fragment(store.tx, fragment_id(2)))->fragment == changed);
  CHECK(must(find_fragment(store.tx, fragment_id(2)))->version == 2);
  must(add_fragment(store.tx, fragment_id(5), client, a_fragment(), now));
  CHECK(must(fragments_of(store.tx, client)).size() == 3);
  CHECK_FALSE(must(find_fragment(store.tx, fragment_id(9))));
}

TEST_CASE("matching learns which clients changed, and only those (R2.10)") {
  Store store;
  const auto a = must(put_client(store.tx, a_client("A"), now)).id;
  const auto b = must(put_client(store.tx, a_client("B"), now)).id;
  CHECK(store.take_dirty().empty());  // nothing to register without an involvement
  must(add_involvement(store.tx, b, an_involvement(), now));
  CHECK(store.take_dirty() == std::vector{b});
  must(put_client(store.tx, a_client("A"), now));
  CHECK(store.take_dirty().empty());
  Client renamed = a_client("A");
  renamed.surname = "Anders";
  must(put_client(store.tx, renamed, now));
  CHECK(store.take_dirty() == std::vector{a});

  must(mark_dirty_by_date(store.tx, {2026, 1, 14}, {2026, 1, 15}));
  CHECK(store.take_dirty() == std::vector{b});
  must(mark_dirty_by_date(store.tx, {2026, 1, 15}, {2028, 1, 15}));
  CHECK(store.take_dirty().empty());
  must(mark_dirty_by_date(store.tx, {2028, 1, 15}, {2028, 1, 16}));
  CHECK(store.take_dirty() == std::vector{b});
}

TEST_CASE("R2.5 an address that becomes shared by more than six concerns everybody there") {
  Store store;
  std::vector<ClientId> ids;
  for (int i = 0; i < 6; ++i)
    ids.push_back(must(put_client(store.tx, a_client("T-" + std::to_string(i)), now)).id);
  CHECK(store.take_dirty().empty());
  CHECK(must(address_of_client(store.tx, ids[0])).clients == 6);
  ids.push_back(must(put_client(store.tx, a_client("T-6"), now)).id);
  CHECK(store.take_dirty() == ids);
  Client moved = a_client("T-6");
  moved.address = {};
  must(put_client(store.tx, moved, now));
  CHECK(store.take_dirty() == ids);
  CHECK(must(address_of_client(store.tx, ids[6])).clients == 1);
}

TEST_CASE("R2.5 one client marked geheim or of an institution makes the address so for everybody there") {
  Store store;
  const auto hidden = must(put_client(store.tx, a_client("G-1"), now)).id;
  const auto brother = must(put_client(store.tx, a_client("G-2"), now)).id;
  Client apart = a_client("G-3");
  apart.address = {};
  const auto elsewhere = must(put_client(store.tx, apart, now)).id;
  store.take_dirty();

  must(set_marks(store.tx, hidden, {.secret = true, .institutional = false}, now));
  CHECK(store.take_dirty() == std::vector{hidden, brother});
  CHECK(must(address_of_client(store.tx, brother)).marks.secret);
  CHECK_FALSE(must(address_of_client(store.tx, brother)).marks.institutional);
  CHECK_FALSE(must(address_of_client(store.tx, elsewhere)).marks.secret);

  Client moved = a_client("G-1");
  moved.address = {};
  must(put_client(store.tx, moved, now));
  CHECK(store.take_dirty() == std::vector{hidden, brother});
  CHECK_FALSE(must(address_of_client(store.tx, brother)).marks.secret);
  must(put_client(store.tx, a_client("G-1"), now));
  CHECK(store.take_dirty() == std::vector{hidden, brother});
  CHECK(must(address_of_client(store.tx, brother)).marks.secret);

  must(set_marks(store.tx, hidden, {.secret = false, .institutional = true}, now));
  CHECK(store.take_dirty() == std::vector{hidden, brother});
  CHECK(must(address_of_client(store.tx, brother)).marks.institutional);
}

}  // namespace
}  // namespace knoop::storage
