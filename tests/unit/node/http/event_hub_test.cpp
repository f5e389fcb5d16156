#include "node/http/event_hub.h"

#include <catch2/catch.hpp>

namespace knoop::http {
namespace {

const Timestamp now = Timestamp::parse("2026-11-02T08:00:00Z").value();

struct Ear {
  std::vector<std::string> heard;
  bool cut = false;
};

EventsWanted wanted(Role role, LogPosition known, const std::string& account = "anna") {
  EventsWanted out;
  out.topics = topics_for(role);
  out.account = account;
  out.known = known;
  return out;
}

EventHub::Listener listener(Ear& ear, EventsWanted what) {
  return {std::move(what), [&ear](std::string text) { ear.heard.push_back(std::move(text)); },
          [&ear] { ear.cut = true; }};
}

LogNews news(std::uint64_t number, audit::Event event) {
  return {{1, number}, now, {{event, {1, number}}}};
}

std::string event(std::uint64_t number, std::string_view topic) {
  return fmt::format("id: 1-{}\nevent: {}\ndata: {{\"at\":\"2026-11-02T08:00:00.000Z\"}}\n\n", number, topic);
}

TEST_CASE("every topic has a reader, and what was only read is of the log's readers alone") {
  Topics all;
  for (const Role role : {Role::administrator, Role::monitor, Role::privacy_officer, Role::professional,
                          Role::service, Role::team_lead})
    all |= topics_for(role);
  CHECK(all.all());
  CHECK(topics_for(Role::peer).none());
  Topics audit;
  audit.set(static_cast<std::size_t>(Topic::audit));
  for (const audit::Event read :
       {audit::Event::client_read, audit::Event::client_searched, audit::Event::match_read,
        audit::Event::work_read, audit::Event::consent_read, audit::Event::account_read,
        audit::Event::hint_raised, audit::Event::node_started})
    CHECK(topics_of(read) == audit);
  CHECK(topics_of(audit::Event::log_read).none());
  CHECK(topics_of(audit::Event::emergency_read).test(static_cast<std::size_t>(Topic::fragments)));
  CHECK(topics_of(audit::Event::match_found).test(static_cast<std::size_t>(Topic::work)));
  // A monitor, an administrator and a service are told nothing about dossiers.
  for (const Role role : {Role::administrator, Role::monitor, Role::service})
    for (const Topic topic : {Topic::matches, Topic::handovers, Topic::consents, Topic::records,
                              Topic::fragments, Topic::audit, Topic::rights})
      CHECK_FALSE(topics_for(role).test(static_cast<std::size_t>(topic)));
  CHECK_FALSE(topics_for(Role::privacy_officer).test(static_cast<std::size_t>(Topic::records)));
}

TEST_CASE("an id of an event is what it was, and nothing else is one") {
  CHECK(event_position("1-42") == LogPosition{1, 42});
  CHECK(event_id({3, 7}) == "3-7");
  for (const char* const wrong : {"", "1", "1-", "-1", "1-2x", "1--2", "a-b", " 1-2",
                                  "1-99999999999999999999", "4294967296-1", "1-2\n"})
    CHECK_FALSE(event_position(wrong).has_value());
}

TEST_CASE(
    "a listener is told what changed since, by topic, in order, and nothing that its role may not read") {
  EventHub hub;
  hub.note({{1, 10}, now, {}});
  Ear ear;
  CHECK(hub.listen(1, listener(ear, wanted(Role::administrator, {1, 10}))).value() ==
        "retry: 3000\nid: 1-10\n\n");
  hub.ready(1);
  hub.note(news(11, audit::Event::match_found));
  hub.tell(now, false);
  CHECK(ear.heard.empty());
  hub.note(news(12, audit::Event::account_created));
  hub.note(news(13, audit::Event::import_started));
  hub.note(news(14, audit::Event::account_changed));
  hub.tell(now, false);
  REQUIRE(ear.heard.size() == 1);
  CHECK(ear.heard[0] == event(13, "imports") + event(14, "accounts"));
}

TEST_CASE("who is slow has one message under way and misses nothing") {
  EventHub hub;
  hub.note({{1, 0}, now, {}});
  Ear ear;
  REQUIRE(hub.listen(1, listener(ear, wanted(Role::administrator, {1, 0}))));
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    hub.note(news(i, audit::Event::account_changed));
    hub.tell(now, i % 2 == 0);
  }
  CHECK(ear.heard.empty());
  hub.ready(1);
  REQUIRE(ear.heard.size() == 1);
  CHECK(ear.heard[0] == event(1000, "accounts"));
  hub.ready(1);
  CHECK(ear.heard.size() == 1);
  hub.tell(now, true);
  REQUIRE(ear.heard.size() == 2);
  CHECK(ear.heard[1] == ":\n\n");
}

TEST_CASE("who comes back with an id hears what came after it, and everything once where that is not known") {
  EventHub hub;
  hub.note({{1, 10}, now, {}});
  hub.note(news(11, audit::Event::account_created));
  hub.note(news(12, audit::Event::import_started));
  Ear ear;
  const auto first = [&](LogPosition known) {
    return hub.listen(1, listener(ear, wanted(Role::administrator, known))).value();
  };
  const std::string head = "retry: 3000\nid: ";
  CHECK(first({1, 11}) == head + "1-11\n\n" + event(12, "imports"));
  CHECK(first({1, 10}) == head + "1-10\n\n" + event(11, "accounts") + event(12, "imports"));
  const std::string all = event(12, "imports") + event(12, "peers") + event(12, "accounts");
  CHECK(first({1, 9}) == head + "1-9\n\n" + all);    // before this node started
  CHECK(first({1, 13}) == head + "1-13\n\n" + all);  // of a log that was lost
  CHECK(first({2, 0}) == head + "2-0\n\n" + all);
  hub.note({{2, 3}, now, {{audit::Event::log_opened, {2, 0}}, {audit::Event::card_installed, {2, 3}}}});
  CHECK(first({1, 12}) == head + "1-12\n\nid: 2-3\n" + event(3, "peers").substr(8));
}

TEST_CASE("a stream ends with its session, with any API key that ends, and there are not too many") {
  EventHub hub;
  hub.note({{1, 0}, now, {}});
  Ear anna;
  Ear program;
  Ear other;
  const auto life = std::make_shared<SessionLife>();
  life->until(now);
  EventsWanted of_session = wanted(Role::professional, {1, 0});
  of_session.life = life;
  EventsWanted of_key = wanted(Role::professional, {1, 0}, "key ecd");
  of_key.of_key = true;
  REQUIRE(hub.listen(1, listener(anna, std::move(of_session))));
  REQUIRE(hub.listen(2, listener(program, std::move(of_key))));
  REQUIRE(hub.listen(3, listener(other, wanted(Role::professional, {1, 0}, "uid 7"))));
  hub.tell(now, true);
  CHECK_FALSE(anna.cut);
  SECTION("by its time") {
    hub.tell(now + Milliseconds{1}, true);
  }
  SECTION("by its account") {
    life->end();
    hub.tell(now, false);
  }
  CHECK(anna.cut);
  CHECK_FALSE(program.cut);
  hub.note(news(1, audit::Event::api_key_ended));
  CHECK(program.cut);
  CHECK_FALSE(other.cut);
}

TEST_CASE("streams are bounded, of one account and of all") {
  EventHub hub;
  Ear ear;
  const auto open = [&](std::uint64_t id, const std::string& account) {
    return hub.listen(id, listener(ear, wanted(Role::professional, {}, account))).has_value();
  };
  for (std::uint64_t i = 0; i < EventHub::most_of_one; ++i) CHECK(open(i, "anna"));
  CHECK_FALSE(open(100, "anna"));
  hub.forget(3);
  CHECK(open(100, "anna"));
  for (std::uint64_t i = hub.size(); i < EventHub::most; ++i) CHECK(open(1000 + i, std::to_string(i)));
  CHECK_FALSE(open(5000, "bob"));
  hub.forget(1000 + EventHub::most - 1);
  CHECK(open(5000, "bob"));
}

}  // namespace
}  // namespace knoop::http
