#include "protocol/codec/codec.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "crypto/keys.h"

using namespace knoop;

namespace {

enum class Colour : std::uint8_t { red = 1, green = 2, blue = 200 };
constexpr bool is_valid(Colour colour) {
  return colour == Colour::red || colour == Colour::green || colour == Colour::blue;
}

struct Inner {
  std::uint16_t a = 0;
  std::string b;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.a, bounded(self.b, 40));
  }
  friend bool operator==(const Inner&, const Inner&) = default;
};

struct Everything {
  bool yes = false;
  std::uint8_t small = 0;
  std::uint32_t medium = 0;
  std::uint64_t large = 0;
  std::int64_t either = 0;
  Timestamp at;
  Date on;
  Colour colour = Colour::red;
  std::string text;
  Bytes bytes;
  SubjectId subject;
  std::optional<std::string> maybe_text;
  std::optional<Hash256> maybe_hash;
  std::optional<Inner> maybe_inner;
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> texts;
  std::vector<Inner> inners;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.yes, self.small, self.medium, self.large, self.either, self.at, self.on, self.colour,
            bounded(self.text, 300), bounded(self.bytes, 300), self.subject, bounded(self.maybe_text, 40),
            self.maybe_hash, self.maybe_inner, bounded(self.numbers, 20), bounded(self.texts, 20, 40),
            bounded(self.inners, 20));
  }
  friend bool operator==(const Everything&, const Everything&) = default;
};

template <typename T>
struct One {
  T value{};
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.value);
  }
};

template <typename T>
struct OneBounded {
  T value{};
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.value, 3, 3));
  }
};

// A message of messages, Depth arrays deep.
template <int Depth>
struct Nested {
  Nested<Depth - 1> inner;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.inner);
  }
};
template <>
struct Nested<1> {
  bool leaf = true;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.leaf);
  }
};

std::string draw_text(std::size_t longest) {
  const auto length = *rc::gen::inRange<std::size_t>(0, longest + 1);
  return *rc::gen::container<std::string>(length, rc::gen::inRange<char>(' ', '~'));
}

template <typename T>
std::optional<T> perhaps(T value) {
  return *rc::gen::arbitrary<bool>() ? std::optional<T>(std::move(value)) : std::nullopt;
}

std::uint64_t draw_number() {
  const auto bits = *rc::gen::inRange(0, 64);
  return *rc::gen::arbitrary<std::uint64_t>() >> bits;
}

template <typename Value>
Value draw_fixed() {
  const auto bytes = *rc::gen::container<Bytes>(Value::size, rc::gen::arbitrary<Byte>());
  return Value::from(bytes).value();
}

Inner draw_inner() {
  return {*rc::gen::arbitrary<std::uint16_t>(), draw_text(40)};
}

template <typename F>
auto draw_many(F draw) {
  std::vector<decltype(draw())> out(*rc::gen::inRange<std::size_t>(0, 21));
  for (auto& item : out) item = draw();
  return out;
}

Everything draw_everything() {
  Everything m;
  m.yes = *rc::gen::arbitrary<bool>();
  m.small = *rc::gen::arbitrary<std::uint8_t>();
  m.medium = *rc::gen::arbitrary<std::uint32_t>();
  m.large = draw_number();
  m.either = static_cast<std::int64_t>(draw_number());
  if (*rc::gen::arbitrary<bool>()) m.either = -m.either;
  m.at.ms = *rc::gen::inRange<std::int64_t>(-2'208'988'800'000, 7'258'118'400'000);
  m.on = Date::from_days(*rc::gen::inRange<std::int64_t>(-25'567, 84'006));
  m.colour = *rc::gen::element(Colour::red, Colour::green, Colour::blue);
  m.text = draw_text(300);
  m.bytes = to_bytes(draw_text(300));
  m.subject = draw_fixed<SubjectId>();
  m.maybe_text = perhaps(draw_text(40));
  m.maybe_hash = perhaps(draw_fixed<Hash256>());
  m.maybe_inner = perhaps(draw_inner());
  m.numbers = draw_many(draw_number);
  m.texts = draw_many([] { return draw_text(40); });
  m.inners = draw_many(draw_inner);
  return m;
}

template <typename T>
ErrorCode refusal(std::string_view hex) {
  const auto result = decode<T>(from_hex(hex).value());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().side == Side::peer);
  return result.error().code;
}

}  // namespace

TEST_CASE("a message comes back from its bytes") {
  CHECK(rc::check("round trip", [] {
    const Everything message = draw_everything();
    const auto back = decode<Everything>(encode(message));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == message);
  }));
}

TEST_CASE("changed, cut or extended bytes are refused or are the one form of another message") {
  CHECK(rc::check("one byte changed", [] {
    const Bytes original = encode(draw_everything());
    Bytes bytes = original;
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    for (int value = 0; value < 256; ++value) {
      bytes[at] = static_cast<Byte>(value);
      if (const auto message = decode<Everything>(bytes)) RC_ASSERT(encode(*message) == bytes);
    }
  }));
  CHECK(rc::check("cut or extended", [] {
    const Bytes original = encode(draw_everything());
    for (std::size_t size = 0; size < original.size(); ++size)
      RC_ASSERT_FALSE(decode<Everything>(ByteView(original).first(size)).has_value());
    Bytes longer = original;
    longer.push_back(*rc::gen::arbitrary<Byte>());
    RC_ASSERT(decode<Everything>(longer).error().code == ErrorCode::bad_encoding);
  }));
  CHECK(rc::check("any bytes", [](const Bytes& bytes) {
    if (const auto message = decode<Inner>(bytes)) RC_ASSERT(encode(*message) == bytes);
  }));
}

TEST_CASE("the worked examples of docs/spec/codec.md") {
  CHECK(to_hex(encode(Inner{258, "knoop"})) == "92cd0102a56b6e6f6f70");
  CHECK(decode<Inner>(from_hex("92cd0102a56b6e6f6f70").value()).value() == Inner{258, "knoop"});
  Everything message;
  message.at = Timestamp::parse("2026-11-21T09:30:00Z").value();
  message.on = Date::parse("1969-12-31").value();
  message.either = -300;
  message.large = 1U << 20U;
  message.colour = Colour::blue;
  message.bytes = {1, 2};
  message.maybe_inner = Inner{1, ""};
  message.numbers = {127, 128};
  std::ifstream document(KNOOP_TEST_DIR "/../docs/spec/codec.md");
  std::string line;
  std::string hex;
  while (std::getline(document, line) && line != "```message") continue;
  while (std::getline(document, line) && line != "```") hex += line.substr(0, line.find("  "));
  CHECK(to_hex(encode(message)) == hex);
}

TEST_CASE("another spelling of the same message is refused") {
  // 258 as uint32, 5-byte text with a str8 header, an array16 header, trailing bytes
  CHECK(refusal<Inner>("92ce00000102a56b6e6f6f70") == ErrorCode::bad_encoding);
  CHECK(refusal<Inner>("92cd0102d9056b6e6f6f70") == ErrorCode::bad_encoding);
  CHECK(refusal<Inner>("dc0002cd0102a56b6e6f6f70") == ErrorCode::bad_encoding);
  CHECK(refusal<Inner>("92cd0102a56b6e6f6f70c0") == ErrorCode::bad_encoding);
}

TEST_CASE("wrong types, wrong counts and values out of range are refused") {
  CHECK(refusal<One<bool>>("9101") == ErrorCode::bad_format);
  CHECK(refusal<One<std::uint8_t>>("91cd0100") == ErrorCode::bad_value);
  CHECK(refusal<One<std::uint8_t>>("91ff") == ErrorCode::bad_format);
  CHECK(refusal<One<std::uint8_t>>("91ca00000000") == ErrorCode::bad_format);  // a float
  CHECK(refusal<One<std::int64_t>>("91cf8000000000000000") == ErrorCode::bad_value);
  CHECK(refusal<One<Colour>>("9103") == ErrorCode::bad_value);
  CHECK(refusal<One<Date>>("91ce7fffffff") == ErrorCode::bad_value);
  CHECK(refusal<One<Timestamp>>("91cf7fffffffffffffff") == ErrorCode::bad_value);
  CHECK(refusal<One<SubjectId>>("91c40100") == ErrorCode::bad_length);
  CHECK(refusal<One<SubjectId>>("91c0") == ErrorCode::bad_format);
  CHECK(refusal<OneBounded<std::string>>("91a461626364") == ErrorCode::over_limit);
  CHECK(refusal<OneBounded<std::string>>("91c40161") == ErrorCode::bad_format);
  CHECK(refusal<OneBounded<std::string>>("91a2c328") == ErrorCode::bad_value);
  CHECK(refusal<OneBounded<Bytes>>("91a161") == ErrorCode::bad_format);
  CHECK(refusal<OneBounded<Bytes>>("91c40401020304") == ErrorCode::over_limit);
  CHECK(refusal<OneBounded<std::vector<std::string>>>("9194a0a0a0a0") == ErrorCode::over_limit);
  CHECK(refusal<OneBounded<std::vector<std::string>>>("9191a461626364") == ErrorCode::over_limit);
  CHECK(refusal<OneBounded<std::vector<std::string>>>("91a0") == ErrorCode::bad_format);
  CHECK(refusal<Inner>("9101") == ErrorCode::bad_format);
  CHECK(refusal<Inner>("9301a0c0") == ErrorCode::bad_format);
  CHECK(refusal<Inner>("c0") == ErrorCode::bad_format);
  CHECK(refusal<Inner>("") == ErrorCode::bad_encoding);
}

TEST_CASE("maps, duplicate keys and extensions are refused") {
  CHECK(refusal<One<bool>>("91820101"
                           "0102") == ErrorCode::over_limit);      // {1: 1, 1: 2}
  CHECK(refusal<One<bool>>("9180") == ErrorCode::bad_format);      // {}
  CHECK(refusal<One<bool>>("91d40100") == ErrorCode::over_limit);  // fixext 1
}

TEST_CASE("announced lengths and depth are limited before memory is taken") {
  CHECK(refusal<Inner>("ddffffffff") == ErrorCode::over_limit);
  CHECK(refusal<Inner>("91dbffffffff") == ErrorCode::bad_encoding);
  CHECK(refusal<Inner>("91c6ffffffff") == ErrorCode::bad_encoding);
  CHECK(decode<Nested<8>>(from_hex("9191919191919191c3").value()).has_value());
  CHECK(refusal<Nested<8>>("919191919191919191c3") == ErrorCode::over_limit);
  CHECK(encode_checked(Nested<8>{}).has_value());
  CHECK(encode_checked(Nested<9>{}).error().code == ErrorCode::over_limit);
  const Bytes huge(max_encoded_size + 1, 0xC0);
  CHECK(decode<Inner>(huge).error().code == ErrorCode::over_limit);
}

TEST_CASE("an error names the field and never its content") {
  Everything message;
  message.inners = {{1, "a"}, {2, "b"}};
  Bytes bytes = encode(message);
  bytes.back() = 0xFF;  // the text "b" is no UTF-8 any more
  const auto error = decode<Everything>(bytes).error();
  CHECK(error.sentence == "field 17.2.2 is no UTF-8 text");
}

TEST_CASE("a message beyond its own limits is an error where it was typed") {
  CHECK(encode_checked(Inner{1, std::string(41, 'x')}).error().code == ErrorCode::over_limit);
  CHECK(encode_checked(Inner{1, "\xff"}).error().code == ErrorCode::bad_value);
  CHECK(encode_checked(One<Colour>{static_cast<Colour>(7)}).error().side == Side::ours);
  CHECK(encode_checked(One<Date>{Date{2026, 2, 30}}).error().code == ErrorCode::bad_value);
  CHECK(encode_checked(One<Timestamp>{Timestamp{std::int64_t{1} << 62U}}).error().code ==
        ErrorCode::bad_value);
}

TEST_CASE("a text holds no U+0000") {
  CHECK(refusal<OneBounded<std::string>>("91a3610062") == ErrorCode::bad_value);
  CHECK(encode_checked(OneBounded<std::string>{std::string("a\0b", 3)}).error().code == ErrorCode::bad_value);
}
