// The one way in which messages become bytes and bytes become messages (docs/spec/codec.md).
//
// A message is a struct that declares its fields once; the declaration is the format:
//
//   struct Note {
//     std::uint64_t number = 0;
//     Kind kind = Kind::signal;                       // enum class; is_valid(Kind) names the values that
//     exist std::optional<std::string> remark; std::vector<SubjectId> subjects;
//
//     template <typename Archive, typename Self>
//     static void fields(Archive& archive, Self& self) {
//       archive(self.number, self.kind, bounded(self.remark, 200), bounded(self.subjects, 64));
//     }
//   };
//
//   Bytes bytes = encode(note);                       // our own message: it must respect its limits
//   Result<Note> note = decode<Note>(bytes);          // a stranger's bytes: strict
//
// On the wire a message is a msgpack array of exactly its fields, in order. Field kinds:
//   bool; unsigned integers (8 to 64 bits); std::int64_t; Timestamp (ms) and Date (days), both of the years
//   1900 to 2199; scoped enums over an unsigned type with `constexpr bool is_valid(E)` beside them;
//   std::string, well-formed UTF-8; Bytes; Fixed<…> (exactly its size); Secret<…> only when said aloud with
//   revealed(); std::optional (nil when empty); std::vector; another message. Strings, Bytes and vectors need
//   bounded(field, limit): everything has a limit, and it stands where the field is declared. bounded(vector,
//   count, each) limits the elements as well. Limits count bytes or elements. There are no maps, floats,
//   extensions: nothing in Knoop needs them.
//
// A field whose content has no later meaning (a number out of range, an enum value that does not exist, a
// text that is no UTF-8) is refused, and so is every other spelling of the same message: long integers, long
// headers, trailing bytes, missing or additional fields. One message has one byte string, so that a hash or a
// signature over the bytes is one over the meaning. This is checked in one place, decode(): unpack with
// limits, read by structure, encode again, compare.
//
// What a hostile peer can do: send anything up to max_encoded_size; memory and time stay linear in its
// length. Errors are bad_encoding (not our msgpack), bad_format (another structure), bad_length, bad_value,
// over_limit, all at Side::peer and with the path of the field ("field 3.2", counted from 1), never with its
// content.
#pragma once

#include <concepts>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "crypto/base/assert.h"
#include "crypto/base/bytes.h"
#include "crypto/base/fixed.h"
#include "crypto/base/time.h"

namespace knoop {

/// Arrays within arrays, the message itself being the first.
inline constexpr std::size_t max_encoded_depth = 8;
/// No message is larger than the largest frame (protocol/channel/frame.h) or document.
inline constexpr std::size_t max_encoded_size = (1U << 20U) + 4096;
/// No vector is longer, whatever its declaration says: msgpack announces a length before the elements, and
/// each announced element costs memory. Fragments and handles stay far below.
inline constexpr std::size_t max_encoded_elements = 65'536;

namespace codec {

template <typename Field>
struct Bounded {
  Field& field;
  std::size_t limit;
  std::size_t each;
};

template <typename Secret>
struct Revealed {
  Secret& secret;
};

class Writer;
class Reader;

template <typename T>
concept Message = requires(T& message, Writer& writer) {
  T::fields(writer, message);
};

template <typename T>
concept FixedValue = requires(T& value) {
  { value.data() } -> std::same_as<Byte*>;
  { value.view() } -> std::same_as<ByteView>;
  {std::integral_constant<std::size_t, T::size>{}};
};

/// Builds the canonical bytes. The first violated limit is kept as an error; the rest is written on
/// regardless.
class Writer {
 public:
  template <typename... Fields>
  void operator()(Fields&&... fields) {
    open(sizeof...(fields));
    (element(fields), ...);
    close();
  }

  template <typename T>
  void put(const T& value);
  template <typename T>
  void put(const Bounded<T>& bounded);

  template <typename T>
  void put(const Revealed<T>& revealed) {
    binary(revealed.secret.expose(), T::size);
  }

  Bytes out;
  std::optional<Error> error;

 private:
  template <typename Field>
  void element(const Field& field) {
    ++path_.back();
    put(field);
  }
  void open(std::size_t count);
  void close() { path_.pop_back(); }
  void nil();
  void boolean(bool value);
  void number(std::uint64_t value);
  void number(std::int64_t value);
  void text(std::string_view value, std::size_t limit);
  void binary(ByteView value, std::size_t limit);
  void moment(Timestamp value);
  void day(const Date& value);
  void refuse(ErrorCode code, std::string_view what);

  std::vector<std::size_t> path_;
};

struct Node;  ///< One unpacked msgpack value; defined by codec.cpp alone.

/// Walks the unpacked bytes by the structure of the message. After the first error everything is left as it
/// is.
class Reader {
 public:
  explicit Reader(const Node& node) : node_(&node) {}

  template <typename... Fields>
  void operator()(Fields&&... fields) {
    if (!open(sizeof...(fields), "fields")) return;
    std::size_t index = 0;
    (element(index++, fields), ...);
  }

  template <typename T>
  void get(T& value);
  template <typename T>
  void get(Bounded<T> bounded);

  template <typename T>
  void get(Revealed<T> revealed) {
    binary_exactly(revealed.secret.data(), T::size);
  }

  std::optional<Error> error;

 private:
  template <typename Field>
  void element(std::size_t index, Field&& field) {
    if (error) return;
    const Node* const parent = node_;
    path_.push_back(index + 1);
    node_ = child(index);
    get(field);
    node_ = parent;
    path_.pop_back();
  }
  /// True when this is an array of exactly `count` values.
  bool open(std::size_t count, std::string_view of_what);
  /// The length of this array, or an error when it is none or longer than `limit`.
  std::optional<std::size_t> array(std::size_t limit);
  [[nodiscard]] const Node* child(std::size_t index) const;
  [[nodiscard]] bool is_nil() const;
  void boolean(bool& value);
  std::optional<std::uint64_t> number(std::uint64_t largest);
  std::optional<std::int64_t> signed_number();
  void text(std::string& value, std::size_t limit);
  void binary(Bytes& value, std::size_t limit);
  void binary_exactly(Byte* to, std::size_t size);
  void moment(Timestamp& value);
  void day(Date& value);
  void refuse(ErrorCode code, std::string_view what);

  const Node* node_;
  std::vector<std::size_t> path_;
};

/// Unpacked bytes: whole, within the limits, nothing behind them. Canonical form is not yet checked.
class Unpacked {
 public:
  [[nodiscard]] static Result<Unpacked> from(ByteView bytes);  ///< Borrows `bytes`.
  Unpacked(Unpacked&&) noexcept;
  Unpacked& operator=(Unpacked&&) noexcept;
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;
  ~Unpacked();
  [[nodiscard]] const Node& root() const;

 private:
  struct Handle;
  explicit Unpacked(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = !std::is_same_v<std::vector<T>, Bytes>;
template <typename T>
inline constexpr bool needs_limit =
    std::is_same_v<T, std::string> || std::is_same_v<T, Bytes> || is_vector<T>;
template <typename T>
inline constexpr bool needs_limit<std::optional<T>> = needs_limit<T>;
template <typename T>
inline constexpr bool unknown_kind = false;

template <typename T>
void Writer::put(const T& value) {
  static_assert(!needs_limit<T>, "strings, Bytes and vectors need bounded(field, limit)");
  if constexpr (std::is_same_v<T, bool>) {
    boolean(value);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    number(value);
  } else if constexpr (std::unsigned_integral<T>) {
    number(std::uint64_t{value});
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(std::unsigned_integral<std::underlying_type_t<T>>, "an enum on the wire is unsigned");
    if (!is_valid(value)) refuse(ErrorCode::bad_value, "is no value of its list");
    number(std::uint64_t{static_cast<std::underlying_type_t<T>>(value)});
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    moment(value);
  } else if constexpr (std::is_same_v<T, Date>) {
    day(value);
  } else if constexpr (FixedValue<T>) {
    binary(value.view(), T::size);
  } else if constexpr (is_optional<T>) {
    if (value)
      put(*value);
    else
      nil();
  } else if constexpr (Message<T>) {
    T::fields(*this, value);
  } else {
    static_assert(unknown_kind<T>, "this kind of field has no wire form (a secret needs revealed())");
  }
}

template <typename T>
void Writer::put(const Bounded<T>& bounded) {
  using Value = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Value, std::string>) {
    text(bounded.field, bounded.limit);
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    binary(bounded.field, bounded.limit);
  } else if constexpr (is_optional<Value>) {
    if (bounded.field)
      put(Bounded<const typename Value::value_type>{*bounded.field, bounded.limit, bounded.each});
    else
      nil();
  } else if constexpr (is_vector<Value>) {
    if (bounded.field.size() > bounded.limit) refuse(ErrorCode::over_limit, "has too many elements");
    open(bounded.field.size());
    for (const auto& item : bounded.field) {
      if constexpr (needs_limit<typename Value::value_type>)
        element(Bounded<const typename Value::value_type>{item, bounded.each, 0});
      else
        element(item);
    }
    close();
  } else {
    static_assert(unknown_kind<Value>, "only strings, Bytes and vectors have a limit");
  }
}

template <typename T>
void Reader::get(T& value) {
  static_assert(!needs_limit<T>, "strings, Bytes and vectors need bounded(field, limit)");
  if constexpr (std::is_same_v<T, bool>) {
    boolean(value);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    if (const auto read = signed_number()) value = *read;
  } else if constexpr (std::unsigned_integral<T>) {
    if (const auto read = number(std::numeric_limits<T>::max())) value = static_cast<T>(*read);
  } else if constexpr (std::is_enum_v<T>) {
    using Number = std::underlying_type_t<T>;
    static_assert(std::unsigned_integral<Number>, "an enum on the wire is unsigned");
    const auto read = number(std::numeric_limits<Number>::max());
    if (!read) return;
    const auto kind = static_cast<T>(static_cast<Number>(*read));
    if (!is_valid(kind)) return refuse(ErrorCode::bad_value, "is no value of its list");
    value = kind;
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    moment(value);
  } else if constexpr (std::is_same_v<T, Date>) {
    day(value);
  } else if constexpr (FixedValue<T>) {
    binary_exactly(value.data(), T::size);
  } else if constexpr (is_optional<T>) {
    value.reset();
    if (!is_nil()) get(value.emplace());
  } else if constexpr (Message<T>) {
    T::fields(*this, value);
  } else {
    static_assert(unknown_kind<T>, "this kind of field has no wire form (a secret needs revealed())");
  }
}

template <typename T>
void Reader::get(Bounded<T> bounded) {
  if constexpr (std::is_same_v<T, std::string>) {
    text(bounded.field, bounded.limit);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    binary(bounded.field, bounded.limit);
  } else if constexpr (is_optional<T>) {
    bounded.field.reset();
    if (!is_nil()) get(Bounded<typename T::value_type>{bounded.field.emplace(), bounded.limit, bounded.each});
  } else if constexpr (is_vector<T>) {
    const auto count = array(bounded.limit);
    if (!count) return;
    bounded.field.clear();
    bounded.field.reserve(*count);
    for (std::size_t i = 0; i < *count && !error; ++i) {
      auto& item = bounded.field.emplace_back();
      if constexpr (needs_limit<typename T::value_type>)
        element(i, Bounded<typename T::value_type>{item, bounded.each, 0});
      else
        element(i, item);
    }
  } else {
    static_assert(unknown_kind<T>, "only strings, Bytes and vectors have a limit");
  }
}

/// The canonical form again, compared with what came.
[[nodiscard]] Result<void> check_canonical(const Writer& again, ByteView received);

}  // namespace codec

/// Declares the limit of a string or Bytes (bytes) or of a vector (elements), with that of a vector's own
/// elements.
template <typename Field>
[[nodiscard]] codec::Bounded<Field> bounded(Field& field, std::size_t limit, std::size_t each = 0) {
  return {field, limit, each};
}

/// Says aloud that a secret leaves in this message: the key that opens a released fragment, nothing else so
/// far.
template <typename Secret>
[[nodiscard]] codec::Revealed<Secret> revealed(Secret& secret) {
  return {secret};
}

/// The bytes of a message made from what a person or a program typed: an error of Side::ours when it breaks a
/// limit.
template <codec::Message T>
[[nodiscard]] Result<Bytes> encode_checked(const T& message) {
  codec::Writer writer;
  writer.put(message);
  if (!writer.error && writer.out.size() > max_encoded_size)
    return fail(ErrorCode::over_limit, Side::ours, "the message has {} bytes, more than {}",
                writer.out.size(), max_encoded_size);
  if (writer.error) return fail(std::move(*writer.error));
  return std::move(writer.out);
}

/// The bytes of a message whose limits were respected when it was made.
template <codec::Message T>
[[nodiscard]] Bytes encode(const T& message) {
  auto bytes = encode_checked(message);
  KNOOP_ASSERT(bytes.has_value(), "a message breaks the limits of its own declaration");
  return std::move(*bytes);
}

/// The message that these bytes are the one canonical form of.
template <codec::Message T>
[[nodiscard]] Result<T> decode(ByteView bytes) {
  KNOOP_LET(unpacked, codec::Unpacked::from(bytes));
  T message;
  codec::Reader reader(unpacked.root());
  reader.get(message);
  if (reader.error) return fail(std::move(*reader.error));
  codec::Writer again;
  again.put(message);
  KNOOP_TRY(codec::check_canonical(again, bytes));
  return message;
}

}  // namespace knoop
