// Any bytes: refused, or the one canonical form of the message they decode to.
#include "crypto/keys.h"
#include "protocol/codec/codec.h"

namespace {

enum class Kind : std::uint8_t { one = 1, two = 2 };
constexpr bool is_valid(Kind kind) {
  return kind == Kind::one || kind == Kind::two;
}

struct Leaf {
  knoop::Date on;
  std::string text;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.on, knoop::bounded(self.text, 100));
  }
};

struct Sample {
  bool flag = false;
  std::uint32_t number = 0;
  std::int64_t either = 0;
  knoop::Timestamp at;
  Kind kind = Kind::one;
  knoop::Bytes bytes;
  knoop::SubjectId subject;
  std::optional<Leaf> leaf;
  std::vector<Leaf> leaves;
  std::vector<std::string> texts;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.flag, self.number, self.either, self.at, self.kind, knoop::bounded(self.bytes, 1000),
            self.subject, self.leaf, knoop::bounded(self.leaves, 50), knoop::bounded(self.texts, 50, 20));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const knoop::ByteView bytes(data, size);
  if (const auto message = knoop::decode<Sample>(bytes))
    KNOOP_ASSERT(knoop::equal(knoop::encode(*message), bytes), "two forms of one message");
  return 0;
}
