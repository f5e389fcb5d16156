#include "protocol/codec/codec.h"

#include <cstring>
#include <msgpack.hpp>

#include "crypto/base/utf8.h"

namespace knoop::codec {
namespace {

constexpr std::int64_t ms_a_day = 86'400'000;
constexpr Date first_day{1900, 1, 1};
constexpr Date last_day{2199, 12, 31};

bool in_range(Timestamp value) {
  return value.ms >= first_day.days() * ms_a_day && value.ms < (last_day.days() + 1) * ms_a_day;
}

// U+0000 would end the text early for whatever reads C strings behind us.
bool is_wire_text(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

std::string path_text(const std::vector<std::size_t>& path) {
  if (path.empty()) return "the message";
  return fmt::format("field {}", fmt::join(path, "."));
}

// What msgpack::packer writes to.
struct Sink {
  Bytes& out;
  void write(const char* data, std::size_t size) { append(out, std::string_view(data, size)); }
};

const msgpack::object& object_of(const Node& node) {
  return reinterpret_cast<const msgpack::object&>(node);
}

}  // namespace

void Writer::refuse(ErrorCode code, std::string_view what) {
  if (!error)
    error = Error{code, Side::ours, fmt::format("{} of our own message {}", path_text(path_), what)};
}

void Writer::open(std::size_t count) {
  path_.push_back(0);
  if (path_.size() > max_encoded_depth) refuse(ErrorCode::over_limit, "lies too deep");
  if (count > max_encoded_elements) return refuse(ErrorCode::over_limit, "has too many elements");
  Sink sink{out};
  msgpack::packer<Sink>(sink).pack_array(static_cast<std::uint32_t>(count));
}

void Writer::nil() {
  Sink sink{out};
  msgpack::packer<Sink>(sink).pack_nil();
}

void Writer::boolean(bool value) {
  Sink sink{out};
  msgpack::packer<Sink> packer(sink);
  value ? packer.pack_true() : packer.pack_false();
}

void Writer::number(std::uint64_t value) {
  Sink sink{out};
  msgpack::packer<Sink>(sink).pack_uint64(value);
}

void Writer::number(std::int64_t value) {
  Sink sink{out};
  msgpack::packer<Sink>(sink).pack_int64(value);
}

void Writer::text(std::string_view value, std::size_t limit) {
  if (value.size() > limit || value.size() > max_encoded_size)
    return refuse(ErrorCode::over_limit, "is too long");
  if (!is_wire_text(value)) refuse(ErrorCode::bad_value, "is no UTF-8 text");
  Sink sink{out};
  msgpack::packer<Sink> packer(sink);
  packer.pack_str(static_cast<std::uint32_t>(value.size()));
  packer.pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
}

void Writer::binary(ByteView value, std::size_t limit) {
  if (value.size() > limit || value.size() > max_encoded_size)
    return refuse(ErrorCode::over_limit, "is too long");
  Sink sink{out};
  msgpack::packer<Sink>(sink).pack_bin(static_cast<std::uint32_t>(value.size()));
  append(out, value);
}

void Writer::moment(Timestamp value) {
  if (!in_range(value)) refuse(ErrorCode::bad_value, "is no time of the years 1900 to 2199");
  number(value.ms);
}

void Writer::day(const Date& value) {
  if (!value.exists() || value < first_day || value > last_day)
    return refuse(ErrorCode::bad_value, "is no day of the years 1900 to 2199");
  number(value.days());
}

void Reader::refuse(ErrorCode code, std::string_view what) {
  if (!error) error = Error{code, Side::peer, fmt::format("{} {}", path_text(path_), what)};
}

std::optional<std::size_t> Reader::array(std::size_t limit) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::ARRAY) {
    refuse(ErrorCode::bad_format, "is no array");
    return std::nullopt;
  }
  if (object.via.array.size > limit) {
    refuse(ErrorCode::over_limit, fmt::format("has {} elements, more than {}", object.via.array.size, limit));
    return std::nullopt;
  }
  return object.via.array.size;
}

bool Reader::open(std::size_t count, std::string_view of_what) {
  if (error) return false;
  const auto found = array(max_encoded_elements);
  if (!found) return false;
  if (*found == count) return true;
  refuse(ErrorCode::bad_format, fmt::format("has {} {} where {} belong", *found, of_what, count));
  return false;
}

const Node* Reader::child(std::size_t index) const {
  return reinterpret_cast<const Node*>(&object_of(*node_).via.array.ptr[index]);
}

bool Reader::is_nil() const {
  return object_of(*node_).type == msgpack::type::NIL;
}

void Reader::boolean(bool& value) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::BOOLEAN)
    return refuse(ErrorCode::bad_format, "is neither true nor false");
  value = object.via.boolean;
}

std::optional<std::uint64_t> Reader::number(std::uint64_t largest) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::POSITIVE_INTEGER) {
    refuse(ErrorCode::bad_format, "is no unsigned integer");
    return std::nullopt;
  }
  if (object.via.u64 > largest) {
    refuse(ErrorCode::bad_value, "is too large a number");
    return std::nullopt;
  }
  return object.via.u64;
}

std::optional<std::int64_t> Reader::signed_number() {
  const msgpack::object& object = object_of(*node_);
  if (object.type == msgpack::type::NEGATIVE_INTEGER) return object.via.i64;
  if (object.type != msgpack::type::POSITIVE_INTEGER) {
    refuse(ErrorCode::bad_format, "is no integer");
    return std::nullopt;
  }
  if (object.via.u64 > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    refuse(ErrorCode::bad_value, "is too large a number");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(object.via.u64);
}

void Reader::text(std::string& value, std::size_t limit) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::STR) return refuse(ErrorCode::bad_format, "is no text");
  const auto& found = object.via.str;
  if (found.size > limit)
    return refuse(ErrorCode::over_limit, fmt::format("has {} bytes, more than {}", found.size, limit));
  const std::string_view text(found.size == 0 ? "" : found.ptr, found.size);
  if (!is_wire_text(text)) return refuse(ErrorCode::bad_value, "is no UTF-8 text");
  value = text;
}

void Reader::binary(Bytes& value, std::size_t limit) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::BIN) return refuse(ErrorCode::bad_format, "is no byte string");
  const auto& found = object.via.bin;
  if (found.size > limit)
    return refuse(ErrorCode::over_limit, fmt::format("has {} bytes, more than {}", found.size, limit));
  value.assign(found.ptr, found.ptr + found.size);
}

void Reader::binary_exactly(Byte* to, std::size_t size) {
  const msgpack::object& object = object_of(*node_);
  if (object.type != msgpack::type::BIN) return refuse(ErrorCode::bad_format, "is no byte string");
  const auto& found = object.via.bin;
  if (found.size != size)
    return refuse(ErrorCode::bad_length, fmt::format("has {} bytes where {} belong", found.size, size));
  std::memcpy(to, found.ptr, size);
}

void Reader::moment(Timestamp& value) {
  const auto read = signed_number();
  if (!read) return;
  if (!in_range(Timestamp{*read}))
    return refuse(ErrorCode::bad_value, "is no time of the years 1900 to 2199");
  value.ms = *read;
}

void Reader::day(Date& value) {
  const auto read = signed_number();
  if (!read) return;
  if (*read < first_day.days() || *read > last_day.days())
    return refuse(ErrorCode::bad_value, "is no day of the years 1900 to 2199");
  value = Date::from_days(*read);
}

struct Unpacked::Handle {
  msgpack::object_handle object;
};

Unpacked::Unpacked(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Unpacked::Unpacked(Unpacked&&) noexcept = default;
Unpacked& Unpacked::operator=(Unpacked&&) noexcept = default;
Unpacked::~Unpacked() = default;

const Node& Unpacked::root() const {
  return reinterpret_cast<const Node&>(handle_->object.get());
}

Result<Unpacked> Unpacked::from(ByteView bytes) {
  if (bytes.size() > max_encoded_size)
    return fail(ErrorCode::over_limit, Side::peer, "the message has {} bytes, more than {}", bytes.size(),
                max_encoded_size);
  // Strings stay where they are: `bytes` outlives what decode() makes of it.
  const auto borrow = [](msgpack::type::object_type, std::size_t, void*) { return true; };
  const msgpack::unpack_limit limit(max_encoded_elements, 0, max_encoded_size, max_encoded_size, 0,
                                    max_encoded_depth);
  try {
    std::size_t end = 0;
    auto handle = std::make_unique<Handle>();
    handle->object = msgpack::unpack(text_view(bytes).data(), bytes.size(), end, borrow, nullptr, limit);
    if (end != bytes.size())
      return fail(ErrorCode::bad_encoding, Side::peer, "{} bytes stand behind the message",
                  bytes.size() - end);
    return Unpacked(std::move(handle));
  } catch (const msgpack::size_overflow&) {
    return fail(ErrorCode::over_limit, Side::peer,
                "the message has a longer array or a deeper one than any of ours");
  } catch (const msgpack::unpack_error&) {
    return fail(ErrorCode::bad_encoding, Side::peer, "the bytes are no msgpack, or not a whole message");
  }
}

Result<void> check_canonical(const Writer& again, ByteView received) {
  // Reading and writing share one declaration, so a message that was read can be written.
  KNOOP_ASSERT(!again.error, "a message that decode() accepted breaks its own limits");
  if (!equal(again.out, received))
    return fail(ErrorCode::bad_encoding, Side::peer, "the message is not in canonical form");
  return {};
}

}  // namespace knoop::codec
