// The messages of the channel: refused, or canonical; and what they say never upsets the rules of the streams.
#include "protocol/channel/greeting.h"
#include "protocol/channel/streams.h"
#include "protocol/channel/versions.h"

using namespace knoop;

namespace {

struct Constant final : Entropy {
  void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, Byte{7}); }
};

template <typename T>
std::optional<T> canonical(ByteView bytes) {
  auto message = decode<T>(bytes);
  if (!message) return std::nullopt;
  KNOOP_ASSERT(equal(encode(*message), bytes), "two forms of one message");
  return std::move(*message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Constant entropy;
  const ByteView bytes(data, size);
  (void)canonical<CardPush>(bytes);
  (void)canonical<ConvenantPush>(bytes);
  SendStream mine(StreamId{}, 20, 10);
  if (const auto reseal = canonical<Reseal>(bytes)) mine.reseal(reseal->number, Timestamp{});
  if (const auto ack = canonical<Ack>(bytes))
    for (const StreamKind kind : numbered_streams)
      (void)mine.acknowledged(ack->received.at(kind), Timestamp{}, entropy);
  if (const auto hello = canonical<Hello>(bytes)) {
    Greeting greeting;
    greeting.begin(entropy);
    (void)greeting.received(*hello, entropy);
    const std::vector<std::uint16_t> versions{protocol_version};
    (void)agree_version(versions, hello->protocol_versions, 1);
    for (const StreamKind kind : numbered_streams) (void)compare(hello->streams.at(kind), mine, {}, true);
  }
  KNOOP_ASSERT(mine.acknowledged() <= mine.assigned(), "more acknowledged than ever given out");
  return 0;
}
